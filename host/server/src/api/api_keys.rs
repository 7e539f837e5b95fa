//! `/v1/api-keys`: who may call, and what. For operators. A key is shown once, when it is made.

use std::collections::BTreeSet;

use axum::extract::State;
use jackfield_model::{
    api_key::{ApiKey, Permission},
    id::{ApiKeyId, TenantId},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller::ForHost,
    describe::{About, Routes, Tag},
    json::{Json, set},
    once::Making,
    paging::{self, Paged},
    path::{Asked, Id},
    problem::Problem,
    reply::{Created, Found, List, Nothing, created, found},
};
use crate::service::{ApiKeyError, ListError, NewApiKey, Service};

/// An API key to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewApiKey")]
struct Create {
    /// What the operator calls it.
    #[schemars(example = &"application")]
    name: String,
    /// The tenant it speaks for; left out for a key of the operator's.
    tenant: Option<TenantId>,
    /// What it allows. A key for a tenant cannot have `operate`.
    #[serde(deserialize_with = "set")]
    #[schemars(length(min = 1), example = ["connect", "read"])]
    permissions: BTreeSet<Permission>,
}

/// An API key, without the key itself.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
struct ApiKeyView {
    /// Its id.
    id: ApiKeyId,
    /// What the operator calls it.
    #[schemars(example = &"application")]
    name: String,
    /// The tenant it speaks for; null for the operator.
    tenant: Option<TenantId>,
    /// What it allows.
    #[schemars(example = ["connect", "read"])]
    permissions: BTreeSet<Permission>,
    /// When it was made.
    created_at: Timestamp,
}

/// The only answer that holds the key.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKeyWithKey")]
struct Made<'a> {
    #[serde(flatten)]
    view: ApiKeyView,
    /// The key itself, shown this once.
    #[schemars(extend("format" = "password"), example = &"jf_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
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

pub(super) fn routes() -> Routes {
    Routes::of(Tag::ApiKeys)
        .get(
            "/v1/api-keys",
            list,
            About::new("listApiKeys", "List API keys", "Every key, without the keys themselves.")
                .refuses::<ListError>(),
        )
        .post(
            "/v1/api-keys",
            create,
            About::new("createApiKey", "Make an API key", "The answer is the only one that holds the key.")
                .refuses::<ApiKeyError>(),
        )
        .delete(
            "/v1/api-keys/{id}",
            remove,
            About::new("deleteApiKey", "Remove an API key", "It is refused from the next request on."),
        )
}

async fn create(
    Making(service): Making,
    host: ForHost,
    Json(asked): Json<Create>,
) -> Result<Created<Made<'static>>, Problem> {
    let new = NewApiKey { name: asked.name, tenant: asked.tenant, permissions: asked.permissions };
    let (key, text) = service.create_api_key(new, &host.caller.name()).await?;
    let location = format!("/v1/api-keys/{}", key.id);
    Ok(created(location, Made { view: key.into(), key: text.expose() }))
}

async fn list(
    State(service): State<Service>,
    _: ForHost,
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<ApiKeyView>>, Problem> {
    let page = service.api_keys_page(&paged.into()).await?;
    Ok(found(paging::list(page, ApiKeyView::from)))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(id): Id<ApiKeyId>) -> Result<Nothing, Problem> {
    if service.remove_api_key(id, &host.caller.name()).await? {
        Ok(Nothing)
    } else {
        Err(Problem::not_found("API key"))
    }
}
