//! `/v1/connections/{id}/target`: choosing among what a fresh connection can point at.

use axum::extract::State;
use jackfield_model::id::ConnectionId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    caller::{Connect, ForTenant},
    describe::{About, Routes, Tag},
    json::Json,
    path::Id,
    problem::Problem,
    reply::{Found, found},
    view::connection::ConnectionView,
};
use crate::service::{Service, TargetError};

/// One of the connection's choices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChosenTarget")]
struct Choice {
    /// The id of one of the connection's `target.choices`.
    #[schemars(example = &"us6")]
    id: String,
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Connections).post(
        "/v1/connections/{id}/target",
        choose,
        About::new(
            "chooseTarget",
            "Choose what a connection points at",
            "Where the provider offers several sites, workspaces or data centres, the connection waits, pending, until one is \
             chosen. Then it is verified.",
        )
        .refuses::<TargetError>(),
    )
}

async fn choose(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Choice>,
) -> Result<Found<ConnectionView<'static>>, Problem> {
    let connection = Box::pin(service.choose_target(by.tenant, id, &asked.id, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}
