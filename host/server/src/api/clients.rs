//! `/v1/clients`: our registrations at providers. For operators. No answer holds a client secret.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use jackfield_model::{
    client::{Client, ClientFault},
    id::{ClientId, TenantId},
    secret::Secret,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    caller::ForHost,
    json::{Json, optional_secret, secret},
    path::Id,
    problem::Problem,
    reply::{List, created, found, nothing},
};
use crate::service::{ClientChange, NewClient, Service};

/// `POST /v1/clients`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    connector: String,
    tenant: Option<TenantId>,
    client_id: String,
    #[serde(default, deserialize_with = "optional_secret")]
    client_secret: Option<Secret>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// `PATCH /v1/clients/{id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    client_id: Option<String>,
    #[serde(default, deserialize_with = "optional_secret")]
    client_secret: Option<Secret>,
    fields: Option<BTreeMap<String, String>>,
    /// Accepts the endpoints its issuer announces now in place of the recorded ones.
    #[serde(default)]
    accept_endpoints: bool,
}

/// `POST /v1/clients/{id}/rotate`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    #[serde(deserialize_with = "secret")]
    client_secret: Secret,
}

/// A client as JSON.
#[derive(Debug, Serialize)]
struct ClientView {
    id: ClientId,
    connector: String,
    tenant: Option<TenantId>,
    /// The provider's `client_id`.
    client_id: String,
    has_secret: bool,
    /// What to register at the provider, byte for byte.
    redirect_uri: String,
    fields: BTreeMap<String, String>,
    /// What its issuer announced when it was first used.
    announced: BTreeMap<String, String>,
    fault: Option<ClientFault>,
    created_at: Timestamp,
}

impl ClientView {
    fn of(client: Client, service: &Service) -> Self {
        Self {
            redirect_uri: service.redirect_uri(&client.connector, client.id),
            id: client.id,
            connector: client.connector,
            tenant: client.tenant,
            client_id: client.public_id,
            has_secret: client.has_secret,
            fields: client.fields,
            announced: client.announced,
            fault: client.fault,
            created_at: client.created_at,
        }
    }
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/clients", get(list).post(create))
        .route("/v1/clients/{id}", get(show).patch(change).delete(remove))
        .route("/v1/clients/{id}/rotate", post(rotate))
}

async fn create(State(service): State<Service>, host: ForHost, Json(asked): Json<Create>) -> Result<Response, Problem> {
    let new = NewClient {
        connector: asked.connector,
        tenant: asked.tenant,
        client_id: asked.client_id,
        client_secret: asked.client_secret,
        fields: asked.fields,
    };
    let client = service.add_client(new, &host.caller.name()).await?;
    Ok(created(&format!("/v1/clients/{}", client.id), ClientView::of(client, &service)))
}

async fn list(State(service): State<Service>, _: ForHost) -> Result<Response, Problem> {
    let clients = service.clients().await?;
    Ok(found(List::whole(clients.into_iter().map(|client| ClientView::of(client, &service)).collect())))
}

async fn show(State(service): State<Service>, _: ForHost, Id(id): Id<ClientId>) -> Result<Response, Problem> {
    let client = service.client(id).await?.ok_or_else(|| Problem::not_found("client"))?;
    Ok(found(ClientView::of(client, &service)))
}

async fn change(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<ClientId>,
    Json(asked): Json<Change>,
) -> Result<Response, Problem> {
    let wanted = ClientChange {
        client_id: asked.client_id,
        client_secret: asked.client_secret,
        fields: asked.fields,
        accept_endpoints: asked.accept_endpoints,
    };
    let client = service.change_client(id, wanted, &host.caller.name()).await?;
    Ok(found(ClientView::of(client, &service)))
}

async fn rotate(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<ClientId>,
    Json(asked): Json<Rotate>,
) -> Result<Response, Problem> {
    let client = service.rotate_client_secret(id, asked.client_secret, &host.caller.name()).await?;
    Ok(found(ClientView::of(client, &service)))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(id): Id<ClientId>) -> Result<Response, Problem> {
    service.remove_client(id, &host.caller.name()).await?;
    Ok(nothing())
}
