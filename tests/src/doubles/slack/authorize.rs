//! `slack.com/oauth/v2/authorize`: the page where a person allows an app, and where that leads.
//!
//! Follows <https://docs.slack.dev/authentication/installing-with-oauth>: `scope` for the bot, `user_scope` for the person, both
//! with commas; `state` comes back; a cancelled installation brings `error=access_denied`. The markup of the page is the double's
//! own.

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
    redirect_uri: Url,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    user_scope: String,
    #[serde(default)]
    state: String,
    code_challenge: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(flatten)]
    asked: Asked,
    answer: String,
}

/// Shows what is asked for.
pub(super) async fn ask(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    if !is_registered(&state, &asked) {
        return (StatusCode::BAD_REQUEST, "redirect_uri did not match any configured URIs.").into_response();
    }
    // PKCE is for apps that were marked as public: <https://docs.slack.dev/authentication/using-pkce>.
    if asked.code_challenge.is_some() || (asked.scope.is_empty() && asked.user_scope.is_empty()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    Html(page(&asked)).into_response()
}

/// Issues a code, or says that the person cancelled.
pub(super) async fn decide(State(state): State<Shared>, Form(decided): Form<Decided>) -> Response {
    let asked = decided.asked;
    if !is_registered(&state, &asked) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut to = asked.redirect_uri.clone();
    if decided.answer == "allow" {
        let mut state = state.lock();
        let code = state.fresh("4724469134.");
        let allowed = |list: &str| {
            let asked = list.split(',').filter(|scope| !scope.is_empty()).map(str::to_owned);
            let narrowed = state.narrowed.as_ref();
            asked.filter(|scope| narrowed.is_none_or(|allowed| allowed.contains(scope))).collect()
        };
        let kept = Code {
            bot: allowed(&asked.scope),
            user: allowed(&asked.user_scope),
            person: state.person.clone(),
            redirect_uri: asked.redirect_uri,
        };
        state.codes.insert(code.clone(), kept);
        to.query_pairs_mut().append_pair("code", &code);
    } else {
        to.query_pairs_mut().append_pair("error", "access_denied");
    }
    to.query_pairs_mut().append_pair("state", &asked.state);
    (StatusCode::FOUND, [(LOCATION, String::from(to))]).into_response()
}

/// The redirect URL is registered, or lies below one that is.
fn is_registered(state: &Shared, asked: &Asked) -> bool {
    let app = &state.lock().app;
    let (known, given) = (&app.redirect, &asked.redirect_uri);
    // The port is the double's concession to hosts on a free one.
    let here = known.scheme() == given.scheme() && known.host() == given.host();
    asked.client_id == app.client_id && here && given.path().starts_with(known.path())
}

fn page(asked: &Asked) -> String {
    Page {
        title: "Authorize",
        heading: "An app is requesting permission to access a Slack workspace",
        action: "/oauth/v2/authorize",
        answer: "answer",
        buttons: &[("allow", "Allow"), ("cancel", "Cancel")],
    }
    .asking(asked)
}
