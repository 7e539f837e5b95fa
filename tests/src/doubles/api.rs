//! A service with API tokens, of no provider in particular: checks the token where it is told to, and, asked to, echoes it back.

mod credential;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::extract::{Query, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use http::header::{CONTENT_TYPE, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

pub use self::credential::Placement;
use super::Double;
use crate::authority::Authority;

/// The running service.
pub struct Api {
    double: Double,
    accepted: Accepted,
}

/// Tokens that work, each with the id of its account.
#[derive(Clone, Default)]
struct Accepted(Arc<Mutex<BTreeMap<String, String>>>);

/// The token of a request that was let in, and its account.
#[derive(Clone)]
struct Caller {
    token: String,
    account: String,
}

impl Api {
    /// Answers `name`; takes tokens from `placement` only.
    pub async fn start(authority: &Authority, name: &str, placement: Placement) -> Result<Self> {
        let accepted = Accepted::default();
        let router = router(accepted.clone(), placement);
        let double = Double::serve(authority, vec![(name, router)]).await?;
        Ok(Self { double, accepted })
    }

    /// Its address, log and faults.
    pub fn double(&self) -> &Double {
        &self.double
    }

    /// Lets `token` in, as the account of that id.
    pub fn accept(&self, token: &str, account: &str) {
        self.accepted.lock().insert(token.to_owned(), account.to_owned());
    }

    /// Refuses `token` from now on.
    pub fn refuse(&self, token: &str) {
        self.accepted.lock().remove(token);
    }
}

impl Accepted {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `/me` who; `/items` pages of three; `/notes` takes a body; `/admin` needs a scope nobody has; `/envelope` fails with 200; `/echo` echoes.
fn router(accepted: Accepted, placement: Placement) -> Router {
    Router::new()
        .route("/me", get(me).post(me))
        .route("/items", get(items))
        .route("/notes", post(note))
        .route("/admin", get(admin))
        .route("/envelope", get(envelope))
        .route("/echo", get(echo))
        .layer(from_fn_with_state((accepted, placement), check))
}

async fn check(State((accepted, placement)): State<(Accepted, Placement)>, request: Request, next: Next) -> Response {
    let (token, mut request) = placement.token(request).await;
    let caller = token.and_then(|token| {
        let account = accepted.lock().get(&token).cloned();
        account.map(|account| Caller { token, account })
    });
    match caller {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        // RFC 6750 section 3.1.
        None => refuse(StatusCode::UNAUTHORIZED, "invalid_token"),
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    let challenge = format!("Bearer error=\"{error}\"");
    (status, [(WWW_AUTHENTICATE, challenge)], Json(json!({"error": error}))).into_response()
}

async fn me(Extension(caller): Extension<Caller>) -> Response {
    let name = format!("Account {}", caller.account);
    Json(json!({"id": caller.account, "name": name})).into_response()
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    page: usize,
}

/// Three pages of three; `next` is absent on the last.
async fn items(Query(paging): Query<Paging>) -> Response {
    let items: Vec<usize> = (0..3).map(|place| paging.page * 3 + place).collect();
    match paging.page {
        0 | 1 => Json(json!({"items": items, "next": paging.page + 1})).into_response(),
        2 => Json(json!({"items": items})).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn note(headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let answer = json!({"bytes": body.len(), "content_type": kind});
    (StatusCode::CREATED, Json(answer)).into_response()
}

async fn admin() -> Response {
    refuse(StatusCode::FORBIDDEN, "insufficient_scope")
}

async fn envelope() -> Response {
    Json(json!({"ok": false, "error": "invalid_auth"})).into_response()
}

/// The token in headers and body, in every encoding a careless service could give it.
async fn echo(Extension(caller): Extension<Caller>) -> Response {
    let echoed = [
        (HeaderName::from_static("x-echo"), caller.token.clone()),
        (HeaderName::from_static("x-echo-base64"), BASE64.encode(caller.token.as_bytes())),
        (SET_COOKIE, format!("token={}", caller.token)),
    ];
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, text) in echoed {
        headers.extend(HeaderValue::from_str(&text).ok().map(|value| (name, value)));
    }
    let members: Vec<String> =
        encodings(&caller.token).iter().map(|(name, text)| format!("\"{name}\":\"{text}\"")).collect();
    (headers, format!("{{{}}}", members.join(","))).into_response()
}

/// Each as it stands between the quotes of a JSON string.
fn encodings(token: &str) -> [(&'static str, String); 10] {
    let bytes = token.as_bytes();
    let after = |lead: &[u8]| BASE64.encode(&[lead, bytes].concat());
    let each = |write: &dyn Fn(u8) -> String| bytes.iter().map(|byte| write(*byte)).collect();
    let quoted = json!(token).to_string();
    [
        ("plain", quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()),
        // Reads as \u0074… in the answer itself: no JSON writer would escape these.
        ("json_escaped", each(&|byte| format!("\\u{byte:04x}"))),
        ("percent", each(&|byte| format!("%{byte:02X}"))),
        ("percent_lower", each(&|byte| format!("%{byte:02x}"))),
        ("hex", HEXLOWER.encode(bytes)),
        ("hex_upper", HEXUPPER.encode(bytes)),
        ("base64_0", after(b"")),
        ("base64_1", after(b"a")),
        ("base64_2", after(b"ab")),
        ("base64_url", BASE64URL_NOPAD.encode(bytes)),
    ]
}
