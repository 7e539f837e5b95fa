//! The APIs a token is for: keys, userinfo, a little of Gmail and Calendar, and how they refuse.
//!
//! Errors follow <https://developers.google.com/workspace/gmail/api/guides/handle-errors> and
//! <https://cloud.google.com/apis/design/errors>; both shapes come in one answer.

#![allow(
    clippy::indexing_slicing,
    clippy::result_large_err,
    reason = "a member of JSON that is not there reads as null, and a refusal is the whole answer"
)]

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Grant, Shared};

const READ: [&str; 2] =
    ["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.modify"];
const SEND: [&str; 2] = ["https://www.googleapis.com/auth/gmail.send", "https://www.googleapis.com/auth/gmail.modify"];
const EVENTS: [&str; 2] =
    ["https://www.googleapis.com/auth/calendar.events.readonly", "https://www.googleapis.com/auth/calendar.events"];

pub(super) fn www(state: Shared) -> Router {
    Router::new()
        .route("/oauth2/v3/certs", get(certs))
        .route("/calendar/v3/calendars/{calendar}/events", get(events))
        .with_state(state)
}

pub(super) fn openid(state: Shared) -> Router {
    Router::new().route("/v1/userinfo", get(userinfo)).with_state(state)
}

pub(super) fn gmail(state: Shared) -> Router {
    Router::new()
        .route("/gmail/v1/users/me/messages", get(messages))
        .route("/gmail/v1/users/me/messages/send", post(send))
        .with_state(state)
}

/// <https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken>: the keys.
async fn certs(State(state): State<Shared>) -> Json<Value> {
    Json(state.lock().key.published())
}

/// <https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation>
async fn userinfo(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let grant = match authenticated(&state, &headers) {
        Ok(grant) => grant,
        Err(refusal) => return refusal,
    };
    let mut claims = json!({ "sub": grant.person.sub, "email": grant.person.email, "email_verified": true });
    if has(&grant, &["https://www.googleapis.com/auth/userinfo.profile"]) {
        claims["name"] = json!("John Smith");
        claims["picture"] = json!("https://lh3.googleusercontent.com/a/jsmith");
    }
    Json(claims).into_response()
}

/// <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/list>
async fn messages(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let listed = json!({ "messages": [{ "id": "18c0ffee", "threadId": "18c0ffee" }], "resultSizeEstimate": 1 });
    allowed(&state, &headers, &READ, listed)
}

/// <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send>
async fn send(State(state): State<Shared>, headers: HeaderMap) -> Response {
    allowed(&state, &headers, &SEND, json!({ "id": "18c0ffef", "threadId": "18c0ffef", "labelIds": ["SENT"] }))
}

/// <https://developers.google.com/workspace/calendar/api/v3/reference/events/list>
async fn events(State(state): State<Shared>, headers: HeaderMap) -> Response {
    allowed(&state, &headers, &EVENTS, json!({ "kind": "calendar#events", "items": [] }))
}

fn allowed(state: &Shared, headers: &HeaderMap, any: &[&str], answer: Value) -> Response {
    match authenticated(state, headers) {
        Ok(grant) if has(&grant, any) => Json(answer).into_response(),
        Ok(_) => insufficient(),
        Err(refusal) => refusal,
    }
}

fn has(grant: &Grant, any: &[&str]) -> bool {
    grant.scopes.iter().any(|scope| any.contains(&scope.as_str()))
}

fn authenticated(state: &Shared, headers: &HeaderMap) -> Result<Grant, Response> {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    token.and_then(|token| state.lock().access.get(token).cloned()).ok_or_else(|| {
        let said = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.";
        refusal(StatusCode::UNAUTHORIZED, said, "UNAUTHENTICATED", "authError", "ACCESS_TOKEN_EXPIRED")
    })
}

/// "insufficientPermissions"
fn insufficient() -> Response {
    let said = "Request had insufficient authentication scopes.";
    refusal(
        StatusCode::FORBIDDEN,
        said,
        "PERMISSION_DENIED",
        "insufficientPermissions",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    )
}

fn refusal(code: StatusCode, message: &str, status: &str, reason: &str, detail: &str) -> Response {
    let body = json!({ "error": {
        "code": code.as_u16(),
        "message": message,
        "errors": [{ "message": message, "domain": "global", "reason": reason }],
        "status": status,
        "details": [{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": detail,
            "domain": "googleapis.com",
        }],
    } });
    (code, Json(body)).into_response()
}
