//! What the stories about the proxy's rules begin with: a connector whose actions list their requests, at a provider that
//! takes the newest token only.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use jackfield_server::config::Config;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Double;
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use serde_json::{Value, json};

/// Its token endpoint.
pub(crate) const TOKEN: &str = "/token";
/// A token that is always good.
pub(crate) const LASTING: &str = "lasting-s3cret-token";

/// A host, a provider, a tenant.
pub(crate) struct Bounded {
    pub(crate) host: TestHost,
    pub(crate) double: Double,
    pub(crate) tenant: Tenant,
    issued: Issued,
}

/// How many tokens were issued; only the newest is good.
#[derive(Clone, Default)]
struct Issued(Arc<AtomicU64>);

impl Bounded {
    pub(crate) async fn start() -> Self {
        Self::configured(None).await
    }

    /// With other settings of the host.
    pub(crate) async fn configured(configure: Option<fn(&mut Config)>) -> Self {
        let authority = Authority::new().unwrap();
        let issued = Issued::default();
        let double = Double::serve(&authority, sites(&issued)).await.unwrap();
        let hosts: BTreeMap<_, _> = double.names().iter().map(|name| (name.clone(), double.address())).collect();
        let setting = Setting { configure, ..Setting::with_doubles(crate::PROGRAM, &authority, hosts) };
        let host = TestHost::start(setting).await.unwrap();
        host.install("bounded").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        host.client("bounded", "jack", "jack-secret", json!({})).await.unwrap();
        Self { host, double, tenant, issued }
    }

    /// A connection with the lasting token, for these actions.
    pub(crate) async fn lasting(&self, actions: Value) -> String {
        let wanted =
            json!({ "connector": "bounded", "method": "token", "fields": { "token": LASTING }, "actions": actions });
        self.made(wanted).await
    }

    /// A connection of the client's own, for every action, whose tokens are refreshed.
    pub(crate) async fn machine(&self) -> String {
        let actions = ["read-notes", "write-notes", "query", "see-status"];
        self.made(json!({ "connector": "bounded", "method": "machine", "actions": actions })).await
    }

    async fn made(&self, wanted: Value) -> String {
        let made = self.host.post(&self.tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }

    /// Ends the newest token at the provider, as a person could.
    pub(crate) fn end_token(&self) {
        self.issued.0.fetch_add(1, Ordering::SeqCst);
    }

    /// The tokens asked for so far.
    pub(crate) fn token_requests(&self) -> usize {
        self.double.log().to(TOKEN).len()
    }

    /// A request through the proxy; where it names no origin, to the API.
    pub(crate) async fn send(&self, id: &str, request: http::request::Builder, body: &str) -> Answer {
        let named = request.headers_ref().unwrap().contains_key("jackfield-origin");
        let request = request.header(AUTHORIZATION, format!("Bearer {}", self.tenant.key));
        let request = if named { request } else { request.header("jackfield-origin", "api") };
        let path = format!("/v1/connections/{id}/proxy{}", request.uri_ref().unwrap());
        self.host.send(&path, request.body(Bytes::from(body.to_owned())).unwrap()).await.unwrap()
    }

    /// `GET` of the API through the proxy.
    pub(crate) async fn get(&self, id: &str, path: &str) -> Answer {
        self.send(id, http::Request::get(path), "").await
    }

    /// The connection as the API shows it.
    pub(crate) async fn show(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
    }

    /// Its permissions.
    pub(crate) async fn permissions(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}/permissions")).await.unwrap().json
    }
}

fn sites(issued: &Issued) -> Vec<(&'static str, Router)> {
    let api = Router::new()
        .route("/me", get(|| async { Json(json!({ "id": "alice", "name": "Alice" })) }))
        .fallback(any(seen))
        .layer(from_fn_with_state(issued.clone(), check));
    let files = Router::new().fallback(any(seen)).layer(from_fn_with_state(issued.clone(), check));
    let login = Router::new().route(TOKEN, post(token)).with_state(issued.clone());
    vec![
        ("provider.test", api),
        ("files.test", files),
        ("status.test", Router::new().fallback(any(seen))),
        ("login.test", login),
    ]
}

async fn token(State(issued): State<Issued>) -> Json<Value> {
    let newest = issued.0.fetch_add(1, Ordering::SeqCst) + 1;
    Json(json!({ "access_token": format!("token-number-{newest}"), "token_type": "Bearer" }))
}

/// RFC 6750 section 3.1.
async fn check(State(issued): State<Issued>, request: Request, next: Next) -> Response {
    let newest = format!("Bearer token-number-{}", issued.0.load(Ordering::SeqCst));
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given == newest || given == format!("Bearer {LASTING}") {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], Body::empty()).into_response()
}

/// What arrived.
async fn seen(request: Request) -> Json<Value> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let authorized = parts.headers.contains_key(AUTHORIZATION);
    Json(
        json!({ "method": parts.method.as_str(), "path": parts.uri.path(), "bytes": body.len(), "authorized": authorized }),
    )
}
