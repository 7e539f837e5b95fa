//! `/connections/{id}/target`: a connection that could point at several things, and the person who says at which.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
    person::Role,
};
use maud::html;

use super::{
    connected,
    layout::marked,
    notice::refused,
    signed_in::{OfTenant, SignedIn},
    submission::Submission,
};
use crate::{
    api::problem::{Code, Problem},
    service::{Service, StoreError, TargetError},
};

/// GET: what there is to choose among; where nothing is, how the connection stands.
pub(super) async fn show(
    State(service): State<Service>,
    OfTenant(by, tenant): OfTenant,
    Path(id): Path<String>,
) -> Response {
    match theirs(&service, &by, tenant, &id).await {
        Ok(Some(connection)) => connected::show(&service, &by, &connection).await,
        Ok(None) => missing(&by),
        Err(error) => refused(&by.site, &error.into()),
    }
}

/// POST: points the connection at what was chosen, and verifies it.
pub(super) async fn choose(State(service): State<Service>, Path(id): Path<String>, form: Submission) -> Response {
    let by = &form.by;
    let Some(tenant) = by.tenant() else { return by.not_theirs() };
    let connection = match theirs(&service, by, tenant, &id).await {
        Ok(Some(connection)) => connection,
        Ok(None) => return missing(by),
        Err(error) => return refused(&by.site, &error.into()),
    };
    let chosen = form.get("target").unwrap_or_default();
    match Box::pin(service.choose_target(tenant, connection.id, chosen, &by.person.author())).await {
        Ok(connection) => connected::show(&service, by, &connection).await,
        // A second press, or a second tab: what the first came to.
        Err(TargetError::NotOpen(_)) => connected::show(&service, by, &connection).await,
        Err(TargetError::Unknown { .. }) => ask(by, &connection, Some("connect-target-none")),
        Err(error) => refused(&by.site, &error.into()),
    }
}

/// Asks which of a connection's targets it should point at.
pub(super) fn ask(by: &SignedIn, connection: &Connection, fault: Option<&str>) -> Response {
    let words = &by.site.words;
    let title = words.say("connect-target-title");
    let account = connection.account.as_ref().map_or(connection.name.as_str(), |account| account.label.as_str());
    let names = [("account", account.into()), ("name", connection.name.as_str().into())];
    let main = html! {
        h1 { (title) }
        @if let Some(fault) = fault { div class="summary" role="alert" { p { (words.say(fault)) } } }
        p { (words.tell("connect-target-lead", &names)) }
        form method="post" action={ "/connections/" (connection.id) "/target" } {
            (marked(by))
            fieldset class="pick" {
                legend class="skip" { (title) }
                @for target in connection.target.choices() {
                    label {
                        input type="radio" name="target" value=(target.id) required;
                        span { (target.label) }
                    }
                }
            }
            div class="actions" { button type="submit" class="button" { (words.say("connect-target-button")) } }
        }
    };
    let status = if fault.is_some() { Code::Invalid.status() } else { StatusCode::OK };
    by.frame(&title).here("/connections").answer(status, &main)
}

/// A connection somebody may decide about: their own, a shared one, or any of the tenant they look after.
async fn theirs(
    service: &Service,
    by: &SignedIn,
    tenant: TenantId,
    id: &str,
) -> Result<Option<Connection>, StoreError> {
    let Ok(id) = id.parse::<ConnectionId>() else { return Ok(None) };
    let found = service.connection(tenant, id).await?;
    let everyones = by.person.role == Role::Administrator;
    Ok(found
        .filter(|connection| everyones || connection.end_user.as_ref().is_none_or(|owner| *owner == by.person.subject)))
}

fn missing(by: &SignedIn) -> Response {
    refused(&by.site, &Problem::not_found("connection")).into_response()
}
