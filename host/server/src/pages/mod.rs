//! The hosted pages: plain HTML in the tenant's name, without script, never framed, never kept.

mod brand_file;
mod callback;
mod connect;
mod connect_page;
mod cookie;
mod docs;
mod fault;
mod field;
mod layout;
mod link;
mod notice;
mod posted;
mod rights;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;

pub use notice::refusal;

use crate::service::Service;

/// The largest form, in bytes.
const FORM_LIMIT: usize = 128 * 1024;

/// The stylesheet of every page.
const STYLESHEET: &str = include_str!("jackfield.css");

/// `form-action 'self'` is kept although a form leads to the provider: Chromium holds that directive against every
/// redirect that follows a form, and what a provider redirects to is not ours to list. So a posted form is answered with
/// a page that goes on by itself, which is no longer a form's navigation; see `notice::onward`.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Every page. Those about the API show what `description` answers.
pub fn routes(description: fn() -> Value) -> Router<Service> {
    Router::new()
        .route("/connect/{link}", get(connect::show).post(connect::submit).layer(DefaultBodyLimit::max(FORM_LIMIT)))
        // HEAD is answered without asking the service: a callback happens once.
        .route("/oauth/callback/{connector}/{client}", get(callback::callback).head(callback::look))
        .route("/assets/jackfield.css", get(stylesheet))
        .route("/brand/{digest}", get(brand_file::show))
        .merge(docs::routes(description))
}

async fn stylesheet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLESHEET).into_response()
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

#[cfg(test)]
mod tests;
