//! Liveness and readiness, for the machinery around the host. Asks for no key.

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;
use serde_json::json;

use crate::service::Service;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn alive() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

async fn ready(State(service): State<Service>) -> Response {
    let health = service.health().await;
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ready": health.ready,
        "store": health.store,
        "engine": health.engine,
        "connectors": health.connectors,
        "problems": health.problems,
    });
    (status, Json(body)).into_response()
}
