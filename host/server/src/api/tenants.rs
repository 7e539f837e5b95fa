//! `/v1/tenants`: who owns connections. For operators.

use axum::{Router, extract::State, response::Response, routing::get};
use jackfield_model::{id::TenantId, tenant::Tenant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    caller::ForHost,
    json::Json,
    path::Id,
    problem::Problem,
    reply::{List, created, found, nothing},
};
use crate::service::{NewTenant, Service, TenantChange};

/// `POST /v1/tenants`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default)]
    return_urls: Vec<String>,
}

/// `PATCH /v1/tenants/{id}`: what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    return_urls: Option<Vec<String>>,
}

/// A tenant as JSON.
#[derive(Debug, Serialize)]
struct TenantView {
    id: TenantId,
    name: String,
    return_urls: Vec<String>,
    created_at: Timestamp,
}

impl From<Tenant> for TenantView {
    fn from(tenant: Tenant) -> Self {
        Self { id: tenant.id, name: tenant.name, return_urls: tenant.return_urls, created_at: tenant.created_at }
    }
}

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/tenants", get(list).post(create))
        .route("/v1/tenants/{id}", get(show).patch(change).delete(remove))
}

async fn create(State(service): State<Service>, host: ForHost, Json(asked): Json<Create>) -> Result<Response, Problem> {
    let new = NewTenant { name: asked.name, return_urls: asked.return_urls };
    let tenant = service.create_tenant(new, &host.caller.name()).await?;
    Ok(created(&format!("/v1/tenants/{}", tenant.id), TenantView::from(tenant)))
}

async fn list(State(service): State<Service>, _: ForHost) -> Result<Response, Problem> {
    let tenants = service.tenants().await?;
    Ok(found(List::whole(tenants.into_iter().map(TenantView::from).collect())))
}

async fn show(State(service): State<Service>, _: ForHost, Id(id): Id<TenantId>) -> Result<Response, Problem> {
    let tenant = service.tenant(id).await?.ok_or_else(|| Problem::not_found("tenant"))?;
    Ok(found(TenantView::from(tenant)))
}

async fn change(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<TenantId>,
    Json(asked): Json<Change>,
) -> Result<Response, Problem> {
    let change = TenantChange { name: asked.name, return_urls: asked.return_urls };
    let tenant = service.change_tenant(id, change, &host.caller.name()).await?;
    Ok(found(TenantView::from(tenant)))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(id): Id<TenantId>) -> Result<Response, Problem> {
    service.remove_tenant(id, &host.caller.name()).await?;
    Ok(nothing())
}
