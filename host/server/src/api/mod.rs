//! The JSON API under `/v1`: parses a request, asks the service, shows the answer. Decides nothing itself.

mod api_keys;
mod audit;
mod backups;
mod body;
mod brand;
mod caller;
mod clients;
mod conditions;
mod connections;
mod connectors;
mod contacts;
mod describe;
mod doctor;
mod health;
mod import;
mod json;
mod keyring;
mod lease;
mod messages;
mod metrics;
mod once;
mod openapi;
mod page_sessions;
mod paging;
mod path;
pub mod problem;
mod proxy;
pub(crate) mod rate;
mod refusal;
mod reply;
mod sessions;
mod target;
mod tenants;
mod transfers;
mod uses;
mod view;
mod webhooks;

use axum::Router;
use http::{HeaderValue, header};
use serde_json::Value;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::service::Service;
use describe::{Entry, Routes};

pub use openapi::written as written_description;

/// Every route that is described, noun by noun.
const NOUNS: &[fn() -> Routes] = &[
    api_keys::routes,
    audit::routes,
    backups::routes,
    brand::routes,
    clients::routes,
    connections::routes,
    connectors::routes,
    contacts::routes,
    doctor::routes,
    health::routes,
    import::routes,
    keyring::routes,
    lease::routes,
    messages::routes,
    metrics::routes,
    openapi::routes,
    page_sessions::routes,
    sessions::routes,
    target::routes,
    tenants::routes,
    transfers::routes,
    uses::routes,
    webhooks::routes,
];

/// Every API route. The proxy is not described: what it takes and answers is the provider's.
pub fn routes() -> Router<Service> {
    let described = NOUNS.iter().fold(Router::new(), |all, routes| all.merge(routes().into_router()));
    let answers = described
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")));
    answers.merge(proxy::routes())
}

/// The description of the API, as `OpenAPI` 3.1.
pub fn description() -> Value {
    let entries: Vec<Entry> = NOUNS.iter().flat_map(|routes| routes().into_entries()).collect();
    describe::document(&entries)
}
