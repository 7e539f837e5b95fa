//! `oauth2.googleapis.com`: codes and refresh tokens become access tokens, and a grant ends.
//!
//! Follows <https://developers.google.com/identity/protocols/oauth2/web-server> ("Exchange authorization code for refresh and
//! access tokens", "Refreshing an access token", "Revoking a token", its tables of errors) and
//! <https://developers.google.com/identity/openid-connect/openid-connect> ("An ID token's payload").

#![allow(clippy::indexing_slicing, reason = "a member of JSON that is not there reads as null")]

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::super::keys::at_hash;
use super::{Code, Grant, Shared, State as Held};

/// "The remaining lifetime of the access token in seconds", as the pages' samples show it.
const LIFE: u32 = 3_920;

#[derive(Deserialize)]
pub(super) struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

pub(super) async fn token(State(state): State<Shared>, Form(asked): Form<Asked>) -> Response {
    let mut state = state.lock();
    let known = asked.client_id.as_deref() == Some(&state.client.id)
        && asked.client_secret.as_deref() == Some(&state.client.secret);
    if !known {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Unauthorized");
    }
    match asked.grant_type.as_deref() {
        Some("authorization_code") => redeem(&mut state, &asked),
        Some("refresh_token") => refresh(&mut state, &asked),
        _ => refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Invalid grant_type"),
    }
}

fn redeem(state: &mut Held, asked: &Asked) -> Response {
    let Some(code) = asked.code.as_ref().and_then(|code| state.codes.remove(code)) else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_grant", "Malformed auth code.");
    };
    if asked.redirect_uri.as_deref() != Some(&code.redirect_uri) {
        return refusal(StatusCode::BAD_REQUEST, "redirect_uri_mismatch", "Bad Request");
    }
    if !proven(&code, asked.code_verifier.as_deref()) {
        return refusal(StatusCode::BAD_REQUEST, "invalid_grant", "Invalid code verifier.");
    }
    let access_token = state.fresh("ya29.a0", 60);
    let mut answer = json!({
        "access_token": access_token,
        "expires_in": LIFE,
        "token_type": "Bearer",
        "scope": code.grant.scopes.join(" "),
    });
    if code.offline {
        let refresh_token = state.fresh("1//0", 50);
        answer["refresh_token"] = json!(refresh_token);
        state.refresh.insert(refresh_token, code.grant.clone());
    }
    if code.grant.scopes.iter().any(|scope| scope == "openid") {
        match id_token(state, &code, &access_token) {
            Ok(token) => answer["id_token"] = json!(token),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
    state.access.insert(access_token, code.grant);
    Json(answer).into_response()
}

/// "An ID token's payload".
fn id_token(state: &Held, code: &Code, access_token: &str) -> anyhow::Result<String> {
    let person = &code.grant.person;
    let mut claims = json!({
        "iss": "https://accounts.google.com",
        "azp": state.client.id,
        "aud": state.client.id,
        "sub": person.sub,
        "at_hash": at_hash(access_token),
        "email": person.email,
        "email_verified": true,
        "iat": state.now,
        "exp": state.now + 3600,
    });
    if let Some(nonce) = &code.nonce {
        claims["nonce"] = json!(nonce);
    }
    state.key.signed(&claims)
}

fn proven(code: &Code, verifier: Option<&str>) -> bool {
    code.challenge.as_ref().is_none_or(|challenge| {
        verifier
            .is_some_and(|verifier| BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref()) == *challenge)
    })
}

/// The answer has no refresh token: the one there is goes on.
fn refresh(state: &mut Held, asked: &Asked) -> Response {
    let held: Option<Grant> = asked.refresh_token.as_ref().and_then(|token| state.refresh.get(token).cloned());
    let Some(grant) = held else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_grant", "Token has been expired or revoked.");
    };
    let access_token = state.fresh("ya29.a0", 60);
    let scope = grant.scopes.join(" ");
    state.access.insert(access_token.clone(), grant);
    Json(json!({ "access_token": access_token, "expires_in": LIFE, "scope": scope, "token_type": "Bearer" }))
        .into_response()
}

#[derive(Deserialize)]
pub(super) struct Ended {
    token: String,
}

/// "The token can be an access token or a refresh token": the person's whole grant to the client ends.
pub(super) async fn revoke(State(state): State<Shared>, Form(ended): Form<Ended>) -> Response {
    let mut state = state.lock();
    let found = state.access.get(&ended.token).or_else(|| state.refresh.get(&ended.token));
    let Some(person) = found.map(|grant| grant.person.clone()) else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_token", "Token expired or revoked");
    };
    state.access.retain(|_, grant| grant.person != person);
    state.refresh.retain(|_, grant| grant.person != person);
    state.granted.remove(&person.sub);
    Json(json!({})).into_response()
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}
