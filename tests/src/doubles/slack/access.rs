//! `slack.com/api/oauth.v2.access`: a code becomes tokens, and a refresh token the next one.
//!
//! Follows <https://docs.slack.dev/reference/methods/oauth.v2.access> (answers and errors, all with status 200) and
//! <https://docs.slack.dev/authentication/using-token-rotation> (12 hours, a refresh token for each token, revoked when used).

#![allow(clippy::indexing_slicing, reason = "a member of JSON that is not there reads as null")]

use axum::Json;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::{Code, Of, Shared, State as Inner, Token};

const LASTS: u32 = 43200;

#[derive(Deserialize)]
pub(super) struct Asked {
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<Url>,
    grant_type: Option<String>,
    refresh_token: Option<String>,
}

pub(super) async fn access(State(state): State<Shared>, headers: HeaderMap, Form(asked): Form<Asked>) -> Response {
    let mut state = state.lock();
    let answer = proven(&state, &headers, &asked).and_then(|()| match asked.grant_type.as_deref() {
        Some("refresh_token") => refresh(&mut state, &asked),
        None | Some("authorization_code") => redeem(&mut state, &asked),
        Some(_) => Err("invalid_grant_type"),
    });
    let answer = answer.unwrap_or_else(|error| json!({"ok": false, "error": error}));
    Json(answer).into_response()
}

/// "We strongly recommend supplying the Client ID and Client Secret using the HTTP Basic authentication scheme"; both ways work.
fn proven(state: &Inner, headers: &HeaderMap, asked: &Asked) -> Result<(), &'static str> {
    let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let basic = basic.and_then(|text| String::from_utf8(BASE64.decode(text.as_bytes()).ok()?).ok());
    let (id, secret) = match basic.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((id, secret)) => (Some(decoded(id)), Some(decoded(secret))),
        None => (asked.client_id.clone(), asked.client_secret.clone()),
    };
    if id.as_deref() != Some(&state.app.client_id) {
        return Err("invalid_client_id");
    }
    if secret.as_deref() == Some(&state.app.client_secret) { Ok(()) } else { Err("bad_client_secret") }
}

fn decoded(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

fn redeem(state: &mut Inner, asked: &Asked) -> Result<Value, &'static str> {
    let code = asked.code.as_ref().and_then(|code| state.codes.remove(code)).ok_or("invalid_code")?;
    if asked.redirect_uri.as_ref() != Some(&code.redirect_uri) {
        return Err("bad_redirect_uri");
    }
    let Code { bot, user, person, .. } = code;
    let mut authed_user = json!({"id": person});
    if !user.is_empty() {
        let token = Token { of: Of::User, person: person.clone(), scopes: user };
        merge(&mut authed_user, issued(state, token));
    }
    let mut answer = json!({
        "ok": true, "app_id": "A0KRD7HC3",
        "team": {"name": "Subarachnoid Workspace", "id": "T12345678"},
        "enterprise": null, "is_enterprise_install": false, "authed_user": authed_user,
    });
    if !bot.is_empty() {
        answer["bot_user_id"] = "W23456789".into();
        merge(&mut answer, issued(state, Token { of: Of::Bot, person, scopes: bot }));
    }
    Ok(answer)
}

/// The next token of the kind that was asked for, in the answer itself.
fn refresh(state: &mut Inner, asked: &Asked) -> Result<Value, &'static str> {
    let shown = asked.refresh_token.as_ref();
    let token = shown.and_then(|shown| state.refresh_tokens.remove(shown)).ok_or("invalid_refresh_token")?;
    let mut answer = json!({
        "ok": true, "app_id": "A0KRD7HC3",
        "team": {"name": "Subarachnoid Workspace", "id": "T12345678"},
        "enterprise": null, "is_enterprise_install": false,
    });
    if token.of == Of::Bot {
        answer["bot_user_id"] = "W23456789".into();
    }
    merge(&mut answer, issued(state, token));
    Ok(answer)
}

/// The members that tell a token.
fn issued(state: &mut Inner, token: Token) -> Value {
    let rotation = state.app.rotation;
    let (kind, prefix) = match (token.of, rotation) {
        (Of::Bot, false) => ("bot", "xoxb-"),
        (Of::Bot, true) => ("bot", "xoxe.xoxb-1-"),
        (Of::User, false) => ("user", "xoxp-"),
        (Of::User, true) => ("user", "xoxe.xoxp-1-"),
    };
    let access = state.fresh(prefix);
    state.tokens.insert(access.clone(), token.clone());
    let mut told = json!({"access_token": access, "token_type": kind, "scope": token.scopes.join(",")});
    if rotation {
        let next = state.fresh("xoxe-1-");
        state.refresh_tokens.insert(next.clone(), token);
        merge(&mut told, json!({"refresh_token": next, "expires_in": LASTS}));
    }
    told
}

fn merge(into: &mut Value, from: Value) {
    let from: Map<String, Value> = serde_json::from_value(from).unwrap_or_default();
    if let Some(members) = into.as_object_mut() {
        members.extend(from);
    }
}
