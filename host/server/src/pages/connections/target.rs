//! `POST /connections/{id}/target`: what a connection points at, where there are several.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::connection::Connection;
use maud::{Markup, html};

use super::{
    super::{layout::marked, redirect, signed_in::SignedIn, submission::Submission},
    found,
};
use crate::service::{Service, TargetError};

/// POST.
pub(super) async fn choose(
    State(service): State<Service>,
    Path(id): Path<String>,
    form: Submission,
) -> Result<Response, Response> {
    let connection = found::changeable(&service, &form.by, &id).await?;
    let (target, author) = (form.get("target").unwrap_or_default(), form.by.person.author());
    let own = format!("/connections/{}", connection.id);
    match Box::pin(service.choose_target(connection.tenant, connection.id, target, &author)).await {
        Ok(connection) => Ok(redirect(StatusCode::SEE_OTHER, &found::back_with(&own, "pointed", &connection))),
        // Chosen in another tab, or none of those there are now: the page shows how it stands.
        Err(TargetError::NotOpen(_) | TargetError::Unknown { .. }) => Ok(redirect(StatusCode::SEE_OTHER, &own)),
        Err(error) => Err(found::failed(error)),
    }
}

/// The choice, where there is one to make.
pub(super) fn section(by: &SignedIn, connection: &Connection) -> Markup {
    let words = &by.site.words;
    let choices = connection.target.choices();
    html! {
        @if !choices.is_empty() && by.person.may_change(connection) {
            form method="post" action={ "/connections/" (connection.id) "/target" } id="target" class="pane attention" {
                (marked(by))
                fieldset {
                    legend { (words.say("connection-target-which")) }
                    p class="quiet" { (words.say("connection-target-why")) }
                    @for (place, target) in choices.iter().enumerate() {
                        div class="choice" {
                            input type="radio" name="target" id={ "target-" (place) } value=(target.id) required;
                            label for={ "target-" (place) } {
                                (target.label)
                                @if !target.description.is_empty() { span class="quiet line" { (target.description) } }
                            }
                        }
                    }
                }
                button type="submit" class="button" { (words.say("connection-target-take")) }
            }
        }
    }
}
