//! An issuer with a token endpoint for each thing that becomes of a refresh token: it stays, it rotates and works a while
//! longer, or it rotates and ends its family when it comes again.
//!
//! Its answers are RFC 6749's (sections 4.1.2, 5.1, 5.2, 6) and OpenID Connect Core 1.0's (sections 3.1.3.3, 12.2); the end
//! of a family is RFC 9700's (section 4.14.2). Everybody consented before, so that nobody is shown a page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::Double;
use super::keys::{IssuerKey, at_hash};
use crate::authority::Authority;

/// Where people consent, and where the keys and the account are.
pub const ISSUER: &str = "id.rotation.test";
/// Where tokens are; its paths are the four names below.
pub const TOKENS: &str = "token.rotation.test";
/// The one client it knows; any secret is right.
pub const CLIENT: &str = "jack";
/// How long an access token lives, in seconds.
pub const LIFE: i64 = 3600;

/// What becomes of a refresh token, by the path of its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Stays,
    WorksOn,
    EndsFamily,
}

/// The running issuer.
pub struct Rotating {
    double: Double,
    tokens: Double,
    desk: Arc<Desk>,
}

struct Desk {
    key: IssuerKey,
    state: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    now: i64,
    issued: u64,
    /// The nonce of each code.
    codes: BTreeMap<String, Option<String>>,
    /// The family of each token there ever was.
    access: BTreeMap<String, u64>,
    refresh: BTreeMap<String, u64>,
    spent: BTreeSet<String>,
    ended: BTreeSet<u64>,
    grace_is_over: bool,
}

impl Rotating {
    /// Starts it; `now` is where its clock stands, in seconds since 1970.
    pub async fn start(authority: &Authority, now: i64) -> Result<Self> {
        let state = Mutex::new(Books { now, ..Books::default() });
        let desk = Arc::new(Desk { key: IssuerKey::new()?, state });
        let issuer = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/authorize", get(authorize))
            .route("/jwks", get(jwks))
            .route("/me", get(me))
            .with_state(Arc::clone(&desk));
        let tokens = Router::new().route("/{habit}", post(token)).with_state(Arc::clone(&desk));
        let double = Double::serve(authority, vec![(ISSUER, issuer)]).await?;
        Ok(Self { double, tokens: Double::serve(authority, vec![(TOKENS, tokens)]).await?, desk })
    }

    /// Everything but its token endpoints.
    pub fn issuer(&self) -> &Double {
        &self.double
    }

    /// Its token endpoints, which have an address of their own.
    pub fn tokens(&self) -> &Double {
        &self.tokens
    }

    /// From now on a refresh token that was rotated works no longer at the endpoint that gave it a while.
    pub fn end_grace(&self) {
        self.desk.lock().grace_is_over = true;
    }

    /// How many families ended because a refresh token came twice.
    pub fn ended(&self) -> usize {
        self.desk.lock().ended.len()
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Books> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn fresh(&mut self, what: &str) -> String {
        self.issued += 1;
        format!("{what}-{}-0123456789abcdef", self.issued)
    }
}

async fn metadata() -> Json<Value> {
    Json(json!({
        "issuer": format!("https://{ISSUER}"),
        "authorization_endpoint": format!("https://{ISSUER}/authorize"),
        "token_endpoint": format!("https://{TOKENS}/strict"),
        "jwks_uri": format!("https://{ISSUER}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn jwks(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(desk.key.published())
}

type Parameters = BTreeMap<String, String>;

async fn authorize(State(desk): State<Arc<Desk>>, Query(asked): Query<Parameters>) -> Response {
    let Some(Ok(mut to)) = asked.get("redirect_uri").map(|uri| Url::parse(uri)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let code = {
        let mut books = desk.lock();
        let code = books.fresh("code");
        books.codes.insert(code.clone(), asked.get("nonce").cloned());
        code
    };
    let state = asked.get("state").map_or("", String::as_str);
    to.query_pairs_mut().append_pair("code", &code).append_pair("state", state);
    Redirect::to(to.as_str()).into_response()
}

async fn token(State(desk): State<Arc<Desk>>, Path(habit): Path<String>, Form(asked): Form<Parameters>) -> Response {
    let habit = match habit.as_str() {
        "none" => Habit::Stays,
        "grace" => Habit::WorksOn,
        _ => Habit::EndsFamily,
    };
    let mut books = desk.lock();
    let given = match asked.get("grant_type").map(String::as_str) {
        Some("authorization_code") => redeem(&desk, &mut books, asked.get("code")),
        _ => refresh(&desk, &mut books, habit, asked.get("refresh_token")),
    };
    match given {
        Ok(Some(answer)) => Json(answer).into_response(),
        Ok(None) => (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn redeem(desk: &Desk, books: &mut Books, code: Option<&String>) -> Result<Option<Value>> {
    let Some(nonce) = code.and_then(|code| books.codes.remove(code)) else { return Ok(None) };
    let family = books.issued;
    let refresh_token = books.fresh("refresh");
    books.refresh.insert(refresh_token.clone(), family);
    answer(desk, books, family, nonce, Some(refresh_token)).map(Some)
}

fn refresh(desk: &Desk, books: &mut Books, habit: Habit, shown: Option<&String>) -> Result<Option<Value>> {
    let known = shown.and_then(|shown| Some((shown, *books.refresh.get(shown)?)));
    let Some((shown, family)) = known.filter(|(_, family)| !books.ended.contains(family)) else { return Ok(None) };
    let works_on = habit == Habit::WorksOn && !books.grace_is_over;
    if books.spent.contains(shown) && !works_on {
        books.ended.insert(family);
        return Ok(None);
    }
    let mut next = None;
    if habit != Habit::Stays {
        books.spent.insert(shown.clone());
        let refresh_token = books.fresh("refresh");
        books.refresh.insert(refresh_token.clone(), family);
        next = Some(refresh_token);
    }
    answer(desk, books, family, None, next).map(Some)
}

fn answer(
    desk: &Desk,
    books: &mut Books,
    family: u64,
    nonce: Option<String>,
    refresh: Option<String>,
) -> Result<Value> {
    let access_token = books.fresh("access");
    books.access.insert(access_token.clone(), family);
    let mut claims = json!({
        "iss": format!("https://{ISSUER}"), "aud": CLIENT, "sub": person(family), "at_hash": at_hash(&access_token),
        "iat": books.now, "exp": books.now + 7 * 24 * 3600,
    });
    if let (Some(claims), Some(nonce)) = (claims.as_object_mut(), nonce) {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    let id_token = desk.key.signed(&claims)?;
    let mut answer =
        json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": LIFE, "id_token": id_token });
    if let (Some(answer), Some(refresh)) = (answer.as_object_mut(), refresh) {
        answer.insert("refresh_token".to_owned(), json!(refresh));
    }
    Ok(answer)
}

fn person(family: u64) -> String {
    format!("person-{family}")
}

/// Whose a token is; a token of a family that ended is nobody's.
async fn me(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    let books = desk.lock();
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match shown.and_then(|token| books.access.get(token)) {
        Some(family) if !books.ended.contains(family) => {
            Json(json!({ "sub": person(*family), "name": "Somebody" })).into_response()
        }
        _ => (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_token" }))).into_response(),
    }
}
