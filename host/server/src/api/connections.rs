//! `/v1/connections`: make, list, read, rename, verify, refresh, reauthorize, delete.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use jackfield_model::{id::ConnectionId, secret::Secret, status::Status};
use serde::Deserialize;

use super::{
    caller::{Connect, ForTenant, Read},
    json::{Json, secrets},
    path::{Asked, Id},
    problem::Problem,
    reply::{List, created, found},
    sessions,
    view::{
        connection::{ConnectionView, EventView},
        deletion::DeletionView,
        permissions::PermissionsView,
    },
};
use crate::service::{Filter, NewConnection, Reauthorize, Service};

/// Connections on a page where the caller does not say.
const PAGE: usize = 50;
/// The most on a page.
const PAGE_LIMIT: usize = 200;

/// `POST /v1/connections`: a credential given directly.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    connector: String,
    method: String,
    name: Option<String>,
    end_user: Option<String>,
    /// Absent: every action of a credential without scopes; of one with scopes, those that need none.
    actions: Option<BTreeSet<String>>,
    #[serde(default, deserialize_with = "secrets")]
    fields: BTreeMap<String, Secret>,
}

/// `GET /v1/connections?connector=&end_user=&status=&cursor=&limit=`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    connector: Option<String>,
    end_user: Option<String>,
    status: Option<Status>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `PATCH /v1/connections/{id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
}

/// `POST /v1/connections/{id}/reauthorize`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    end_user: String,
    return_url: String,
    /// Further actions; what it is for already stays.
    #[serde(default)]
    actions: BTreeSet<String>,
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/connections", get(list).post(create))
        .route("/v1/connections/{id}", get(show).patch(rename).delete(remove))
        .route("/v1/connections/{id}/verify", post(verify))
        .route("/v1/connections/{id}/refresh", post(refresh))
        .route("/v1/connections/{id}/reauthorize", post(reauthorize))
        .route("/v1/connections/{id}/permissions", get(permissions))
        .route("/v1/connections/{id}/timeline", get(timeline))
}

async fn create(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Response, Problem> {
    let new = NewConnection {
        tenant: by.tenant,
        connector: asked.connector,
        method: asked.method,
        name: asked.name,
        end_user: asked.end_user,
        actions: asked.actions,
        fields: asked.fields,
    };
    let connection = service.create_connection(new, &by.caller.name()).await?;
    Ok(created(&format!("/v1/connections/{}", connection.id), ConnectionView::from(&connection)))
}

async fn list(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let limit = wanted.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(Problem::query(&format!("`limit` is a number from 1 to {PAGE_LIMIT}")));
    }
    let filter = Filter { connector: wanted.connector, end_user: wanted.end_user, status: wanted.status };
    let page = service.connections(by.tenant, filter, wanted.cursor, limit).await?;
    let items: Vec<ConnectionView<'_>> = page.items.iter().map(ConnectionView::from).collect();
    Ok(found(List { items, next: page.next.clone(), unreadable: page.unreadable }))
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Problem> {
    let connection = service.connection(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn rename(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Rename>,
) -> Result<Response, Problem> {
    let connection = service.rename(by.tenant, id, &asked.name, &by.caller.name()).await?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn verify(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Problem> {
    let connection = Box::pin(service.verify(by.tenant, id, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn refresh(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Problem> {
    let connection = Box::pin(service.refresh(by.tenant, id, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn reauthorize(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Again>,
) -> Result<Response, Problem> {
    let again = Reauthorize { end_user: asked.end_user, return_url: asked.return_url, actions: asked.actions };
    let (session, url) = service.reauthorize(by.tenant, id, again, &by.caller.name()).await?;
    Ok(sessions::made(&session, &url))
}

async fn remove(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Problem> {
    let deletion = service.delete(by.tenant, id, &by.caller.name()).await?;
    Ok(found(DeletionView::from(&deletion)))
}

async fn permissions(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Problem> {
    let permissions = service.permissions(by.tenant, id).await?;
    Ok(found(PermissionsView::from(&permissions)))
}

async fn timeline(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
) -> Result<Response, Problem> {
    service.connection(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
    let events = service.timeline(by.tenant, id).await?;
    Ok(found(List::whole(events.iter().map(EventView::from).collect())))
}
