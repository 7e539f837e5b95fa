//! `www.facebook.com/v25.0/dialog/oauth`: the login dialog, and where a decision leads.
//!
//! Follows <https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow> (parameters, codes,
//! "Canceled Login") and <https://developers.facebook.com/documentation/facebook-login/guides/permissions/request-revoke>
//! (declined permissions, `auth_type=rerequest`). The markup is the double's own: the documentation shows none.

#![allow(clippy::result_large_err, reason = "a refusal is the whole answer")]

use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use url::Url;

use super::super::form::Page;
use super::{Code, Shared};

#[derive(Deserialize, Serialize)]
pub(super) struct Asked {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
    response_type: Option<String>,
    #[serde(default)]
    scope: String,
    auth_type: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(flatten)]
    asked: Asked,
    decision: String,
}

/// Shows what is asked for; an address that is not registered gets no answer at all.
pub(super) async fn ask(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    match check(&state, &asked) {
        Ok(_) => Html(page(&asked)).into_response(),
        Err(refusal) => refusal,
    }
}

fn check(state: &Shared, asked: &Asked) -> Result<Url, Response> {
    let state = state.lock();
    if asked.client_id != state.app.id {
        return Err((StatusCode::BAD_REQUEST, Html("Invalid App ID")).into_response());
    }
    let registered = state.redirect_uris.contains(&asked.redirect_uri);
    match Url::parse(&asked.redirect_uri) {
        Ok(url) if registered => Ok(url),
        _ => Err((StatusCode::BAD_REQUEST, Html("URL Blocked")).into_response()),
    }
}

/// Issues a code, or says that the person canceled.
pub(super) async fn decide(State(state): State<Shared>, Form(decided): Form<Decided>) -> Response {
    let asked = decided.asked;
    let mut to = match check(&state, &asked) {
        Ok(to) => to,
        Err(refusal) => return refusal,
    };
    if decided.decision == "continue" {
        to.query_pairs_mut().append_pair("code", &allow(&state, &asked));
    } else {
        // "Canceled Login".
        to.query_pairs_mut()
            .append_pair("error_reason", "user_denied")
            .append_pair("error", "access_denied")
            .append_pair("error_description", "Permissions error.");
    }
    if let Some(value) = &asked.state {
        to.query_pairs_mut().append_pair("state", value);
    }
    // Facebook is known to append this fragment.
    to.set_fragment(Some("_=_"));
    (StatusCode::FOUND, [(LOCATION, String::from(to))]).into_response()
}

/// "A comma or space separated list"; what was declined once is asked again only by `auth_type=rerequest`.
fn allow(state: &Shared, asked: &Asked) -> String {
    let mut state = state.lock();
    let (person, declined) = (state.person.clone(), state.declined.clone());
    let again = asked.auth_type.as_deref() == Some("rerequest");
    let grant = state.grants.entry(person.id.clone()).or_default();
    for permission in asked.scope.split([',', ' ']).filter(|permission| !permission.is_empty()) {
        let settled = grant.get(permission) == Some(&false) && !again;
        if !settled {
            grant.insert(permission.to_owned(), !declined.contains(permission));
        }
    }
    // The public profile is part of every login.
    grant.insert("public_profile".to_owned(), true);
    let code = state.fresh("AQ", 40);
    let challenge = asked.code_challenge.clone().filter(|_| asked.code_challenge_method.as_deref() == Some("S256"));
    state.codes.insert(code.clone(), Code { person, redirect_uri: asked.redirect_uri.clone(), challenge });
    code
}

fn page(asked: &Asked) -> String {
    Page {
        title: "Log in with Facebook",
        heading: "An app requests access to what you share on Facebook",
        action: "/v25.0/dialog/oauth",
        answer: "decision",
        buttons: &[("continue", "Continue"), ("cancel", "Cancel")],
    }
    .asking(asked)
}
