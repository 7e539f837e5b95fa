//! `/v1/doctor`: what the host finds wrong with itself, for operators; and `/doctor/{id}`, its id a nonce, which shows whoever asks
//! through the public URL that it was this host that answered.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jackfield_model::{client::Client, id::ClientId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    caller::ForHost,
    describe::{About, Answer, Answers, Operation, Routes, Tag, Takes},
    json::Json as Asked,
    path::Id,
    problem::{Code, Problem},
    reply::{Found, found},
};
use crate::service::{Check, Outcome, Register, Service};

/// `POST /v1/doctor`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DiagnosisRequest")]
struct Ask {
    /// 1 to 64 letters and digits, made up by whoever asks.
    #[schemars(example = &"b2c7f1")]
    nonce: String,
}

/// What the host found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Diagnosis")]
struct DiagnosisView {
    /// Where browsers reach the host, as it is told.
    #[schemars(example = &"https://connect.example.com/")]
    public_url: String,
    /// Where browsers reach the pages of tenants with a host name of their own.
    #[schemars(example = ["https://connect.acme.example/"])]
    sites: Vec<String>,
    /// What `/doctor/{nonce}` must answer where it is this host that answers.
    #[schemars(example = &"6f1ed002ab5595859014ebf0951522d9")]
    answer: String,
    /// Every check.
    checks: Vec<CheckView>,
    /// The redirect URIs to register at providers.
    redirect_uris: Vec<RegisterView>,
}

/// One thing that was looked at.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Check")]
struct CheckView {
    /// What was looked at. New names may come.
    #[schemars(example = &"clock")]
    name: String,
    /// How it ended.
    outcome: OutcomeView,
    /// What was found, a sentence.
    #[schemars(example = &"The clock and a provider's are 1 second apart.")]
    said: String,
    /// What to do; null where nothing is wrong.
    #[schemars(extend("examples" = [null]))]
    todo: Option<String>,
}

/// How a check ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CheckOutcome")]
enum OutcomeView {
    /// As it should be.
    Ok,
    /// Not as it should be; `todo` says what to do.
    Failed,
    /// Nothing to check, or nobody to ask.
    Skipped,
}

/// A client and the address to register for it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RedirectUri")]
pub(super) struct RegisterView {
    /// Its connector.
    #[schemars(example = &"github")]
    connector: String,
    /// The registration.
    client: ClientId,
    /// What the provider must know, exactly as it stands.
    #[schemars(
        example = &"https://connect.example.com/oauth/callback/github/cli_01KAMVJ5D0Q4Z8N6T2R7W3X9YB"
    )]
    redirect_uri: String,
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        let outcome = match check.outcome {
            Outcome::Ok => OutcomeView::Ok,
            Outcome::Failed => OutcomeView::Failed,
            Outcome::Skipped => OutcomeView::Skipped,
        };
        Self { name: check.name, outcome, said: check.said, todo: check.todo }
    }
}

impl RegisterView {
    /// A client's.
    pub(super) fn of(client: Client, redirect_uri: String) -> Self {
        Self { connector: client.connector, client: client.id, redirect_uri }
    }
}

impl From<Register> for RegisterView {
    fn from(register: Register) -> Self {
        Self { connector: register.connector, client: register.client, redirect_uri: register.redirect_uri }
    }
}

/// The host's word that it was reached.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reached")]
struct ReachedView {
    /// What only this host answers to this nonce.
    #[schemars(example = &"6f1ed002ab5595859014ebf0951522d9")]
    answer: String,
    /// Whether the cookie that an answer before had set came back.
    cookie: bool,
    /// The host name whose tenant's pages are here; null at the host's own.
    #[schemars(example = &"connect.acme.example")]
    site: Option<String>,
}

/// The host's word, with a cookie as the pages set theirs.
struct Reached {
    view: ReachedView,
    cookie: Option<HeaderValue>,
}

impl IntoResponse for Reached {
    fn into_response(self) -> Response {
        let mut response = Json(self.view).into_response();
        if let Some(value) = self.cookie {
            response.headers_mut().insert(header::SET_COOKIE, value);
        }
        response
    }
}

impl Answers for Reached {
    fn answers(operation: &mut Operation<'_>) {
        let schema = operation.schema::<ReachedView>();
        let answer = Answer::with_body("The host was reached.", "application/json", &schema);
        let told = "A cookie as the pages set theirs, good for a minute.";
        operation.answers(StatusCode::OK, answer.with_header("Set-Cookie", told, &json!({ "type": "string" })));
    }
}

/// Cookies are between the host and a browser: the description does not ask for them.
impl Takes for HeaderMap {
    fn takes(_: &mut Operation<'_>) {}
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Operations)
        .post(
            "/v1/doctor",
            diagnose,
            About::new(
                "diagnose",
                "Examine the host",
                "Looks at key ring, store, disk, egress and clock, and says what to do about what is wrong. Asks the origins \
                 of approved connectors one `HEAD /` each. `jackfield doctor` shows the same, and looks from outside too.",
            )
            .refuses_with(&[Code::Invalid]),
        )
        .get(
            "/doctor/{id}",
            reached,
            About::new(
                "reachHost",
                "Find out who answers",
                "Answers a nonce as only this host can: compared with what `diagnose` said, it shows that the public URL \
                 leads here, and that cookies pass on the way. `id` is the nonce.",
            )
            .refuses_with(&[Code::NoRoute]),
        )
}

async fn diagnose(
    State(service): State<Service>,
    _: ForHost,
    Asked(ask): Asked<Ask>,
) -> Result<Found<DiagnosisView>, Problem> {
    let Some(answer) = service.answer_nonce(&ask.nonce) else {
        return Err(Problem::invalid("nonce", "`nonce` is 1 to 64 letters and digits"));
    };
    let found_out = service.diagnose().await;
    Ok(found(DiagnosisView {
        public_url: found_out.public_url,
        sites: found_out.sites,
        answer: answer.expose().to_owned(),
        checks: found_out.checks.into_iter().map(CheckView::from).collect(),
        redirect_uris: found_out.redirect_uris.into_iter().map(RegisterView::from).collect(),
    }))
}

/// Sets a cookie as the pages do, and says whether it came back: what a browser would find.
async fn reached(
    State(service): State<Service>,
    Id(nonce): Id<String>,
    headers: HeaderMap,
) -> Result<Reached, Problem> {
    let answer = service.answer_nonce(&nonce).ok_or_else(Problem::no_route)?;
    let name = if service.is_secure() { "__Host-jf-doctor" } else { "jf-doctor" };
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let back = sent.flat_map(Cookie::split_parse).flatten().any(|one| one.name() == name && one.value() == nonce);
    let written = Cookie::build((name, nonce)).path("/").http_only(true).same_site(SameSite::Lax);
    let written = written.secure(service.is_secure()).max_age(cookie::time::Duration::minutes(1)).build();
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let site = service.tenant_at(host).await?.and_then(|tenant| tenant.brand.host).map(String::from);
    let view = ReachedView { answer: answer.expose().to_owned(), cookie: back, site };
    Ok(Reached { view, cookie: HeaderValue::from_str(&written.to_string()).ok() })
}
