//! The router: API, pages and health under the layers every answer passes.

mod arriving;
mod edge;

use axum::{Router, middleware};
use serde_json::Value;

use crate::{
    api::{self, problem::Problem},
    pages,
    service::Service,
};

/// The description of the HTTP API, as `OpenAPI` 3.1.
pub fn description() -> Value {
    api::description()
}

/// Every route: the API and the pages.
fn routes() -> Router<Service> {
    Router::new().merge(api::routes()).merge(pages::routes(api::description))
}

/// Everything this host answers, over HTTP.
pub fn router(service: Service) -> Router {
    routes()
        .fallback(async || Problem::no_route())
        .method_not_allowed_fallback(async || Problem::method())
        .layer(middleware::from_fn_with_state(service.clone(), api::rate::rate))
        .layer(middleware::from_fn_with_state(service.clone(), edge::edge))
        .with_state(service)
}

#[cfg(test)]
mod tests;
