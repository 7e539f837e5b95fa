//! `accounts.google.com`: the discovery document, the consent page, and where a decision leads.
//!
//! Follows <https://developers.google.com/identity/protocols/oauth2/web-server> (parameters, "Handle the OAuth 2.0 server
//! response"), <https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions> (unticked scopes) and
//! <https://developers.google.com/identity/openid-connect/openid-connect> (discovery, nonce). The markup is the double's own:
//! the documentation shows none.

#![allow(clippy::result_large_err, reason = "a refusal is the whole answer")]

use std::collections::BTreeSet;

use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::super::form::Page;
use super::{Code, Grant, Shared};

/// Scopes of signing in: "not subject to the granular permissions".
const SIGN_IN: [&str; 3] =
    ["openid", "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile"];

pub(super) fn routes(state: Shared) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/o/oauth2/v2/auth", get(ask).post(decide))
        .with_state(state)
}

/// "Discovery document".
async fn discovery() -> Json<Value> {
    Json(json!({
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
        "response_types_supported": ["code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token", "none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub"],
        "code_challenge_methods_supported": ["plain", "S256"]
    }))
}

#[derive(Deserialize, Serialize)]
struct Asked {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: Option<String>,
    access_type: Option<String>,
    prompt: Option<String>,
    include_granted_scopes: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

#[derive(Deserialize)]
struct Decided {
    #[serde(flatten)]
    asked: Asked,
    decision: String,
}

/// Shows what is asked for; without `prompt=consent`, what was granted before is granted again without a page.
async fn ask(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let to = match check(&state, &asked) {
        Ok(to) => to,
        Err(refusal) => return refusal,
    };
    let known = {
        let state = state.lock();
        let granted = state.granted.get(&state.person.sub);
        granted.is_some_and(|granted| asked.scope.split(' ').all(|scope| granted.contains(scope)))
    };
    if known && asked.prompt.as_deref() != Some("consent") {
        return granted(&state, &asked, to, false);
    }
    Html(page(&asked)).into_response()
}

/// "`redirect_uri_mismatch`" and "`invalid_client`" are pages of Google's own: nobody is sent anywhere.
fn check(state: &Shared, asked: &Asked) -> Result<Url, Response> {
    let refused = |name: &str| Err((StatusCode::BAD_REQUEST, Html(format!("Error 400: {name}"))).into_response());
    let state = state.lock();
    if asked.client_id != state.client.id {
        return refused("invalid_client");
    }
    if asked.response_type != "code" {
        return refused("invalid_request");
    }
    match Url::parse(&asked.redirect_uri) {
        Ok(url) if state.redirect_uris.contains(&asked.redirect_uri) => Ok(url),
        _ => refused("redirect_uri_mismatch"),
    }
}

async fn decide(State(state): State<Shared>, Form(decided): Form<Decided>) -> Response {
    let asked = decided.asked;
    match check(&state, &asked) {
        Err(refusal) => refusal,
        Ok(to) if decided.decision == "continue" => granted(&state, &asked, to, true),
        Ok(mut to) => {
            to.query_pairs_mut().append_pair("error", "access_denied");
            found(to, &asked)
        }
    }
}

/// A refresh token comes with the first consent, and with each that was asked for by `prompt=consent`.
fn granted(state: &Shared, asked: &Asked, mut to: Url, consented: bool) -> Response {
    {
        let mut state = state.lock();
        let person = state.person.clone();
        let unticked = state.unticked.clone();
        let ticked = |scope: &&str| SIGN_IN.contains(scope) || !unticked.contains(*scope);
        let mut scopes: BTreeSet<String> = asked.scope.split(' ').filter(ticked).map(str::to_owned).collect();
        let before = state.granted.entry(person.sub.clone()).or_default();
        if asked.include_granted_scopes.as_deref() == Some("true") {
            scopes.extend(before.iter().cloned());
        }
        before.extend(scopes.iter().cloned());
        // "the order of scopes" of an answer is not the request's.
        let scopes: Vec<String> = scopes.into_iter().rev().collect();
        let code = state.fresh("4/0A", 44);
        let offline = consented && asked.access_type.as_deref() == Some("offline");
        let challenge = asked.code_challenge.clone().filter(|_| asked.code_challenge_method.as_deref() == Some("S256"));
        let kept = Code {
            grant: Grant { person, scopes: scopes.clone() },
            redirect_uri: asked.redirect_uri.clone(),
            challenge,
            nonce: asked.nonce.clone(),
            offline,
        };
        state.codes.insert(code.clone(), kept);
        to.query_pairs_mut().append_pair("code", &code).append_pair("scope", &scopes.join(" "));
    }
    found(to, asked)
}

fn found(mut to: Url, asked: &Asked) -> Response {
    if let Some(value) = &asked.state {
        to.query_pairs_mut().append_pair("state", value);
    }
    (StatusCode::FOUND, [(LOCATION, String::from(to))]).into_response()
}

fn page(asked: &Asked) -> String {
    Page {
        title: "Sign in - Google Accounts",
        heading: "An app wants access to your Google Account",
        action: "/o/oauth2/v2/auth",
        answer: "decision",
        buttons: &[("continue", "Continue"), ("cancel", "Cancel")],
    }
    .asking(asked)
}
