//! The hosted pages: plain HTML in the tenant's brand and the reader's language, never kept.

mod admin;
mod assets;
mod begin;
mod brand_file;
mod callback;
mod connect;
mod connect_page;
mod connections;
mod cookie;
mod docs;
mod fault;
mod field;
mod icon;
mod identity;
mod language;
mod layout;
mod link;
mod notice;
mod picker;
mod posted;
mod rights;
mod services;
mod sign_in;
mod signed_in;
mod site;
mod submission;
mod told;
mod upload;
mod when;

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jackfield_model::origin::Origin;
use serde_json::Value;

pub use notice::refusal;
pub use site::host;

use crate::service::Service;

/// The largest form, in bytes.
const FORM_LIMIT: usize = 128 * 1024;

/// `form-action 'self'` is kept although a form leads to the provider: Chromium holds that directive against every
/// redirect that follows a form, and what a provider redirects to is not ours to list. So a posted form is answered with
/// a page that goes on by itself, which is no longer a form's navigation; see `notice::onward`.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Every page. Those about the API show what `description` answers.
pub fn routes(description: fn() -> Value) -> Router<Service> {
    Router::new()
        .route("/connect/{link}", get(connect::show).post(connect::submit))
        // HEAD is answered without asking the service: a callback happens once, and so does a sign-in.
        .route("/oauth/callback/{connector}/{client}", get(callback::callback).head(callback::look))
        .route("/oauth/begin/{ticket}", get(begin::begin).head(callback::look))
        .route("/sign-in", get(sign_in::page))
        .route("/sign-in/start", get(identity::start).head(sign_in::look))
        .route("/sign-in/return", get(identity::back).head(sign_in::look))
        .route("/sign-in/{link}", get(sign_in::follow).head(sign_in::look).post(sign_in::agree))
        .route("/signed-in", get(sign_in::arrived))
        .route("/sign-out", post(sign_in::out))
        .route("/language", get(language::page).post(language::choose))
        .route("/assets/page.css", get(assets::stylesheet))
        .route("/assets/page.js", get(assets::script))
        .route("/assets/brand/{file}", get(assets::brand))
        .route("/assets/brand/{tenant}/{digest}", get(brand_file::show))
        .route("/assets/icon/{connector}", get(icon::serve))
        .merge(connections::routes())
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .merge(admin::routes())
        .merge(docs::routes(description))
}

/// Leaves a page for another: a path of ours, or a URL that was checked.
fn redirect(status: StatusCode, target: &str) -> Response {
    let mut response = status.into_response();
    if let Ok(mut location) = HeaderValue::from_str(target) {
        location.set_sensitive(true);
        response.headers_mut().insert(header::LOCATION, location);
    }
    guard(response)
}

/// What every page and every redirect of a page carries (CORE-13, ST-11).
fn guard(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets these origins frame a page, and nobody else.
fn frameable(mut response: Response, origins: &BTreeSet<Origin>) -> Response {
    if origins.is_empty() {
        return response;
    }
    let all = origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let policy = POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors {all}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        // It knows no list of origins, and would forbid what the policy allows.
        response.headers_mut().remove(header::X_FRAME_OPTIONS);
    }
    response
}

#[cfg(test)]
mod tests;
