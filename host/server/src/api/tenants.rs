//! `/v1/tenants`: who owns connections. For operators.

use axum::extract::State;
use std::collections::BTreeSet;

use jackfield_model::{
    id::TenantId,
    tenant::{Notices, Tenant},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    brand::{BrandView, FilesView},
    caller::ForHost,
    describe::{About, Routes, Tag},
    doctor::RegisterView,
    json::{Json, set},
    once::Making,
    paging::Paged,
    path::{Asked, Id},
    problem::Problem,
    reply::{Created, Found, List, Nothing, created, found},
};
use crate::service::{BrandChange, ListError, NewTenant, Service, TenantChange, TenantError};

/// A tenant to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewTenant")]
struct Create {
    /// What people know it by, 1 to 100 characters; pages carry it.
    #[schemars(example = &"Acme")]
    name: String,
    /// Where people may be sent after connecting.
    #[serde(default)]
    #[schemars(example = ["https://app.example.com/connected"])]
    return_urls: Vec<String>,
}

/// What to change about a tenant: what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TenantChange")]
struct Change {
    /// What people know it by.
    #[schemars(example = &"Acme")]
    name: Option<String>,
    /// Where people may be sent after connecting: the whole list.
    #[schemars(example = ["https://app.example.com/connected"])]
    return_urls: Option<Vec<String>>,
    /// What its people are told unasked: all of it. What is left out of it is as at the beginning.
    notices: Option<NoticesView>,
    /// How its pages and mails look, and where they live: all of it but its files. What is left out of it is neutral again.
    brand: Option<BrandView>,
}

/// What a tenant's people are told unasked, and how often the host verifies.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "TenantNotices", extend("required" = []))]
struct NoticesView {
    /// How many days before a permission ends its person is mailed, each once: at most ten numbers from 1 to 365. Days that
    /// leave less than half of a short permission's time are left out.
    #[serde(deserialize_with = "set")]
    #[schemars(example = [14, 7, 2])]
    days: BTreeSet<u16>,
    /// Who is mailed about connections that belong to nobody in particular: at most twenty addresses.
    #[schemars(example = ["operations@example.com"])]
    addresses: Vec<String>,
    /// How often every connection is verified, in hours: 1 to 8760; null for never unasked.
    #[schemars(example = 24)]
    verify_every_hours: Option<u32>,
}

impl Default for NoticesView {
    fn default() -> Self {
        Notices::default().into()
    }
}

impl From<Notices> for NoticesView {
    fn from(notices: Notices) -> Self {
        let Notices { days, addresses, verify_every_hours } = notices;
        Self { days, addresses, verify_every_hours }
    }
}

impl From<NoticesView> for Notices {
    fn from(view: NoticesView) -> Self {
        let NoticesView { days, addresses, verify_every_hours } = view;
        Self { days, addresses, verify_every_hours }
    }
}

/// Who owns connections: the wall between customers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Tenant")]
pub(super) struct TenantView {
    /// Its id.
    id: TenantId,
    /// What people know it by.
    #[schemars(example = &"Acme")]
    name: String,
    /// Where people may be sent after connecting.
    #[schemars(example = ["https://app.example.com/connected"])]
    return_urls: Vec<String>,
    /// What its people are told unasked.
    notices: NoticesView,
    /// How its pages and mails look, and where they live.
    brand: BrandView,
    /// The files of its brand.
    brand_files: FilesView,
    /// Where browsers reach its pages.
    #[schemars(extend("format" = "uri"), example = &"https://connect.acme.example/")]
    site_url: String,
    /// What must be registered at providers for the tenant's own clients: all of it changes with the host name.
    redirect_uris: Vec<RegisterView>,
    /// When it was made.
    created_at: Timestamp,
}

impl TenantView {
    /// A tenant as it is shown.
    pub(super) async fn of(service: &Service, tenant: Tenant) -> Result<Self, Problem> {
        let own = service.redirect_uris(&tenant).await?;
        Ok(Self {
            redirect_uris: own.into_iter().map(|(client, uri)| RegisterView::of(client, uri)).collect(),
            id: tenant.id,
            brand: BrandView::from(&tenant.brand),
            brand_files: FilesView::of(&tenant),
            site_url: service.site_url(&tenant).into(),
            notices: tenant.notices.into(),
            name: tenant.name,
            return_urls: tenant.return_urls,
            created_at: tenant.created_at,
        })
    }
}

pub(super) fn routes() -> Routes {
    let one = "/v1/tenants/{id}";
    Routes::of(Tag::Tenants)
        .get("/v1/tenants", list, About::new("listTenants", "List tenants", "Every tenant of this host.").refuses::<ListError>())
        .post(
            "/v1/tenants",
            create,
            About::new("createTenant", "Make a tenant", "A tenant owns connections, and sees no other tenant's.")
                .refuses::<TenantError>(),
        )
        .get(one, show, About::new("getTenant", "Read a tenant", "One tenant."))
        .patch(
            one,
            change,
            About::new("changeTenant", "Change a tenant", "Its name, its return URLs, its brand or its notices. What is left out stays.")
                .refuses::<TenantError>(),
        )
        .delete(
            one,
            remove,
            About::new(
                "deleteTenant",
                "Remove a tenant",
                "Ends its keys too, and with them whatever a backup still holds of it. Its connections have to be deleted \
                 first, and it is kept until their revocations have reached the provider or were given up.",
            )
            .refuses::<TenantError>(),
        )
}

async fn create(
    Making(service): Making,
    host: ForHost,
    Json(asked): Json<Create>,
) -> Result<Created<TenantView>, Problem> {
    let new = NewTenant { name: asked.name, return_urls: asked.return_urls };
    let tenant = service.create_tenant(new, &host.caller.name()).await?;
    Ok(created(format!("/v1/tenants/{}", tenant.id), TenantView::of(&service, tenant).await?))
}

async fn list(
    State(service): State<Service>,
    _: ForHost,
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<TenantView>>, Problem> {
    let page = service.tenants_page(&paged.into()).await?;
    let mut items = Vec::new();
    for tenant in page.items {
        items.push(TenantView::of(&service, tenant).await?);
    }
    Ok(found(List { items, next: page.next, unreadable: page.unreadable }))
}

async fn show(State(service): State<Service>, _: ForHost, Id(id): Id<TenantId>) -> Result<Found<TenantView>, Problem> {
    let tenant = service.tenant(id).await?.ok_or_else(|| Problem::not_found("tenant"))?;
    Ok(found(TenantView::of(&service, tenant).await?))
}

async fn change(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<TenantId>,
    Json(asked): Json<Change>,
) -> Result<Found<TenantView>, Problem> {
    let brand = asked.brand.map(BrandChange::from);
    let change = TenantChange {
        name: asked.name,
        return_urls: asked.return_urls,
        notices: asked.notices.map(Notices::from),
        brand,
    };
    let tenant = service.change_tenant(id, change, &host.caller.name()).await?;
    Ok(found(TenantView::of(&service, tenant).await?))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(id): Id<TenantId>) -> Result<Nothing, Problem> {
    service.remove_tenant(id, &host.caller.name()).await?;
    Ok(Nothing)
}
