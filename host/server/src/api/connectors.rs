//! `/v1/connectors`: install, show, approve, remove. For operators.

use std::{convert::Infallible, str::FromStr};

use axum::extract::{FromRequest, Request, State};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    body::whole,
    caller::ForHost,
    describe::{About, Operation, Routes, Tag, Takes},
    json::Json,
    once::Making,
    paging::Paged,
    path::{Asked, Id},
    problem::{Code, Problem},
    reply::{Created, Found, List, Nothing, created, found},
    view::connector::ConnectorView,
};
use crate::service::{ApproveError, InstallError, ListError, RemoveConnectorError, Service};

/// The largest component, in bytes.
pub(super) const COMPONENT_LIMIT: usize = 64 * 1024 * 1024;

/// The operator's word for one component and all it asks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewApproval")]
struct Approve {
    /// SHA-256 of the component whose requests were read, lower-case hex.
    #[schemars(
        extend("pattern" = "^[0-9a-f]{64}$"),
        example = &"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    digest: String,
}

/// The name of a connector, in a path.
#[derive(Debug, JsonSchema)]
#[schemars(inline)]
struct Name(#[schemars(example = &"github")] String);

impl FromStr for Name {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// A component: the body itself.
struct Component(Vec<u8>);

impl FromRequest<Service> for Component {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Service) -> Result<Self, Problem> {
        whole(request.into_body(), COMPONENT_LIMIT).await.map(Self)
    }
}

impl Takes for Component {
    fn takes(operation: &mut Operation<'_>) {
        operation.takes_bytes("The compiled component.", &["application/wasm", "application/octet-stream"]);
        operation.refuses(&[Code::TooLarge, Code::BodyCutOff, Code::BodyStalled]);
    }
}

pub(super) fn routes() -> Routes {
    let one = "/v1/connectors/{id}";
    Routes::of(Tag::Connectors)
        .get("/v1/connectors", list, About::new("listConnectors", "List connectors", "What is installed.").refuses::<ListError>())
        .post(
            "/v1/connectors",
            install,
            About::new(
                "installConnector",
                "Install a connector",
                "The body is the component itself. Installed is not approved: nothing of it runs yet. Read its `requests`, then \
                 approve its digest.",
            )
            .refuses::<InstallError>(),
        )
        .get(one, show, About::new("getConnector", "Read a connector", "What it is, what it asks, what it offers."))
        .post(
            "/v1/connectors/{id}/approve",
            approve,
            About::new(
                "approveConnector",
                "Approve a connector",
                "The operator's word for this component and all it asks. From now on it runs.",
            )
            .refuses::<ApproveError>(),
        )
        .delete(
            one,
            remove,
            About::new("removeConnector", "Remove a connector", "Its connections and clients have to be deleted first.")
                .refuses::<RemoveConnectorError>(),
        )
}

async fn install(
    Making(service): Making,
    host: ForHost,
    Component(component): Component,
) -> Result<Created<ConnectorView<'static>>, Problem> {
    let connector = service.install(component, &host.caller.name()).await?;
    Ok(created(format!("/v1/connectors/{}", connector.name), ConnectorView::from(&connector)))
}

async fn approve(
    State(service): State<Service>,
    host: ForHost,
    Id(Name(name)): Id<Name>,
    Json(asked): Json<Approve>,
) -> Result<Found<ConnectorView<'static>>, Problem> {
    let connector = service.approve(&name, &asked.digest, &host.caller.name()).await?;
    Ok(found(ConnectorView::from(&connector)))
}

async fn list(
    State(service): State<Service>,
    _: ForHost,
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<ConnectorView<'static>>>, Problem> {
    let page = service.connectors_page(&paged.into()).await?;
    let items = page.items.iter().map(ConnectorView::from).collect();
    Ok(found(List { items, next: page.next.clone(), unreadable: page.unreadable }))
}

async fn show(
    State(service): State<Service>,
    _: ForHost,
    Id(Name(name)): Id<Name>,
) -> Result<Found<ConnectorView<'static>>, Problem> {
    let connector = service.connector(&name).await?.ok_or_else(|| Problem::not_found("connector"))?;
    Ok(found(ConnectorView::from(&connector)))
}

async fn remove(State(service): State<Service>, host: ForHost, Id(Name(name)): Id<Name>) -> Result<Nothing, Problem> {
    service.remove_connector(&name, &host.caller.name()).await?;
    Ok(Nothing)
}
