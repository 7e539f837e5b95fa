//! `github.com/login/oauth/access_token`: a code becomes a token.
//!
//! Follows <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>, "Users are redirected back to your site
//! by GitHub", and <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>.
//! The pages name no status for an error; GitHub is known to answer 200, so the double does.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::{Code, Grant, Shared};

const ERRORS: &str = "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/";

#[derive(Deserialize)]
pub(super) struct Redeemed {
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<Url>,
    code_verifier: Option<String>,
}

/// Why no token is given; the names are GitHub's.
enum Refusal {
    Client,
    Code,
    RedirectUri,
}

pub(super) async fn redeem(
    State(state): State<Shared>,
    headers: HeaderMap,
    Form(redeemed): Form<Redeemed>,
) -> Response {
    let members = match exchange(&state, &redeemed) {
        // "scope" is a list with commas, though it was asked for with spaces.
        Ok((token, grant)) => {
            vec![("access_token", token), ("scope", grant.scopes.join(",")), ("token_type", "bearer".to_owned())]
        }
        Err(refusal) => refusal.members(),
    };
    answer(&headers, &members)
}

fn exchange(state: &Shared, redeemed: &Redeemed) -> Result<(String, Grant), Refusal> {
    let mut state = state.lock();
    let app = &state.app;
    let known = redeemed.client_id.as_deref() == Some(&app.client_id)
        && redeemed.client_secret.as_deref() == Some(&app.client_secret);
    if !known {
        return Err(Refusal::Client);
    }
    // A code is void after the first try, whatever comes of it.
    let code = redeemed.code.as_ref().and_then(|code| state.codes.remove(code));
    let code = code.ok_or(Refusal::Code)?;
    if redeemed.redirect_uri.as_ref().is_some_and(|uri| *uri != code.redirect_uri) {
        return Err(Refusal::RedirectUri);
    }
    if !proven(&code, redeemed.code_verifier.as_deref()) {
        return Err(Refusal::Code);
    }
    let token = format!("gho_{}", state.fresh(36));
    state.tokens.insert(token.clone(), code.grant.clone());
    Ok((token, code.grant))
}

/// PKCE: "Required if `code_challenge` was sent during the user authorization."
fn proven(code: &Code, verifier: Option<&str>) -> bool {
    match (&code.challenge, verifier) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(challenge), Some(verifier)) => {
            BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref()) == *challenge
        }
    }
}

impl Refusal {
    fn members(&self) -> Vec<(&'static str, String)> {
        let (error, description) = match self {
            Self::Client => {
                ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
            }
            Self::Code => ("bad_verification_code", "The code passed is incorrect or expired."),
            Self::RedirectUri => (
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.",
            ),
        };
        vec![
            ("error", error.to_owned()),
            ("error_description", description.to_owned()),
            ("error_uri", format!("{ERRORS}#{}", error.replace('_', "-"))),
        ]
    }
}

/// Form-encoded, unless the request accepts JSON by name.
fn answer(headers: &HeaderMap, members: &[(&'static str, String)]) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    if accepted.is_some_and(|accept| accept.contains("application/json")) {
        let object: serde_json::Map<_, _> =
            members.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        return Json(object).into_response();
    }
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    ([(CONTENT_TYPE, kind)], form).into_response()
}
