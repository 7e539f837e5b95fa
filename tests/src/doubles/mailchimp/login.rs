//! `login.mailchimp.com`: consent, the token, and where the account lives.
//! <https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/>. The markup is the double's own.

use axum::Json;
use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::super::form::Page;
use super::Shared;

#[derive(Deserialize, Serialize)]
pub(super) struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: Url,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
pub(super) struct Redeemed {
    grant_type: String,
    client_id: String,
    client_secret: String,
    redirect_uri: Url,
    code: String,
}

/// The page on which a person logs in and allows the app.
pub(super) async fn ask(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    if !is_registered(&state, &asked) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let page = Page {
        title: "Connect",
        heading: "An app wants your account",
        action: "/oauth2/authorize",
        answer: "answer",
        buttons: &[("allow", "Allow")],
    };
    Html(page.asking(&asked)).into_response()
}

/// Sends the person back with a code.
pub(super) async fn decide(State(state): State<Shared>, Form(asked): Form<Asked>) -> Response {
    if !is_registered(&state, &asked) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut state = state.lock();
    let code = format!("code-{:028}", state.codes.len() + state.tokens.len());
    state.codes.insert(code.clone(), asked.redirect_uri.clone());
    let mut to = asked.redirect_uri;
    to.query_pairs_mut().append_pair("state", &asked.state).append_pair("code", &code);
    (StatusCode::FOUND, [(LOCATION, String::from(to))]).into_response()
}

/// A token that does not expire: `expires_in` is 0, and there is no refresh token.
pub(super) async fn token(State(state): State<Shared>, Form(asked): Form<Redeemed>) -> Response {
    let mut state = state.lock();
    let known = asked.client_id == state.app.client_id && asked.client_secret == state.app.client_secret;
    let redirect = state.codes.remove(&asked.code);
    let error = match redirect {
        _ if !known => "invalid_client",
        Some(redirect) if redirect == asked.redirect_uri && asked.grant_type == "authorization_code" => {
            let token = format!("{:032x}", state.tokens.len() + 0x5c6c_cc56);
            state.tokens.insert(token.clone());
            let answer = json!({"access_token": token, "expires_in": 0, "scope": null});
            return Json(answer).into_response();
        }
        _ => "invalid_grant",
    };
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}

/// The account's data centre, to a token after the word `OAuth`.
pub(super) async fn metadata(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("OAuth "));
    if !token.is_some_and(|token| state.lock().tokens.contains(token)) {
        return Json(json!({"error": "invalid_token"})).into_response();
    }
    let login = json!({"email": "freddie@example.com", "login_email": "freddie@example.com", "login_name": "freddie"});
    let answer = json!({
        "dc": "us6", "role": "owner", "accountname": "Freddie's Jokes", "user_id": 15, "login": login,
        "login_url": "https://login.mailchimp.com", "api_endpoint": "https://us6.api.mailchimp.com",
    });
    Json(answer).into_response()
}

fn is_registered(state: &Shared, asked: &Asked) -> bool {
    let app = &state.lock().app;
    // The port is the double's concession to hosts on a free one.
    let here = app.redirect.host() == asked.redirect_uri.host() && app.redirect.scheme() == asked.redirect_uri.scheme();
    let below = asked.redirect_uri.path().starts_with(app.redirect.path());
    asked.response_type == "code" && asked.client_id == app.client_id && here && below
}
