//! `/v1/connections/{id}/uses`: where an application uses a connection.

use axum::extract::State;
use jackfield_model::{id::ConnectionId, uses::Use};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller::{Connect, ForTenant, Read},
    conditions::If,
    describe::{About, Routes, Tag},
    json::Json,
    paging::{Paged, list},
    path::{Asked, Id, Reference},
    problem::Problem,
    reply::{Found, List, Nothing, Put, found},
};
use crate::service::{ListError, NewUse, Service, UseError};

/// What a use is called, and where it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewUse")]
struct Note {
    /// What people call the place, 1 to 120 characters.
    #[schemars(example = &"Monthly invoices")]
    label: String,
    /// Where a person finds it.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com/flows/7")]
    url: Option<String>,
}

/// One place a connection is used in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Use")]
struct UseView {
    /// The application's own id of the place.
    #[schemars(example = &"flow-7")]
    reference: String,
    /// What people call it.
    #[schemars(example = &"Monthly invoices")]
    label: String,
    /// Where a person finds it.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com/flows/7")]
    url: Option<String>,
    /// Which API key said so.
    #[schemars(example = &"key_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")]
    by: String,
    /// Since when.
    since: Timestamp,
}

impl From<Use> for UseView {
    fn from(used: Use) -> Self {
        let Use { reference, label, url, by, since } = used;
        Self { reference, label, url, by, since }
    }
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/v1/connections/{id}/uses", "/v1/connections/{id}/uses/{reference}");
    Routes::of(Tag::Connections)
        .get(
            all,
            show,
            About::new("listConnectionUses", "List where a connection is used", "What applications said about themselves.")
                .refuses::<ListError>(),
        )
        .put(
            one,
            put,
            About::new(
                "putConnectionUse",
                "Say where a connection is used",
                "Under the application's own id of the place. Said again, it is the same use in other words. A connection \
                 that is used is not deleted unless the caller insists.",
            )
            .refuses::<UseError>(),
        )
        .delete(
            one,
            remove,
            About::new("deleteConnectionUse", "Say that a connection is no longer used somewhere", "The use ends.")
                .refuses::<UseError>(),
        )
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<UseView>>, Problem> {
    let page = service.uses(by.tenant, id, &paged.into()).await?;
    Ok(found(list(page, UseView::from)))
}

async fn put(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Reference(reference): Reference,
    If(conditions): If,
    Json(asked): Json<Note>,
) -> Result<Put<UseView>, Problem> {
    let new = NewUse { reference, label: asked.label, url: asked.url };
    let (kept, is_new) = service.put_use(by.tenant, id, new, &conditions, &by.caller.name()).await?;
    Ok(Put::of(is_new, &UseView::from(kept)))
}

async fn remove(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    Reference(reference): Reference,
    If(conditions): If,
) -> Result<Nothing, Problem> {
    service.remove_use(by.tenant, id, &reference, &conditions, &by.caller.name()).await?;
    Ok(Nothing)
}
