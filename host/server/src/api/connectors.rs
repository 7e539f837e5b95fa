//! `/v1/connectors`: install, show, approve, remove. For operators.

use axum::{
    Router,
    body::Body,
    extract::State,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    body::whole,
    caller::ForHost,
    json::Json,
    path::Id,
    problem::Problem,
    reply::{List, created, found, nothing},
    view::connector::ConnectorView,
};
use crate::service::Service;

/// The largest component, in bytes.
const COMPONENT_LIMIT: usize = 64 * 1024 * 1024;

/// `POST /v1/connectors/{id}/approve`: the operator's word for one component and all it asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approve {
    /// SHA-256 of the component whose requests were read, lower-case hex.
    digest: String,
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/connectors", get(list).post(install))
        .route("/v1/connectors/{id}", get(show).delete(remove))
        .route("/v1/connectors/{id}/approve", post(approve))
}

/// The body is the component itself. Installed is not approved: nothing of it runs yet.
async fn install(State(service): State<Service>, host: ForHost, body: Body) -> Result<Response, Problem> {
    let component = whole(body, COMPONENT_LIMIT).await?;
    let connector = service.install(component, &host.caller.name()).await?;
    Ok(created(&format!("/v1/connectors/{}", connector.name), ConnectorView::from(&connector)))
}

async fn approve(
    State(service): State<Service>,
    host: ForHost,
    Id(name): Id<String>,
    Json(asked): Json<Approve>,
) -> Result<Response, Problem> {
    let connector = service.approve(&name, &asked.digest, &host.caller.name()).await?;
    Ok(found(ConnectorView::from(&connector)))
}

async fn list(State(service): State<Service>, _: ForHost) -> Result<Response, Problem> {
    let connectors = service.connectors().await?;
    Ok(found(List::whole(connectors.iter().map(ConnectorView::from).collect())))
}

async fn show(State(service): State<Service>, _: ForHost, Id(name): Id<String>) -> Result<Response, Problem> {
    let connector = service.connector(&name).await?.ok_or_else(|| Problem::not_found("connector"))?;
    Ok(found(ConnectorView::from(&connector)))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(name): Id<String>) -> Result<Response, Problem> {
    service.remove_connector(&name, &host.caller.name()).await?;
    Ok(nothing())
}
