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
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::super::form::Page;
use super::{Code, Shared, refusal};

#[derive(Deserialize, Serialize)]
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
    Page {
        title: "Select pages",
        heading: "A connection would like access to pages you choose",
        action: "/v1/oauth/authorize",
        answer: "allow",
        buttons: &[("1", "Allow access"), ("0", "Cancel")],
    }
    .asking(asked)
}
