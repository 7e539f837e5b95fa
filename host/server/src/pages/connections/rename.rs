//! `/connections/{id}/rename`: another name; one that cannot be is asked for again, with what was typed.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::connection::{Connection, NAME_LIMIT, NameError};
use maud::html;

use super::{
    super::{
        layout::marked,
        redirect,
        signed_in::{OfTenant, SignedIn},
        submission::Submission,
    },
    found,
};
use crate::{
    api::problem::Code,
    service::{Conditions, RenameError, Service},
};

/// GET.
pub(super) async fn page(
    State(service): State<Service>,
    OfTenant(by, _): OfTenant,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let connection = found::changeable(&service, &by, &id).await?;
    Ok(form(&by, &connection, &connection.name, "", None))
}

/// POST.
pub(super) async fn rename(
    State(service): State<Service>,
    Path(id): Path<String>,
    given: Submission,
) -> Result<Response, Response> {
    let connection = found::changeable(&service, &given.by, &id).await?;
    let name = given.get("name").unwrap_or_default();
    let back = found::back(given.get("back"), &connection);
    let author = given.by.person.author();
    match service.rename(connection.tenant, connection.id, name, &Conditions::default(), &author).await {
        Ok(connection) => Ok(redirect(StatusCode::SEE_OTHER, &found::back_with(&back, "renamed", &connection))),
        Err(RenameError::Name(fault)) => Ok(form(&given.by, &connection, name, &back, Some(fault))),
        Err(error) => Err(found::failed(error)),
    }
}

fn form(by: &SignedIn, connection: &Connection, name: &str, back: &str, fault: Option<NameError>) -> Response {
    let words = &by.site.words;
    let title = words.tell("connection-rename-of", &[("name", connection.name.clone().into())]);
    let fault = fault.map(|fault| match fault {
        NameError::Empty => words.say("connection-name-empty"),
        NameError::TooLong => words.tell(
            "connection-name-too-long",
            &[("limit", NAME_LIMIT.into()), ("n", name.trim().chars().count().into())],
        ),
        NameError::Control => words.say("connection-name-control"),
    });
    let main = html! {
        h1 { (title) }
        @if let Some(fault) = &fault {
            div class="summary" role="alert" { p { a href="#connection-name" { (fault) } } }
        }
        form method="post" action={ "/connections/" (connection.id) "/rename" } {
            (marked(by))
            input type="hidden" name="back" value=(back);
            div class={ "field" @if fault.is_some() { " faulty" } } {
                label for="connection-name" { (words.say("connection-new-name")) }
                div class="input" {
                    input type="text" id="connection-name" name="name" value=(name) required autocomplete="off"
                        aria-invalid=[fault.as_ref().map(|_| "true")] aria-describedby=[fault.as_ref().map(|_| "connection-name-fault")];
                }
                @if let Some(fault) = &fault { p class="fault" id="connection-name-fault" { (fault) } }
            }
            div class="actions" {
                button type="submit" class="button" { (words.say("connection-save")) }
                a class="button quiet-button" href={ "/connections/" (connection.id) } { (words.say("connection-cancel")) }
            }
        }
    };
    let status = if fault.is_some() { Code::Invalid.status() } else { StatusCode::OK };
    by.frame(&title).here("/connections").answer(status, &main)
}
