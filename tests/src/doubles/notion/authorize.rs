//! `api.notion.com/v1/oauth/authorize`: the page where a person picks pages, and where the decision leads.
//!
//! Follows <https://developers.notion.com/guides/get-started/authorization>, "Public connection auth flow set-up", steps 1 and 2: the
//! parameters `client_id`, `redirect_uri`, `response_type=code`, `owner=user` and `state`, all required but the last; the person
//! comes back with `code` and `state`, or with `error` in the words of RFC 6749 section 4.1.2.1. The markup of the page is the
//! double's own: its documentation shows pictures.

use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use serde::Deserialize;
use url::{Host, Url};

use super::{Code, Shared, refusal};

#[derive(Deserialize)]
pub(super) struct Asked {
    client_id: String,
    redirect_uri: Url,
    response_type: String,
    owner: String,
    state: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(flatten)]
    asked: Asked,
    allow: String,
}

/// Shows what is asked for; a client or an address that is not registered is not sent anywhere.
pub(super) async fn ask(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    match wrong(&state, &asked) {
        Some(message) => refusal(StatusCode::BAD_REQUEST, "validation_error", message),
        None => Html(page(&asked)).into_response(),
    }
}

/// Issues a code, or says that the person cancelled.
pub(super) async fn decide(State(state): State<Shared>, Form(decided): Form<Decided>) -> Response {
    let asked = decided.asked;
    if let Some(message) = wrong(&state, &asked) {
        return refusal(StatusCode::BAD_REQUEST, "validation_error", message);
    }
    let mut to = asked.redirect_uri.clone();
    if decided.allow == "1" {
        let mut state = state.lock();
        let code = state.fresh("");
        let kept = Code { workspace: state.workspace.clone(), redirect_uri: asked.redirect_uri };
        state.codes.insert(code.clone(), kept);
        to.query_pairs_mut().append_pair("code", &code);
    } else {
        to.query_pairs_mut().append_pair("error", "access_denied");
    }
    if let Some(state) = &asked.state {
        to.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(LOCATION, String::from(to))]).into_response()
}

fn wrong(state: &Shared, asked: &Asked) -> Option<&'static str> {
    let registered = &state.lock().registered;
    if asked.client_id != registered.client_id {
        Some("Missing or invalid client_id")
    } else if !matches(&registered.redirect_uri, &asked.redirect_uri) {
        Some("Missing or invalid redirect_uri")
    } else if asked.response_type != "code" || asked.owner != "user" {
        Some("Missing or invalid response_type or owner")
    } else {
        None
    }
}

/// As registered; on this machine with any port and any path below, since a test cannot know either before.
fn matches(registered: &Url, asked: &Url) -> bool {
    let loopback = |url: &Url| matches!(url.host(), Some(Host::Ipv4(address)) if address.is_loopback());
    registered == asked || (loopback(registered) && loopback(asked) && asked.path().starts_with(registered.path()))
}

fn page(asked: &Asked) -> String {
    let fields = [
        ("client_id", asked.client_id.as_str()),
        ("redirect_uri", asked.redirect_uri.as_str()),
        ("response_type", &asked.response_type),
        ("owner", &asked.owner),
        ("state", asked.state.as_deref().unwrap_or_default()),
    ];
    let escaped = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let hidden: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value)))
        .collect();
    format!(
        "<!doctype html><html><head><title>Select pages</title></head><body>\
         <h1>A connection would like access to pages you choose</h1>\
         <form method=\"post\" action=\"/v1/oauth/authorize\">{}\
         <button name=\"allow\" value=\"1\">Allow access</button>\
         <button name=\"allow\" value=\"0\">Cancel</button></form></body></html>",
        hidden.concat()
    )
}
