//! `github.com/login/oauth/authorize`: the page where a person decides, and where the decision leads.
//!
//! Follows <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps> (parameters, redirect URLs) and
//! <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors> (refusals).
//! The markup of the page is the double's own: its documentation shows none.

use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::super::form::Page;
use super::{Code, Grant, Shared};

const ERRORS: &str =
    "/apps/building-integrations/setting-up-and-registering-oauth-apps/troubleshooting-authorization-request-errors/";

#[derive(Deserialize, Serialize)]
pub(super) struct Asked {
    client_id: String,
    redirect_uri: Option<Url>,
    #[serde(default)]
    scope: String,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(flatten)]
    asked: Asked,
    authorize: String,
}

/// Shows what is asked for; sends a redirect URL that is not registered back to the one that is.
pub(super) async fn ask(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let registered = state.lock().app.clone();
    if asked.client_id != registered.client_id {
        return StatusCode::NOT_FOUND.into_response();
    }
    if asked.redirect_uri.as_ref().is_some_and(|uri| !matches(&registered.callback, uri)) {
        let description = "The redirect_uri MUST match the registered callback URL for this application.";
        return refuse(&registered.callback, &asked, "redirect_uri_mismatch", description);
    }
    if asked.code_challenge.is_some() && asked.code_challenge_method.as_deref() != Some("S256") {
        // "Must be S256 - the plain code challenge method is not supported."
        return StatusCode::BAD_REQUEST.into_response();
    }
    Html(page(&asked)).into_response()
}

/// Issues a code, or says that the person denied.
pub(super) async fn decide(State(state): State<Shared>, Form(decided): Form<Decided>) -> Response {
    let asked = decided.asked;
    let mut state = state.lock();
    let redirect_uri = asked.redirect_uri.clone().unwrap_or_else(|| state.app.callback.clone());
    if asked.client_id != state.app.client_id || !matches(&state.app.callback, &redirect_uri) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if decided.authorize != "1" {
        let description = "The user has denied your application access.";
        return refuse(&redirect_uri, &asked, "access_denied", description);
    }
    // "Requested scopes and granted scopes": people can allow less than was asked for.
    let mut scopes = normalized(&asked.scope);
    if let Some(allowed) = &state.narrowed {
        scopes.retain(|scope| allowed.contains(scope));
    }
    let code = state.fresh(20);
    let grant = Grant { person: state.person.clone(), scopes };
    let mut to = redirect_uri.clone();
    let kept = Code { grant, redirect_uri, challenge: asked.code_challenge };
    state.codes.insert(code.clone(), kept);
    to.query_pairs_mut().append_pair("code", &code);
    found(to, asked.state.as_deref())
}

fn refuse(to: &Url, asked: &Asked, error: &str, description: &str) -> Response {
    let mut to = to.clone();
    to.query_pairs_mut()
        .append_pair("error", error)
        .append_pair("error_description", description)
        .append_pair("error_uri", &format!("{ERRORS}#{}", error.replace('_', "-")));
    found(to, asked.state.as_deref())
}

fn found(mut to: Url, state: Option<&str>) -> Response {
    if let Some(state) = state {
        to.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(LOCATION, String::from(to))]).into_response()
}

/// "Redirect URLs": host and port as registered, the path at or below it; any port on loopback.
fn matches(registered: &Url, asked: &Url) -> bool {
    let loopback = match asked.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    let port = loopback || registered.port_or_known_default() == asked.port_or_known_default();
    let below = asked
        .path()
        .strip_prefix(registered.path().trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    registered.scheme() == asked.scheme() && registered.host() == asked.host() && port && below
}

/// "Normalized scopes": those that another requested one includes are dropped.
/// What includes what: <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>.
fn normalized(scope: &str) -> Vec<String> {
    const INCLUDES: [(&str, &[&str]); 4] = [
        ("repo", &["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"]),
        ("user", &["read:user", "user:email", "user:follow"]),
        ("admin:org", &["write:org", "read:org"]),
        ("write:org", &["read:org"]),
    ];
    let asked: Vec<&str> = scope.split([' ', ',']).filter(|scope| !scope.is_empty()).collect();
    let included = |scope: &str| INCLUDES.iter().any(|(wide, narrow)| asked.contains(wide) && narrow.contains(&scope));
    let mut kept: Vec<String> = Vec::new();
    for scope in &asked {
        if !included(scope) && !kept.iter().any(|one| one == scope) {
            kept.push((*scope).to_owned());
        }
    }
    kept
}

fn page(asked: &Asked) -> String {
    Page {
        title: "Authorize application",
        heading: "An application would like permission to access your account",
        action: "/login/oauth/authorize",
        answer: "authorize",
        buttons: &[("1", "Authorize"), ("0", "Cancel")],
    }
    .asking(asked)
}
