//! `us6.api.mailchimp.com`: whose account it is, and its lists.
//!
//! Authentication by HTTP basic with any name, or by a bearer (<https://mailchimp.com/developer/marketing/docs/fundamentals/>);
//! refusals as problem details (<https://mailchimp.com/developer/marketing/docs/errors/>).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::Shared;

/// <https://mailchimp.com/developer/marketing/api/root/list-api-root-resources/>
pub(super) async fn root(State(state): State<Shared>, headers: HeaderMap) -> Response {
    if !is_let_in(&state, &headers) {
        return invalid();
    }
    let account = json!({
        "account_id": "8d3a3db4d97663a9074efcc16", "login_id": "000000015", "account_name": "Freddie's Jokes",
        "email": "freddie@example.com", "username": "freddie", "avatar_url": "https://cdn-images.mailchimp.com/freddie.png",
        "role": "owner",
    });
    Json(account).into_response()
}

/// <https://mailchimp.com/developer/marketing/api/lists/get-lists-info/>
pub(super) async fn lists(State(state): State<Shared>, headers: HeaderMap) -> Response {
    if !is_let_in(&state, &headers) {
        return invalid();
    }
    Json(json!({"lists": [{"id": "57afe96172", "name": "Favorite hats"}], "total_items": 1})).into_response()
}

pub(super) async fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "Resource Not Found", "The requested resource could not be found.")
}

fn invalid() -> Response {
    let detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter.";
    problem(StatusCode::UNAUTHORIZED, "API Key Invalid", detail)
}

fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = json!({
        "type": "https://mailchimp.com/developer/marketing/docs/errors/", "title": title, "status": status.as_u16(),
        "detail": detail, "instance": "c116af38-54cd-7c91-efff-548d25d48699",
    });
    (status, [(CONTENT_TYPE, "application/problem+json; charset=utf-8")], body.to_string()).into_response()
}

fn is_let_in(state: &Shared, headers: &HeaderMap) -> bool {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let state = state.lock();
    let known = |secret: &str| state.tokens.contains(secret) || state.keys.contains(secret);
    let pair = header.strip_prefix("Basic ").and_then(|text| BASE64.decode(text.as_bytes()).ok());
    let pair = pair.and_then(|bytes| String::from_utf8(bytes).ok());
    match pair.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((_, key)) => state.keys.contains(key),
        None => header.strip_prefix("Bearer ").is_some_and(known),
    }
}
