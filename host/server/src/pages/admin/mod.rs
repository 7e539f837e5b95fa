//! `/admin`: the pages of those who run the host, and of those who look after a tenant.
//!
//! An operator sees connectors, clients, tenants, keys and the audit log, and no tenant's connections. A tenant's
//! administrator sees what is the tenant's. Each page is a file here; a form answers by going back to a page that says what was done.

mod ask;
mod audit;
mod brand;
mod brand_files;
mod brand_words;
mod client;
mod clients;
mod connector;
mod connectors;
mod difference;
mod keys;
mod requests;
mod tenant;
mod tenants;
mod webhook;
mod webhooks;
mod who;

use axum::{Router, response::Response, routing::get};
use http::StatusCode;
use maud::{Markup, html};
use url::form_urlencoded;

use super::{redirect, signed_in::SignedIn};
use crate::{service::Service, words::Words};

/// The pages of `/admin`.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/admin", get(home))
        .merge(audit::routes())
        .merge(brand::routes())
        .merge(client::routes())
        .merge(clients::routes())
        .merge(connector::routes())
        .merge(connectors::routes())
        .merge(keys::routes())
        .merge(tenant::routes())
        .merge(tenants::routes())
        .merge(webhooks::routes())
}

/// `/admin`: where somebody starts.
async fn home(by: SignedIn) -> Response {
    redirect(StatusCode::SEE_OTHER, by.home())
}

/// Back to a page after a form, which says what was done.
fn back_to(page: &str, done: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, &format!("{page}?done={done}"))
}

/// What a page's query asks for, by name.
fn asked(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let found = pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    found.filter(|value| !value.is_empty())
}

/// What the form before this page did; nothing where it is a page like any other.
fn done(words: &Words, query: Option<&str>) -> Markup {
    let key = asked(query, "done").filter(|key| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    let said = key.and_then(|key| words.perhaps(&format!("admin-done-{key}")));
    html! { @if let Some(said) = said { p class="done" role="status" { (said) } } }
}

/// A list with nothing in it.
fn nothing(sentence: &str) -> Markup {
    html! { p class="empty" { (sentence) } }
}

/// A value to copy: a button to do it comes with the script.
fn to_copy(words: &Words, label: &str, value: &str) -> Markup {
    html! {
        div class="copy" data-copy=(words.say("admin-copy")) data-copied=(words.say("admin-copied")) {
            span class="copy-label" { (label) }
            code class="copy-value" { (value) }
        }
    }
}
