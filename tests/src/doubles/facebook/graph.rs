//! `graph.facebook.com`: who a token belongs to, what was granted, a little to read, and the end of the grant.
//!
//! Errors follow <https://developers.facebook.com/docs/graph-api/guides/error-handling>.

#![allow(
    clippy::indexing_slicing,
    clippy::result_large_err,
    reason = "a member of JSON that is not there reads as null, and a refusal is the whole answer"
)]

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, Token};

#[derive(Deserialize)]
pub(super) struct Wanted {
    fields: Option<String>,
    access_token: Option<String>,
}

/// <https://developers.facebook.com/docs/graph-api/reference/user/>: `id` and `name`, unless `fields` says otherwise.
pub(super) async fn me(State(state): State<Shared>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    let token = match authenticated(&state, &headers, &wanted) {
        Ok(token) => token,
        Err(refusal) => return refusal,
    };
    let fields = wanted.fields.unwrap_or_else(|| "id,name".to_owned());
    let mut members = json!({ "id": token.person.id });
    for field in fields.split(',') {
        match field {
            "name" => members["name"] = json!(token.person.name),
            "picture" => {
                let url = format!("https://platform-lookaside.fbsbx.com/platform/profilepic/?asid={}", token.person.id);
                members["picture"] =
                    json!({ "data": { "height": 50, "is_silhouette": false, "url": url, "width": 50 } });
            }
            // A field without its permission is left out.
            "email" if state.lock().has(&token.person, "email") => members["email"] = json!("peter@example.com"),
            _ => {}
        }
    }
    Json(members).into_response()
}

/// <https://developers.facebook.com/docs/graph-api/reference/user/feed/>: needs `user_posts`.
pub(super) async fn posts(State(state): State<Shared>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    match authenticated(&state, &headers, &wanted) {
        Err(refusal) => refusal,
        Ok(token) if !state.lock().has(&token.person, "user_posts") => {
            refusal(200, None, "(#200) Requires user_posts permission")
        }
        Ok(token) => {
            let id = format!("{}_1", token.person.id);
            Json(json!({ "data": [{ "id": id, "message": "Hello" }], "paging": {} })).into_response()
        }
    }
}

/// <https://developers.facebook.com/docs/graph-api/reference/user/permissions/>: granted and declined.
pub(super) async fn permissions(
    State(state): State<Shared>,
    Path(person): Path<String>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    let token = match authenticated(&state, &headers, &wanted) {
        Ok(token) if person == "me" || person == token.person.id => token,
        Ok(_) => return unknown_object(),
        Err(refusal) => return refusal,
    };
    let state = state.lock();
    let granted = state.grants.get(&token.person.id).into_iter().flatten();
    let data: Vec<Value> = granted
        .map(|(permission, granted)| {
            json!({ "permission": permission, "status": if *granted { "granted" } else { "declined" } })
        })
        .collect();
    Json(json!({ "data": data })).into_response()
}

/// <https://developers.facebook.com/documentation/facebook-login/guides/permissions/request-revoke>, "Revoking Login": every
/// token of the app for that person is over.
pub(super) async fn revoke(
    State(state): State<Shared>,
    Path(person): Path<String>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    let token = match authenticated(&state, &headers, &wanted) {
        Ok(token) if person == "me" || person == token.person.id => token,
        Ok(_) => return unknown_object(),
        Err(refusal) => return refusal,
    };
    let mut state = state.lock();
    state.grants.remove(&token.person.id);
    state.tokens.retain(|_, kept| kept.person.id != token.person.id);
    Json(json!({ "success": true })).into_response()
}

fn authenticated(state: &Shared, headers: &HeaderMap, wanted: &Wanted) -> Result<Token, Response> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(token) = header.or(wanted.access_token.as_deref()) else {
        let said = "An active access token must be used to query information about the current user.";
        return Err(refusal(2500, None, said));
    };
    state.lock().tokens.get(token).cloned().ok_or_else(invalid_token)
}

/// "Get a new access token."
pub(super) fn invalid_token() -> Response {
    refusal(190, Some(460), "Error validating access token: The session has been invalidated.")
}

fn unknown_object() -> Response {
    refusal(100, Some(33), "Unsupported request. Object does not exist or cannot be loaded due to missing permissions.")
}

/// "Error Responses". The page names no status; Facebook is known to answer 400, and 403 where a permission is missing.
pub(super) fn refusal(code: u32, subcode: Option<u32>, message: &str) -> Response {
    let status = if (200..300).contains(&code) { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
    let mut error = json!({ "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "EJplcsCHuLu" });
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    (status, Json(json!({ "error": error }))).into_response()
}
