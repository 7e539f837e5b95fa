//! `slack.com/api/…`: whose a token is, its end, and two methods that need a scope.
//!
//! Follows <https://docs.slack.dev/apis/web-api>: status 200 and `ok`, `x-oauth-scopes` with the scopes of the token, and for a
//! missing scope `needed` and `provided`.

#![allow(clippy::result_large_err, reason = "a refusal is the whole answer")]

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use super::{Of, Shared, Token};

const SCOPES: HeaderName = HeaderName::from_static("x-oauth-scopes");

/// <https://docs.slack.dev/reference/methods/auth.test>
pub(super) async fn auth_test(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let (_, token) = match bearer(&state, &headers) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let mut who = json!({
        "ok": true, "url": "https://subarachnoid.slack.com/", "team": "Subarachnoid Workspace", "team_id": "T12345678",
        "is_enterprise_install": false,
    });
    let known = match token.of {
        Of::User => json!({"user": "grace", "user_id": token.person}),
        Of::Bot => json!({"user": "bot", "user_id": "W23456789", "bot_id": "BZYBOTHED"}),
    };
    if let (Some(who), Some(known)) = (who.as_object_mut(), known.as_object()) {
        who.extend(known.clone());
    }
    told(&token, who)
}

/// <https://docs.slack.dev/reference/methods/auth.revoke>
pub(super) async fn auth_revoke(State(state): State<Shared>, headers: HeaderMap) -> Response {
    match bearer(&state, &headers) {
        Ok((text, token)) => {
            let mut state = state.lock();
            state.tokens.remove(&text);
            state.refresh_tokens.retain(|_, kept| kept.of != token.of || kept.person != token.person);
            told(&token, json!({"ok": true, "revoked": true}))
        }
        Err(refusal) => refusal,
    }
}

/// <https://docs.slack.dev/reference/methods/chat.postMessage>: needs `chat:write`, of either token.
pub(super) async fn post_message(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let answer = |token: &Token| {
        let author = match token.of {
            Of::Bot => json!({"bot_id": "BZYBOTHED", "type": "message", "text": "Here"}),
            Of::User => json!({"user": token.person, "type": "message", "text": "Here"}),
        };
        json!({"ok": true, "channel": "C123ABC456", "ts": "1503435956.000247", "message": author})
    };
    needing(&state, &headers, "chat:write", answer)
}

/// <https://docs.slack.dev/reference/methods/conversations.list>: needs `channels:read` for public channels.
pub(super) async fn conversations(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let answer = |_: &Token| json!({"ok": true, "channels": [{"id": "C012AB3CD", "name": "general"}], "response_metadata": {"next_cursor": ""}});
    needing(&state, &headers, "channels:read", answer)
}

fn needing(state: &Shared, headers: &HeaderMap, scope: &str, answer: impl Fn(&Token) -> Value) -> Response {
    match bearer(state, headers) {
        Ok((_, token)) if token.scopes.iter().any(|has| has == scope) => told(&token, answer(&token)),
        Ok((_, token)) => {
            let provided = token.scopes.join(",");
            told(&token, json!({"ok": false, "error": "missing_scope", "needed": scope, "provided": provided}))
        }
        Err(refusal) => refusal,
    }
}

fn told(token: &Token, answer: Value) -> Response {
    ([(SCOPES, token.scopes.join(","))], Json(answer)).into_response()
}

fn bearer(state: &Shared, headers: &HeaderMap) -> Result<(String, Token), Response> {
    let refuse = |error: &str| Json(json!({"ok": false, "error": error})).into_response();
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let text = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or_else(|| refuse("not_authed"))?;
    let token = state.lock().tokens.get(text).cloned().ok_or_else(|| refuse("invalid_auth"))?;
    Ok((text.to_owned(), token))
}
