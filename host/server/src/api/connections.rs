//! `/v1/connections`: make, list, read, rename, verify, refresh, reauthorize, delete.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use jackfield_model::{
    connection::Connection,
    id::{ClientId, ConnectionId, TenantId},
    secret::Secret,
    status::Status,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, de::IntoDeserializer};
use serde_json::json;

use super::{
    caller::{Connect, ForTenant, Read},
    conditions::{If, Known, Unless},
    describe::{Routes, Tag},
    json::{Json, optional_set, secrets, set},
    once::Making,
    paging::{Paged, turn},
    path::{Asked, Id},
    problem::Problem,
    reply::{Created, Found, List, Tagged, created, found},
    sessions,
    view::{
        connection::{ConnectionView, EventView},
        deletion::DeletionView,
        permissions::PermissionsView,
    },
};
use crate::service::{
    Conditions, CreateError, DeleteError, Filter, Leave, ListError, NewConnection, PermissionsError, Reauthorize,
    RefreshError, RenameError, Service, SessionError, Twins, VerifyError,
};

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
    /// What it is for: ids of the connector's actions. Left out, every action of a credential without scopes; of one with
    /// scopes, those that need none.
    #[serde(default, deserialize_with = "optional_set")]
    #[schemars(example = json!([]))]
    actions: Option<BTreeSet<String>>,
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
    /// By this auth method only.
    #[schemars(example = &"oauth-app")]
    method: Option<String>,
    /// Made with this client only.
    client: Option<ClientId>,
    /// In one of these statuses only, with commas between them.
    status: Option<Statuses>,
    /// With this text in its name, its account, its connector or its end user; upper and lower case are the same.
    #[schemars(example = &"payroll")]
    q: Option<String>,
    /// Made at this moment or later.
    created_since: Option<Timestamp>,
    /// Made before this moment.
    created_before: Option<Timestamp>,
    /// Whose permission ends before this moment, as far as anybody knows.
    expiring_before: Option<Timestamp>,
    /// In which order; the oldest first where it is left out.
    sort: Option<Sort>,
    /// Where to go on: the `next` of the page before, asked with the same filters, good for a day.
    #[schemars(example = &"AAAAAGkhjQBvcGFxdWU")]
    cursor: Option<String>,
    /// How many on a page; 50 where it is left out.
    #[schemars(range(min = 1, max = 200), example = 50)]
    limit: Option<usize>,
}

/// Statuses with commas between them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^[a-z-]+(,[a-z-]+)*$", "examples" = ["failing,needs-reauthorization"]))]
struct Statuses(Vec<Status>);

impl TryFrom<String> for Statuses {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = |word: &str| {
            let status: Result<Status, serde::de::value::Error> = Status::deserialize(word.into_deserializer());
            status.map_err(|error| format!("`status`: {error}"))
        };
        text.split(',').map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// An order of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
enum Sort {
    /// The oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// The newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

/// How a connection is deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Removal {
    /// Whether it goes although applications say that they use it.
    #[serde(default)]
    force: bool,
    /// What becomes of other connections to the same account that live on the same grant: `keep` leaves the provider
    /// alone, `end` revokes all the same.
    twins: Option<TwinsWord>,
}

/// What becomes of the twins of a connection that is deleted.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Twins")]
enum TwinsWord {
    Keep,
    End,
}

impl From<TwinsWord> for Twins {
    fn from(word: TwinsWord) -> Self {
        match word {
            TwinsWord::Keep => Self::Keep,
            TwinsWord::End => Self::End,
        }
    }
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
    #[serde(default, deserialize_with = "set")]
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
        .get("/v1/connections/{id}/timeline", timeline, words::timeline().refuses::<ListError>())
}

async fn create(
    Making(service): Making,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Tagged<Created<ConnectionView<'static>>>, Problem> {
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
    let others = service.same_account(&connection).await?;
    let view = ConnectionView::from(&connection).beside(others);
    Ok(Tagged::of(service.entity_tag(&connection), created(format!("/v1/connections/{}", connection.id), view)))
}

async fn list(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Found<List<ConnectionView<'static>>>, Problem> {
    let turn = turn(wanted.cursor, wanted.limit);
    let filter = Filter {
        connector: wanted.connector,
        method: wanted.method,
        client: wanted.client,
        end_user: wanted.end_user,
        status: wanted.status.map_or_else(Vec::new, |statuses| statuses.0),
        text: wanted.q,
        created_since: wanted.created_since,
        created_before: wanted.created_before,
        expiring_before: wanted.expiring_before,
        newest_first: wanted.sort == Some(Sort::Newest),
    };
    let page = service.connections(by.tenant, filter, &turn).await?;
    let items = page.items.iter().map(ConnectionView::from).collect();
    Ok(found(List { items, next: page.next.clone(), unreadable: page.unreadable }))
}

/// A connection with the tag of its state.
fn shown<'a>(service: &Service, connection: &'a Connection) -> Tagged<Found<ConnectionView<'a>>> {
    Tagged::of(service.entity_tag(connection), found(ConnectionView::from(connection)))
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<ConnectionId>,
    Known(conditions): Known,
) -> Result<Unless<ConnectionView<'static>>, Problem> {
    let connection = service.connection(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
    let tag = service.entity_tag(&connection);
    if conditions.is_known(&tag) {
        return Ok(Unless::Known(tag));
    }
    conditions.allow(&tag)?;
    let others = service.same_account(&connection).await?;
    let view = ConnectionView::from(&connection).beside(others);
    Ok(Unless::New(Tagged::of(tag, found(view))))
}

async fn rename(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    If(conditions): If,
    Json(asked): Json<Rename>,
) -> Result<Tagged<Found<ConnectionView<'static>>>, Problem> {
    let connection = service.rename(by.tenant, id, &asked.name, &conditions, &by.caller.name()).await?;
    Ok(shown(&service, &connection))
}

async fn verify(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    If(conditions): If,
) -> Result<Tagged<Found<ConnectionView<'static>>>, Problem> {
    expect(&service, by.tenant, id, &conditions).await?;
    let connection = Box::pin(service.verify(by.tenant, id, &by.caller.name())).await?;
    Ok(shown(&service, &connection))
}

async fn refresh(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    If(conditions): If,
) -> Result<Tagged<Found<ConnectionView<'static>>>, Problem> {
    expect(&service, by.tenant, id, &conditions).await?;
    let connection = Box::pin(service.refresh(by.tenant, id, &by.caller.name())).await?;
    Ok(shown(&service, &connection))
}

/// Before something is asked of the provider, which no condition can hold back later.
async fn expect(service: &Service, tenant: TenantId, id: ConnectionId, conditions: &Conditions) -> Result<(), Problem> {
    let connection = service.connection(tenant, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
    Ok(conditions.allow(&service.entity_tag(&connection))?)
}

async fn reauthorize(
    Making(service): Making,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    If(conditions): If,
    Json(asked): Json<Again>,
) -> Result<Created<sessions::Made<'static>>, Problem> {
    expect(&service, by.tenant, id, &conditions).await?;
    let again = Reauthorize { end_user: asked.end_user, return_url: asked.return_url, actions: asked.actions };
    let (session, url) = service.reauthorize(by.tenant, id, again, &by.caller.name()).await?;
    Ok(sessions::made(&session, &url))
}

async fn remove(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<ConnectionId>,
    If(conditions): If,
    Asked(removal): Asked<Removal>,
) -> Result<Found<DeletionView<'static>>, Problem> {
    let twins = removal.twins.map(Twins::from);
    let leave = Leave { although_used: removal.force, twins, conditions };
    let deletion = Box::pin(service.delete(by.tenant, id, &leave, &by.caller.name())).await?;
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
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<EventView<'static>>>, Problem> {
    let page = service.timeline(by.tenant, id, &paged.into()).await?;
    let items = page.items.iter().map(EventView::from).collect();
    Ok(found(List { items, next: page.next.clone(), unreadable: page.unreadable }))
}
