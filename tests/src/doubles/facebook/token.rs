//! `graph.facebook.com/v25.0/oauth/access_token`: a code becomes a short-lived token, and that a long-lived one.
//!
//! Follows <https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow> ("Exchanging Code for
//! an Access Token"), <https://developers.facebook.com/documentation/facebook-login/guides/advanced/oidc-token>
//! (`code_verifier`), <https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived> and
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling> (the error's shape). The messages and subcodes of
//! refused codes and secrets are on no page; they are the ones Facebook is known to send.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::json;

use super::graph::{invalid_token, refusal};
use super::{Code, Shared, Token};

/// What the page's sample of a long-lived token says: about 60 days.
const LONG: u32 = 5_183_944;
/// "Short-lived tokens usually have a lifetime of about an hour or two".
const SHORT: u32 = 3_600;

#[derive(Deserialize)]
pub(super) struct Asked {
    client_id: Option<String>,
    client_secret: Option<String>,
    grant_type: Option<String>,
    fb_exchange_token: Option<String>,
    redirect_uri: Option<String>,
    code: Option<String>,
    code_verifier: Option<String>,
}

pub(super) async fn exchange(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    {
        let state = state.lock();
        if asked.client_id.as_deref() != Some(&state.app.id) {
            return refusal(
                101,
                None,
                "Error validating application. Cannot get application info due to a system error.",
            );
        }
        if asked.client_secret.as_deref() != Some(&state.app.secret) {
            return refusal(1, None, "Error validating client secret.");
        }
    }
    match asked.grant_type.as_deref() {
        Some("fb_exchange_token") => extend(&state, asked.fb_exchange_token.as_deref()),
        None | Some("authorization_code") => redeem(&state, &asked),
        Some(_) => refusal(100, None, "Invalid parameter"),
    }
}

fn redeem(state: &Shared, asked: &Asked) -> Response {
    let mut state = state.lock();
    let given = asked.code.clone().unwrap_or_default();
    let Some(code) = state.codes.remove(&given) else {
        return if state.used.contains(&given) {
            refusal(100, Some(36009), "This authorization code has been used.")
        } else {
            refusal(100, Some(36007), "This authorization code has expired.")
        };
    };
    state.used.insert(given);
    // "must be the same as the original request_uri that you used when starting the OAuth login process".
    if asked.redirect_uri.as_deref() != Some(&code.redirect_uri) || !proven(&code, asked.code_verifier.as_deref()) {
        let said = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request";
        return refusal(100, Some(36008), said);
    }
    let token = state.fresh("EAAS", 48);
    state.tokens.insert(token.clone(), Token { person: code.person, long: false });
    Json(json!({ "access_token": token, "token_type": "bearer", "expires_in": SHORT })).into_response()
}

fn proven(code: &Code, verifier: Option<&str>) -> bool {
    code.challenge.as_ref().is_none_or(|challenge| {
        verifier
            .is_some_and(|verifier| BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref()) == *challenge)
    })
}

/// The short-lived token goes on until its own end.
fn extend(state: &Shared, short: Option<&str>) -> Response {
    let mut state = state.lock();
    let Some(token) = short.and_then(|short| state.tokens.get(short).cloned()) else { return invalid_token() };
    let long = state.fresh("EAAL", 48);
    state.tokens.insert(long.clone(), Token { long: true, ..token });
    Json(json!({ "access_token": long, "token_type": "bearer", "expires_in": LONG })).into_response()
}
