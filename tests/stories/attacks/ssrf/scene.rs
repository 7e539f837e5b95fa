//! The host of the table, with loopback refused as in production; a provider that leads wherever it is told to; and canaries.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONNECTION, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, Method, Request, StatusCode};
use jackfield_server::config::{Config, SignIn};
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Double;
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use jackfield_tests::host_log::{self, HostLog};
use jackfield_tests::network::{Network, PUBLIC};
use jackfield_tests::suite::Suite;
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// The token of every connection here.
const TOKEN: &str = "w9Lk2Pz7QxR5tVn8BsJd3Hf6MyGc4TeU";
/// The provider.
pub(super) const PROVIDER: &str = "provider.test";

/// The stage of the table.
pub(super) struct Scene {
    pub(super) host: TestHost,
    pub(super) tenant: Tenant,
    pub(super) network: Network,
    pub(super) canaries: Vec<Canary>,
    /// The client whose issuer is changed from row to row.
    pub(super) client: String,
    /// A webhook whose address is changed from row to row.
    pub(super) webhook: String,
    /// A connection with the provider, for calls through the proxy.
    pub(super) connection: String,
    /// What hosts wrote to their log.
    pub(super) log: HostLog,
    leads: Leads,
    _provider: Double,
}

/// Where the provider leads, by row; and the row of the identity provider.
#[derive(Clone, Default)]
struct Leads(Arc<Mutex<BTreeMap<usize, String>>>, Arc<Mutex<usize>>);

impl Scene {
    pub(super) async fn set() -> Self {
        let authority = Authority::new().unwrap();
        let log = host_log::captured();
        let (leads, network) = (Leads::default(), Network::default());
        let router = provider(leads.clone());
        let sites = vec![(PROVIDER, router.clone()), ("*.rebind.test", router)];
        let provider = Double::serve(&authority, sites).await.unwrap();
        network.place(PROVIDER, provider.address());
        network.stand_in(PUBLIC, provider.address());
        network.answer("mixed.test", [vec![PUBLIC, IpAddr::from([10, 0, 0, 1])]]);
        let setting = Setting {
            resolver: Arc::new(network.clone()),
            configure: Some(configure),
            ..Setting::with_doubles(crate::PROGRAM, &authority, BTreeMap::new())
        };
        let host = TestHost::start(setting).await.unwrap();
        host.install("api-token").await.unwrap();
        host.install("openid-connect").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let issuer = json!({ "issuer": format!("https://{PROVIDER}/none") });
        let client = host.client("openid-connect", "jack", "jack-secret", issuer).await.unwrap().0;
        let hook = json!({ "url": format!("https://{PROVIDER}/hook") });
        let webhook = host.post(&tenant.key, "/v1/webhooks", hook).await.unwrap().text("/id").unwrap();
        let mut canaries = Vec::new();
        for address in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"] {
            canaries.extend(Canary::listen(address));
        }
        let connection = String::new();
        let mut scene =
            Self { host, tenant, network, canaries, client, webhook, connection, log, leads, _provider: provider };
        scene.connection = scene.connect(&format!("https://{PROVIDER}"), "/me").await.text("/id").unwrap();
        scene
    }

    /// A call through the proxy: `beyond` is what stands behind its slash, encoded as a caller must.
    pub(super) async fn call(&self, connection: &str, beyond: &str, origin: Option<&HeaderValue>) -> Answer {
        let mut request = Request::get("/").header(AUTHORIZATION, format!("Bearer {}", self.tenant.key));
        if let Some(origin) = origin {
            request = request.header("jackfield-origin", origin);
        }
        let path = format!("/v1/connections/{connection}/proxy/{beyond}");
        self.host.send_at("127.0.0.1", &path, request.body(Bytes::new()).unwrap()).await.unwrap()
    }

    /// Where the provider leads in a row.
    pub(super) fn lead(&self, row: usize, url: &str) {
        self.leads.0.lock().unwrap().insert(row, url.to_owned());
    }

    /// Begins to sign in by the operator's identity provider, whose metadata is that of a row; its answer, and the cookie.
    pub(super) async fn begin_identity(&self, row: usize) -> (Answer, String) {
        *self.leads.1.lock().unwrap() = row;
        // What was announced before is over its time.
        self.host.clock.advance(SignedDuration::from_hours(26));
        let begun = self.page("/sign-in/start?to=/", "").await;
        let cookie = begun.headers.get(SET_COOKIE).map_or("", |cookie| cookie.to_str().unwrap());
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        (begun, cookie)
    }

    /// Comes back from the identity provider as somebody would who was sent to `asked`.
    pub(super) async fn finish_identity(&self, asked: &str, cookie: &str) -> Answer {
        let asked = Url::parse(asked).unwrap();
        let state = asked.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", "c-1")
            .append_pair("state", &state)
            .finish();
        self.page(&format!("/sign-in/return?{query}"), cookie).await
    }

    async fn page(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(ACCEPT, "text/html").header(COOKIE, cookie).body(Bytes::new()).unwrap();
        let url = Url::parse(&format!("{}{path}", self.host.url().unwrap())).unwrap();
        Answer::of(self.host.wire.send(&url, request).await.unwrap())
    }

    /// A connection with an API token, checked at once.
    pub(super) async fn connect(&self, base_url: &str, path: &str) -> Answer {
        let fields = json!({ "base_url": base_url, "token": TOKEN, "verify_path": path });
        let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields, "actions": ["read"] });
        self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap()
    }

    /// Changes the client's issuer.
    pub(super) async fn issuer(&self, issuer: &str) -> Answer {
        let change = json!({ "fields": { "issuer": issuer } });
        let path = format!("/v1/clients/{}", self.client);
        self.host.api(self.host.operator(), Method::PATCH, &path, Some(change)).await.unwrap()
    }

    /// Asks for a machine's token, which asks the issuer first.
    pub(super) async fn machine(&self) -> Answer {
        let wanted = json!({ "connector": "openid-connect", "method": "machine" });
        self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap()
    }

    /// Changes the webhook's address.
    pub(super) async fn hook(&self, url: &str) -> Answer {
        let path = format!("/v1/webhooks/{}", self.webhook);
        self.host.api(&self.tenant.key, Method::PATCH, &path, Some(json!({ "url": url }))).await.unwrap()
    }

    /// Tries the webhook: what its one attempt failed for.
    pub(super) async fn try_hook(&self) -> Value {
        let path = format!("/v1/webhooks/{}/test", self.webhook);
        let tried = self.host.api(&self.tenant.key, Method::POST, &path, None).await.unwrap();
        tried.json["attempts"][0]["failure"].clone()
    }

    /// Wherever the host wanted to connect to and no double stands.
    pub(super) fn strayed(&self) -> Vec<SocketAddr> {
        self.network.strayed()
    }

    /// The same ways with good addresses work: what makes the refusals worth something.
    pub(super) async fn answers_that_are_good_are_followed(&self, suite: &mut Suite) {
        let direct = self.connect(&format!("https://{PROVIDER}"), "/me").await;
        suite.check(format!("a good address works: {}", direct.json), direct.json["status"] == "active");
        let hop = self.connect(&format!("https://{PROVIDER}"), "/hop").await;
        suite.check(format!("a redirect within the origin works: {}", hop.json), hop.json["status"] == "active");
        let proxied = self.call(&self.connection, "me", None).await;
        suite.check(format!("a good call works: {}", proxied.json), proxied.json["id"] == "alice");
        let hooked = self.hook(&format!("https://{PROVIDER}/hook")).await.status == StatusCode::OK;
        suite.check("a good webhook works", hooked && self.try_hook().await.is_null());
        let row = usize::MAX;
        self.lead(row, &format!("https://{PROVIDER}/token"));
        let issuer = self.issuer(&format!("https://{PROVIDER}/{row}")).await;
        let machine = self.machine().await;
        suite.check(format!("a good issuer works: {} {}", issuer.json, machine.json), machine.status.is_success());
        let (begun, cookie) = self.begin_identity(row).await;
        let asked = begun.headers.get(LOCATION).map_or("", |to| to.to_str().unwrap());
        suite.check(
            format!("a good identity provider is gone to: {asked}"),
            asked.starts_with(&format!("https://{PROVIDER}/")),
        );
        let back = self.finish_identity(asked, &cookie).await;
        suite.check(
            "and asked for its tokens",
            back.status == StatusCode::BAD_REQUEST
                && self.log.last_with("signed nobody in").contains("brought no ID token"),
        );
    }
}

fn configure(config: &mut Config) {
    config.api.requests_per_minute = 0;
    config.sign_in = SignIn {
        issuer: Some(format!("https://{PROVIDER}/identity")),
        client_id: Some("jackfield".to_owned()),
        operators: [("sub".to_owned(), ["grace".to_owned()].into())].into(),
        ..SignIn::default()
    };
}

/// Whether a URL names a host at all.
pub(super) fn has_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| !host.is_empty())
}

/// `/me` works; `/go/{row}` leads where the row says; issuers named by their row announce what it says.
fn provider(leads: Leads) -> Router {
    let me = || async { ([(CONNECTION, "close")], Json(json!({ "id": "alice", "name": "Alice" }))) };
    Router::new()
        .route("/me", get(me))
        .route("/hop", get(|| async { (StatusCode::FOUND, [(LOCATION, "/me")]) }))
        .route("/hook", post(|| async {}))
        .route("/token", post(|| async { Json(json!({ "access_token": "machine", "token_type": "Bearer" })) }))
        .route("/go/{row}", any(go))
        .route("/.well-known/oauth-authorization-server/go/{row}", any(go))
        .route("/.well-known/oauth-authorization-server/{row}", get(announce))
        .with_state(leads)
}

async fn go(State(leads): State<Leads>, Path(row): Path<usize>) -> Response {
    let to = leads.0.lock().unwrap().get(&row).cloned().unwrap_or_default();
    // A line break cannot stand in a header: what a server could send of it is sent.
    let to: String = to.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
    let status = [StatusCode::FOUND, StatusCode::MOVED_PERMANENTLY, StatusCode::TEMPORARY_REDIRECT][row % 3];
    (status, [(LOCATION, HeaderValue::from_bytes(to.as_bytes()).unwrap())]).into_response()
}

async fn announce(State(leads): State<Leads>, Path(row): Path<String>) -> Json<Value> {
    let (issuer, good) = (format!("https://{PROVIDER}/{row}"), format!("https://{PROVIDER}/token"));
    if let Some(row) = row.strip_prefix("moved-") {
        return Json(json!({ "issuer": issuer, "token_endpoint": format!("https://{PROVIDER}/go/{row}") }));
    }
    let is_identity = row == "identity";
    let row: usize = if is_identity { *leads.1.lock().unwrap() } else { row.parse().unwrap() };
    let to = leads.0.lock().unwrap().get(&row).cloned().unwrap_or_default();
    let mut said = json!({ "issuer": issuer, "authorization_endpoint": good, "token_endpoint": good });
    // A good one is announced everywhere; a bad one in one place, which changes from row to row.
    // Signing in revokes nothing.
    let last = if is_identity { "token_endpoint" } else { "revocation_endpoint" };
    let places = ["token_endpoint", last, "authorization_endpoint", "userinfo_endpoint", "jwks_uri"];
    let resolves = Url::parse(&to).is_ok_and(|url| matches!(url.host(), Some(url::Host::Domain(_))));
    said[if resolves { places[0] } else { places[row % places.len()] }] = json!(to);
    Json(said)
}

/// A listener on this machine that nobody should reach.
pub(super) struct Canary {
    listener: std::net::TcpListener,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

impl Canary {
    /// None where the machine has no such address.
    pub(super) fn listen(address: &str) -> Option<Self> {
        let listener = std::net::TcpListener::bind(address).ok()?;
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        Some(Self { listener, address })
    }

    /// Nobody came: a connection that was made waits in the listener's queue, whoever made it.
    pub(super) fn is_untouched(&self) -> bool {
        self.listener.accept().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// Somebody can reach it: what makes the other answer worth something.
    pub(super) async fn is_reachable(&self) -> bool {
        let stream = tokio::net::TcpStream::connect(self.address).await;
        stream.is_ok() && self.listener.accept().is_ok()
    }
}
