//! `api.notion.com/v1`: whose a token is, and pages of a search.
//!
//! Every request needs `Notion-Version` (<https://developers.notion.com/reference/versioning>) and a bearer token
//! (<https://developers.notion.com/reference/authentication>).

#![allow(clippy::result_large_err, reason = "a refusal is the whole answer")]

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Shared, Workspace, refusal};

/// How many pages there are to find, and how many one answer holds.
const FOUND: usize = 5;
const PAGE: usize = 2;

/// <https://developers.notion.com/reference/get-self>: the bot of the token, its owner and the workspace's name.
pub(super) async fn me(State(state): State<Shared>, headers: HeaderMap) -> Response {
    match authenticated(&state, &headers) {
        Err(refused) => refused,
        Ok(workspace) => Json(json!({
            "object": "user",
            "id": workspace.bot,
            "name": "Gardener",
            "avatar_url": null,
            "type": "bot",
            "bot": { "owner": owner(&workspace), "workspace_name": workspace.name },
        }))
        .into_response(),
    }
}

/// <https://developers.notion.com/reference/post-search>; pages: <https://developers.notion.com/reference/intro>, "Pagination".
pub(super) async fn search(State(state): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = authenticated(&state, &headers) {
        return refused;
    }
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_json", "Error parsing JSON body.");
    };
    let cursor = asked.get("start_cursor").and_then(Value::as_str);
    let first: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let results: Vec<Value> = (first..FOUND.min(first + PAGE))
        .map(|place| json!({ "object": "page", "id": format!("page-{place}") }))
        .collect();
    let next = first + results.len();
    let more = next < FOUND;
    Json(json!({
        "object": "list",
        "results": results,
        "has_more": more,
        "next_cursor": more.then(|| next.to_string()),
        "type": "page_or_data_source",
        "page_or_data_source": {},
    }))
    .into_response()
}

/// <https://developers.notion.com/reference/status-codes>: `invalid_request_url`.
pub(super) async fn not_found() -> Response {
    refusal(StatusCode::BAD_REQUEST, "invalid_request_url", "Invalid request URL.")
}

/// Who allowed it: the `owner` of a token and of a bot.
pub(super) fn owner(workspace: &Workspace) -> Value {
    json!({
        "type": "user",
        "user": {
            "object": "user",
            "id": workspace.person,
            "name": "Gardener's keeper",
            "avatar_url": null,
            "type": "person",
            "person": { "email": "keeper@garden.example" },
        },
    })
}

/// <https://developers.notion.com/reference/status-codes>: `missing_version`.
pub(super) fn without_version(headers: &HeaderMap) -> Option<Response> {
    if headers.contains_key("notion-version") {
        return None;
    }
    let message =
        "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.";
    Some(refusal(StatusCode::BAD_REQUEST, "missing_version", message))
}

fn authenticated(state: &Shared, headers: &HeaderMap) -> Result<Workspace, Response> {
    if let Some(refused) = without_version(headers) {
        return Err(refused);
    }
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer "));
    let known = token.and_then(|token| state.lock().tokens.get(token).cloned());
    known.ok_or_else(|| refusal(StatusCode::UNAUTHORIZED, "unauthorized", "API token is invalid."))
}
