//! The JSON API under `/v1`: parses a request, asks the service, shows the answer. Decides nothing itself.

mod api_keys;
mod backups;
mod body;
mod caller;
mod clients;
mod connections;
mod connectors;
mod doctor;
mod health;
mod json;
mod lease;
mod path;
pub mod problem;
mod proxy;
mod refusal;
mod reply;
mod sessions;
mod tenants;
mod transfers;
mod view;

use axum::Router;
use http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::service::Service;

/// Every API route.
pub fn routes() -> Router<Service> {
    let answers = Router::new()
        .merge(api_keys::routes())
        .merge(backups::routes())
        .merge(clients::routes())
        .merge(connections::routes())
        .merge(connectors::routes())
        .merge(doctor::routes())
        .merge(health::routes())
        .merge(lease::routes())
        .merge(sessions::routes())
        .merge(tenants::routes())
        .merge(transfers::routes())
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")));
    answers.merge(proxy::routes())
}
