//! `/v1/connections`: make, list, read, rename, verify, refresh, reauthorize, delete.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use jackfield_model::{id::ConnectionId, secret::Secret, status::Status};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    caller::{Connect, ForTenant, Read},
    describe::{Routes, Tag},
    json::{Json, secrets},
    path::{Asked, Id},
    problem::{Code, Problem},
    reply::{Created, Found, List, created, found},
    sessions,
    view::{
        connection::{ConnectionView, EventView},
        deletion::DeletionView,
        permissions::PermissionsView,
    },
};
use crate::service::{
    CreateError, DeleteError, Filter, ListError, NewConnection, PermissionsError, Reauthorize, RefreshError,
    RenameError, Service, SessionError, VerifyError,
};

/// Connections on a page where the caller does not say.
const PAGE: usize = 50;
/// The most on a page.
const PAGE_LIMIT: usize = 200;

/// A connection to be, with the credential given directly.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewConnection")]
struct Create {
    /// What to connect.
    #[schemars(example = &"api-token")]
    connector: String,
    /// One of the connector's auth methods that needs no person.
    #[schemars(example = &"api-token")]
    method: String,
    /// What people call it; left out, the connector's own name for it.
    #[schemars(example = &"Reporting")]
    name: Option<String>,
    /// The person it belongs to, by the application's own id; left out where the whole tenant uses it.
    #[schemars(example = &"user-42")]
    end_user: Option<String>,
    /// What it is for: ids of the connector's actions.
    #[serde(default)]
    #[schemars(example = json!([]))]
    actions: BTreeSet<String>,
    /// The fields of the connector and the method, the secret ones too.
    #[serde(default, deserialize_with = "secrets")]
    #[schemars(example = json!({ "base_url": "https://api.example.com", "token": "s3cr3t" }))]
    fields: BTreeMap<String, Secret>,
}

/// Which connections.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Of this connector only.
    #[schemars(example = &"github")]
    connector: Option<String>,
    /// Of this end user only.
    #[schemars(example = &"user-42")]
    end_user: Option<String>,
    /// In this status only.
    status: Option<Status>,
    /// Where to go on: the `next` of the page before, asked with the same filters.
    #[schemars(example = &"AQAAAZPq")]
    cursor: Option<String>,
    /// How many on a page; 50 where it is left out.
    #[schemars(range(min = 1, max = 200), example = 50)]
    limit: Option<usize>,
}

/// A new name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewName")]
struct Rename {
    /// What people call it, 1 to 100 characters.
    #[schemars(example = &"Reporting")]
    name: String,
}

/// Who consents again, and for what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Reauthorization")]
struct Again {
    /// Who consents, by the application's own id; the connection's own end user where it has one.
    #[schemars(example = &"user-42")]
    end_user: String,
    /// Where the person goes afterwards: one of the tenant's return URLs.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com/connected")]
    return_url: String,
    /// Further actions; what it is for already stays.
    #[serde(default)]
    #[schemars(example = ["list-repositories"])]
    actions: BTreeSet<String>,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/v1/connections", "/v1/connections/{id}");
    Routes::of(Tag::Connections)
        .get(all, list, words::list().refuses::<ListError>())
        .post(all, create, words::create().refuses::<CreateError>())
        .get(one, show, words::show())
        .patch(one, rename, words::rename().refuses::<RenameError>())
        .delete(one, remove, words::remove().refuses::<DeleteError>())
        .post("/v1/connections/{id}/verify", verify, words::verify().refuses::<VerifyError>())
        .post("/v1/connections/{id}/refresh", refresh, words::refresh().refuses::<RefreshError>())
        .post("/v1/connections/{id}/reauthorize", reauthorize, words::reauthorize().refuses::<SessionError>())
        .get("/v1/connections/{id}/permissions", permissions, words::permissions().refuses::<PermissionsError>())
        .get("/v1/connections/{id}/timeline", timeline, words::timeline().refuses_with(&[Code::NotFound]))
}

async fn create(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Created<ConnectionView<'static>>, Problem> {
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
    Ok(created(format!("/v1/connections/{}", connection.id), ConnectionView::from(&connection)))
}

async fn list(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Found<List<ConnectionView<'static>>>, Problem> {
    let limit = wanted.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(Problem::query(&format!("`limit` is a number from 1 to {PAGE_LIMIT}")));
    }
    let filter = Filter { connector: wanted.connector, end_user: wanted.end_user, status: wanted.status };
    let page = service.connections(by.tenant, filter, wanted.cursor, limit).await?;
    let items = page.items.iter().map(ConnectionView::from).collect();
    Ok(found(List { items, next: page.next.clone(), unreadable: page.unreadable }))
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
) -> Result<Found<ConnectionView<'static>>, Problem> {
    let connection = service.connection(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn rename(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Rename>,
) -> Result<Found<ConnectionView<'static>>, Problem> {
    let connection = service.rename(by.tenant, id, &asked.name, &by.caller.name()).await?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn verify(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
) -> Result<Found<ConnectionView<'static>>, Problem> {
    let connection = Box::pin(service.verify(by.tenant, id, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn refresh(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
) -> Result<Found<ConnectionView<'static>>, Problem> {
    let connection = Box::pin(service.refresh(by.tenant, id, &by.caller.name())).await?;
    Ok(found(ConnectionView::from(&connection)))
}

async fn reauthorize(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Json(asked): Json<Again>,
) -> Result<Created<sessions::Made<'static>>, Problem> {
    let again = Reauthorize { end_user: asked.end_user, return_url: asked.return_url, actions: asked.actions };
    let (session, url) = service.reauthorize(by.tenant, id, again, &by.caller.name()).await?;
    Ok(sessions::made(&session, &url))
}

async fn remove(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
) -> Result<Found<DeletionView<'static>>, Problem> {
    let deletion = service.delete(by.tenant, id, &by.caller.name()).await?;
    Ok(found(DeletionView::from(&deletion)))
}

async fn permissions(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
) -> Result<Found<PermissionsView<'static>>, Problem> {
    let permissions = service.permissions(by.tenant, id).await?;
    Ok(found(PermissionsView::from(&permissions)))
}

async fn timeline(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
) -> Result<Found<List<EventView<'static>>>, Problem> {
    service.connection(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
    let events = service.timeline(by.tenant, id).await?;
    Ok(found(List::whole(events.iter().map(EventView::from).collect())))
}
