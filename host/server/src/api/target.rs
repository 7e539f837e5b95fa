//! `/v1/connections/{id}/target`: choosing among what a fresh connection can point at.

use axum::{Router, extract::State, response::Response, routing::post};
use jackfield_model::id::ConnectionId;
use serde::Deserialize;

use super::{
    caller::{Connect, ForTenant},
    json::Json,
    path::Id,
    problem::Problem,
    reply::found,
    view::connection::ConnectionView,
};
use crate::service::Service;

/// `POST /v1/connections/{id}/target`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    /// The id of one of the connection's `target.choices`.
    id: String,
}

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/v1/connections/{id}/target", post(choose))
}

async fn choose(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Choice>,
) -> Result<Response, Problem> {
    let connection = Box::pin(service.choose_target(by.tenant, id, &asked.id, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}
