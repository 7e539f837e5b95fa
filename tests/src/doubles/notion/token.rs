//! `api.notion.com/v1/oauth`: a code or a refresh token becomes tokens, and a token ends.
//!
//! Follows <https://developers.notion.com/reference/create-a-token>, <https://developers.notion.com/reference/refresh-a-token> and
//! <https://developers.notion.com/reference/revoke-token>: HTTP Basic with the client's id and secret, JSON both ways. Refusals
//! follow <https://developers.notion.com/reference/status-codes>; that page names no code for a wrong client, so the double
//! answers its general one for a credential that is not valid.

#![allow(clippy::result_large_err, reason = "a refusal is the whole answer")]

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{Shared, State as Held, Workspace, refusal, rest};

#[derive(Deserialize)]
#[serde(tag = "grant_type", rename_all = "snake_case")]
enum Asked {
    AuthorizationCode { code: String, redirect_uri: Option<Url> },
    RefreshToken { refresh_token: String },
}

#[derive(Deserialize)]
struct Ending {
    token: String,
}

/// "Exchange an authorization code for an access and refresh token", or a refresh token for new ones.
pub(super) async fn token(State(state): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_client(&state, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthorized", "API token is invalid.");
    }
    let asked = match read(&headers, &body) {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let mut state = state.lock();
    let workspace = match asked {
        Asked::AuthorizationCode { code, redirect_uri } => {
            // A code is void after the first try, whatever comes of it.
            let found = state.codes.remove(&code);
            found.filter(|code| redirect_uri.as_ref() == Some(&code.redirect_uri)).map(|code| code.workspace)
        }
        Asked::RefreshToken { refresh_token } => state.refresh.remove(&refresh_token).map(|(workspace, access)| {
            state.tokens.remove(&access);
            workspace
        }),
    };
    match workspace {
        Some(workspace) => Json(issued(&mut state, &workspace)).into_response(),
        None => refusal(StatusCode::BAD_REQUEST, "invalid_grant", "Invalid code: this code has been revoked."),
    }
}

/// "Revoke a token": the answer holds a request id and nothing else.
pub(super) async fn revoke(State(state): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refused) = rest::without_version(&headers) {
        return refused;
    }
    if !is_client(&state, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthorized", "API token is invalid.");
    }
    match read::<Ending>(&headers, &body) {
        Err(refused) => refused,
        Ok(ending) => {
            let mut state = state.lock();
            state.tokens.remove(&ending.token);
            state.refresh.retain(|_, (_, access)| *access != ending.token);
            Json(json!({ "request_id": "8a5ad5f0-8b0e-4b4f-8f05-6f9f4d1a7d10" })).into_response()
        }
    }
}

fn issued(state: &mut Held, workspace: &Workspace) -> serde_json::Value {
    let (access, refresh) = (state.fresh("ntn_"), state.fresh("nrt_"));
    state.tokens.insert(access.clone(), workspace.clone());
    state.refresh.insert(refresh.clone(), (workspace.clone(), access.clone()));
    json!({
        "access_token": access,
        "token_type": "bearer",
        "refresh_token": refresh,
        "bot_id": workspace.bot,
        "workspace_icon": null,
        "workspace_name": workspace.name,
        "workspace_id": workspace.id,
        "owner": rest::owner(workspace),
        "duplicated_template_id": null,
        "request_id": "b2c3f1de-7d0c-4f0b-9a53-5a2b6c7d8e9f",
    })
}

fn is_client(state: &Shared, headers: &HeaderMap) -> bool {
    let registered = &state.lock().registered;
    let pair = format!("{}:{}", registered.client_id, registered.client_secret);
    let expected = format!("Basic {}", BASE64.encode(pair.as_bytes()));
    headers.get(AUTHORIZATION).is_some_and(|given| given.as_bytes() == expected.as_bytes())
}

fn read<T: serde::de::DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Response> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") || serde_json::from_slice::<serde_json::Value>(body).is_err() {
        return Err(refusal(StatusCode::BAD_REQUEST, "invalid_json", "Error parsing JSON body."));
    }
    let shape = "body failed validation: body.grant_type or body.token should be defined.";
    serde_json::from_slice(body).map_err(|_| refusal(StatusCode::BAD_REQUEST, "validation_error", shape))
}
