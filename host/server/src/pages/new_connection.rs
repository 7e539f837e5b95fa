//! `/connections/new`: who is signed in picks a service, says what it is for, and goes on to connect it.

use std::collections::BTreeSet;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::{
    connector::Connector,
    id::TenantId,
    manifest::{Access, Action},
};
use maud::html;
use url::form_urlencoded;

use super::{
    layout::marked,
    notice::refused,
    picker::{Looking, Services},
    redirect,
    rights::named,
    signed_in::{OfTenant, SignedIn},
    submission::Submission,
};
use crate::{
    api::problem::Problem,
    service::{OwnSession, Service, StoreError},
};

const HERE: &str = "/connections/new";

/// GET: the services; of the one that is picked, what it can be for.
pub(super) async fn show(
    State(service): State<Service>,
    OfTenant(by, tenant): OfTenant,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.as_deref();
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let picked = pairs.find(|(name, _)| name == "service").map(|(_, value)| value.into_owned());
    let shown = match picked {
        Some(name) => what_for(&service, &by, tenant, &name).await,
        None => services(&service, &by, tenant, &Looking::read(query)).await,
    };
    shown.unwrap_or_else(|error| refused(&by.site, &error.into()))
}

/// POST: on to the link made for this person.
pub(super) async fn begin(State(service): State<Service>, form: Submission) -> Response {
    let connector = form.get("service").unwrap_or_default().to_owned();
    let actions: BTreeSet<String> = form.all("action").map(str::to_owned).collect();
    match service.own_session(&form.by.person, OwnSession { connector, actions, connection: None }).await {
        Ok(link) => redirect(StatusCode::SEE_OTHER, &link),
        Err(error) => refused(&form.by.site, &error.into()),
    }
}

async fn services(
    service: &Service,
    by: &SignedIn,
    tenant: TenantId,
    looking: &Looking,
) -> Result<Response, StoreError> {
    let Some(tenant) = service.tenant(tenant).await? else { return Ok(by.not_theirs()) };
    let offers = service.services(&tenant).await?;
    let words = &by.site.words;
    let title = words.say("connect-pick-title");
    let services = Services { site: &by.site, at: HERE, offers: &offers, looking, framed: false };
    let main = html! {
        h1 { (title) }
        @if offers.is_empty() {
            p class="note" { (words.tell("connect-pick-empty", &[("tenant", tenant.name.as_str().into())])) }
        } @else {
            (services.markup())
        }
    };
    Ok(by.frame(&title).here(HERE).answer(StatusCode::OK, &main))
}

async fn what_for(service: &Service, by: &SignedIn, tenant: TenantId, name: &str) -> Result<Response, StoreError> {
    let Some(tenant) = service.tenant(tenant).await? else { return Ok(by.not_theirs()) };
    let offered = service.services(&tenant).await?.iter().any(|offer| offer.connector == name);
    match service.connector(name).await?.filter(|_| offered) {
        Some(connector) => Ok(actions(by, &connector)),
        None => Ok(refused(&by.site, &Problem::not_found("service"))),
    }
}

/// What only reads is ticked; what changes something is for the person to add.
fn actions(by: &SignedIn, connector: &Connector) -> Response {
    let words = &by.site.words;
    let provider = [("provider", connector.manifest.presentation.title.as_str().into())];
    let title = words.tell("connect-title", &provider);
    let box_of = |action: &Action| {
        html! {
            label {
                input type="checkbox" name="action" value=(action.id) checked[action.access == Access::Read];
                span { (named(words, action)) }
                @if !action.description.is_empty() { small { (action.description) } }
            }
        }
    };
    let main = html! {
        h1 { (title) }
        form method="post" action=(HERE) {
            (marked(by))
            input type="hidden" name="service" value=(connector.name);
            fieldset class="pick" {
                legend { (words.say("connect-for-title")) }
                p class="quiet" { (words.tell("connect-for-lead", &provider)) }
                @for action in &connector.manifest.actions { (box_of(action)) }
            }
            div class="actions" { button type="submit" class="button" { (words.say("connect-for-button")) } }
        }
        p { a href=(HERE) { (words.say("connect-pick-another")) } }
    };
    by.frame(&title).here(HERE).answer(StatusCode::OK, &main)
}
