//! `/v1/api-keys`: who may call, and what. For operators. A key is shown once, when it is made.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{delete, get},
};
use jackfield_model::{
    api_key::{ApiKey, Permission},
    id::{ApiKeyId, TenantId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    caller::ForHost,
    json::Json,
    path::Id,
    problem::Problem,
    reply::{List, created, found, nothing},
};
use crate::service::{NewApiKey, Service};

/// `POST /v1/api-keys`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    tenant: Option<TenantId>,
    permissions: BTreeSet<Permission>,
}

/// An API key as JSON, without the key.
#[derive(Debug, Serialize)]
struct ApiKeyView {
    id: ApiKeyId,
    name: String,
    tenant: Option<TenantId>,
    permissions: BTreeSet<Permission>,
    created_at: Timestamp,
}

/// The only answer that holds the key.
#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    view: ApiKeyView,
    key: &'a str,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            tenant: key.tenant,
            permissions: key.permissions,
            created_at: key.created_at,
        }
    }
}

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/v1/api-keys", get(list).post(create)).route("/v1/api-keys/{id}", delete(remove))
}

async fn create(State(service): State<Service>, host: ForHost, Json(asked): Json<Create>) -> Result<Response, Problem> {
    let new = NewApiKey { name: asked.name, tenant: asked.tenant, permissions: asked.permissions };
    let (key, text) = service.create_api_key(new, &host.caller.name()).await?;
    let location = format!("/v1/api-keys/{}", key.id);
    Ok(created(&location, Made { view: key.into(), key: text.expose() }))
}

async fn list(State(service): State<Service>, _: ForHost) -> Result<Response, Problem> {
    let keys = service.api_keys().await?;
    Ok(found(List::whole(keys.into_iter().map(ApiKeyView::from).collect())))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(id): Id<ApiKeyId>) -> Result<Response, Problem> {
    if service.remove_api_key(id, &host.caller.name()).await? {
        Ok(nothing())
    } else {
        Err(Problem::not_found("API key"))
    }
}
