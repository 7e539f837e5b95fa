//! `/v1/clients`: our registrations at providers. For operators. No answer holds a client secret.

use std::collections::BTreeMap;

use axum::extract::State;
use jackfield_model::{
    client::{Client, ClientFault},
    id::{ClientId, TenantId},
    secret::Secret,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    caller::ForHost,
    describe::{About, Routes, Tag},
    json::{Json, optional_secret, optional_texts, secret, texts},
    once::Making,
    paging::Paged,
    path::{Asked, Id},
    problem::Problem,
    reply::{Created, Found, List, Nothing, created, found},
};
use crate::service::{ClientChange, ClientError, ListError, NewClient, Service};

/// The redirect URI of every example.
const REDIRECT_URI: &str = "https://connect.example.com/oauth/callback/github/cli_01KAMVJ5D0Q4Z8N6T2R7W3X9YB";

/// A registration at a provider to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewClient")]
struct Create {
    /// The connector it serves.
    #[schemars(example = &"github")]
    connector: String,
    /// The tenant it belongs to; left out where it serves every tenant.
    tenant: Option<TenantId>,
    /// The provider's `client_id`.
    #[schemars(example = &"Iv1.8a61f9b3a7aba766")]
    client_id: String,
    /// The provider's `client_secret`, for clients that have one.
    #[serde(default, deserialize_with = "optional_secret")]
    client_secret: Option<Secret>,
    /// The operator's fields of the connector.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(example = json!({ "base_url": "https://api.example.com" }))]
    fields: BTreeMap<String, String>,
}

/// What to change about a client: what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ClientChange")]
struct Change {
    /// The provider's `client_id`.
    #[schemars(example = &"Iv1.8a61f9b3a7aba766")]
    client_id: Option<String>,
    /// The provider's `client_secret`.
    #[serde(default, deserialize_with = "optional_secret")]
    client_secret: Option<Secret>,
    /// The operator's fields of the connector: all of them.
    #[serde(default, deserialize_with = "optional_texts")]
    #[schemars(example = json!({ "base_url": "https://api.example.com" }))]
    fields: Option<BTreeMap<String, String>>,
    /// Accepts the endpoints its issuer announces now in place of the recorded ones.
    #[serde(default)]
    accept_endpoints: bool,
}

/// A new secret for a client.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewClientSecret")]
struct Rotate {
    /// The provider's new `client_secret`.
    #[serde(deserialize_with = "secret")]
    client_secret: Secret,
}

/// A registration at a provider. Its secret is never shown.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Client")]
struct ClientView {
    /// Our id of it; part of its redirect URI.
    id: ClientId,
    /// The connector it serves.
    #[schemars(example = &"github")]
    connector: String,
    /// The tenant it belongs to; null where it serves every tenant.
    tenant: Option<TenantId>,
    /// The provider's `client_id`.
    #[schemars(example = &"Iv1.8a61f9b3a7aba766")]
    client_id: String,
    /// Whether a client secret is sealed beside it.
    has_secret: bool,
    /// What to register at the provider, byte for byte.
    #[schemars(extend("format" = "uri"), example = REDIRECT_URI)]
    redirect_uri: String,
    /// The operator's fields of the connector.
    #[schemars(example = json!({ "base_url": "https://api.example.com" }))]
    fields: BTreeMap<String, String>,
    /// What its issuer announced when it was first used, by the names of its metadata.
    #[schemars(example = json!({ "token_endpoint": "https://login.example.com/token" }))]
    announced: BTreeMap<String, String>,
    /// Set while the provider refuses the client itself: refreshes of its connections wait.
    #[schemars(extend("examples" = [null]))]
    fault: Option<ClientFault>,
    /// When it was registered here.
    created_at: Timestamp,
}

impl ClientView {
    async fn of(client: Client, service: &Service) -> Result<Self, Problem> {
        Ok(Self {
            redirect_uri: service.redirect_uri(&client).await?,
            id: client.id,
            connector: client.connector,
            tenant: client.tenant,
            client_id: client.public_id,
            has_secret: client.has_secret,
            fields: client.fields,
            announced: client.announced,
            fault: client.fault,
            created_at: client.created_at,
        })
    }
}

pub(super) fn routes() -> Routes {
    let one = "/v1/clients/{id}";
    Routes::of(Tag::Clients)
        .get("/v1/clients", list, About::new("listClients", "List clients", "Every registration at a provider.").refuses::<ListError>())
        .post(
            "/v1/clients",
            create,
            About::new(
                "createClient",
                "Register a client",
                "The answer holds the redirect URI to register at the provider. Providers that ask for it before they give an \
                 id: make the client with any id, then change it.",
            )
            .refuses::<ClientError>(),
        )
        .get(one, show, About::new("getClient", "Read a client", "One registration at a provider."))
        .patch(
            one,
            change,
            About::new(
                "changeClient",
                "Change a client",
                "What is left out stays. Its id and its fields stay as they are once a connection was made with it.",
            )
            .refuses::<ClientError>(),
        )
        .post(
            "/v1/clients/{id}/rotate",
            rotate,
            About::new("rotateClientSecret", "Rotate a client secret", "Takes the secret the provider gave anew.")
                .refuses::<ClientError>(),
        )
        .delete(
            one,
            remove,
            About::new("deleteClient", "Remove a client", "Connections made with it have to be deleted first.")
                .refuses::<ClientError>(),
        )
}

async fn create(
    Making(service): Making,
    host: ForHost,
    Json(asked): Json<Create>,
) -> Result<Created<ClientView>, Problem> {
    let new = NewClient {
        connector: asked.connector,
        tenant: asked.tenant,
        client_id: asked.client_id,
        client_secret: asked.client_secret,
        fields: asked.fields,
    };
    let client = service.add_client(new, &host.caller.name()).await?;
    Ok(created(format!("/v1/clients/{}", client.id), ClientView::of(client, &service).await?))
}

async fn list(
    State(service): State<Service>,
    _: ForHost,
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<ClientView>>, Problem> {
    let page = service.clients_page(&paged.into()).await?;
    let mut items = Vec::new();
    for client in page.items {
        items.push(ClientView::of(client, &service).await?);
    }
    Ok(found(List { items, next: page.next, unreadable: page.unreadable }))
}

async fn show(State(service): State<Service>, _: ForHost, Id(id): Id<ClientId>) -> Result<Found<ClientView>, Problem> {
    let client = service.client(id).await?.ok_or_else(|| Problem::not_found("client"))?;
    Ok(found(ClientView::of(client, &service).await?))
}

async fn change(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<ClientId>,
    Json(asked): Json<Change>,
) -> Result<Found<ClientView>, Problem> {
    let wanted = ClientChange {
        client_id: asked.client_id,
        client_secret: asked.client_secret,
        fields: asked.fields,
        accept_endpoints: asked.accept_endpoints,
    };
    let client = service.change_client(id, wanted, &host.caller.name()).await?;
    Ok(found(ClientView::of(client, &service).await?))
}

async fn rotate(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<ClientId>,
    Json(asked): Json<Rotate>,
) -> Result<Found<ClientView>, Problem> {
    let client = service.rotate_client_secret(id, asked.client_secret, &host.caller.name()).await?;
    Ok(found(ClientView::of(client, &service).await?))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(id): Id<ClientId>) -> Result<Nothing, Problem> {
    service.remove_client(id, &host.caller.name()).await?;
    Ok(Nothing)
}
