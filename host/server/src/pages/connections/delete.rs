//! `/connections/{id}/delete`: says what it would do, asks, and says what it did.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::{connection::Connection, manifest::Guide};
use maud::{Markup, html};

use super::{
    super::{
        layout::marked,
        link, redirect,
        signed_in::{OfTenant, SignedIn},
        submission::Submission,
    },
    found::{self, failed},
    row::account,
    standing,
};
use crate::service::{
    BeforeDeletion, Conditions, DeleteError, Deletion, Farewell, Leave, RevocationOutcome, Service, Twins,
};

/// GET: asks.
pub(super) async fn page(
    State(service): State<Service>,
    OfTenant(by, _): OfTenant,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let connection = found::changeable(&service, &by, &id).await?;
    let before = service.before_deletion(&connection).await.map_err(failed)?;
    let provider = provider(&service, &connection).await?;
    Ok(asking(&by, &connection, &before, &provider))
}

/// POST: does it. What was not known when it was asked is asked again.
pub(super) async fn delete(
    State(service): State<Service>,
    Path(id): Path<String>,
    form: Submission,
) -> Result<Response, Response> {
    let by = &form.by;
    let connection = found::changeable(&service, by, &id).await?;
    let twins = match form.get("twins") {
        Some("keep") => Some(Twins::Keep),
        Some("end") => Some(Twins::End),
        _ => None,
    };
    let leave = Leave { although_used: form.get("although-used").is_some(), twins, conditions: Conditions::default() };
    let provider = provider(&service, &connection).await?;
    match Box::pin(service.delete(connection.tenant, connection.id, &leave, &by.person.author())).await {
        Ok(deletion) => Ok(done(by, &connection, &deletion, &provider)),
        Err(DeleteError::NotFound) => Err(found::nothing(by)),
        Err(DeleteError::Used { .. } | DeleteError::Twins(_)) => {
            Ok(redirect(StatusCode::SEE_OTHER, &format!("/connections/{}/delete", connection.id)))
        }
        Err(error) => Err(failed(error)),
    }
}

async fn provider(service: &Service, connection: &Connection) -> Result<String, Response> {
    let connector = service.connector(&connection.connector).await.map_err(failed)?;
    Ok(connector.map_or_else(|| connection.connector.clone(), |found| found.manifest.presentation.title))
}

fn asking(by: &SignedIn, connection: &Connection, before: &BeforeDeletion, provider: &str) -> Response {
    let words = &by.site.words;
    let title = words.tell("delete-title", &[("name", connection.name.clone().into())]);
    let told = [("provider", provider.into())];
    let main = html! {
        h1 { (title) }
        p class="lead" { (provider) " · " (account(words, connection)) }
        @match &before.farewell {
            Farewell::Asked => { p { (words.tell("delete-will-revoke", &told)) } },
            Farewell::Told(guide) => { p { (words.tell("delete-will-tell", &told)) } (guided(guide)) },
            Farewell::Silent => { p { (words.tell("delete-will-not-revoke", &told)) } },
        }
        p { (words.say("delete-for-good")) }
        form method="post" action={ "/connections/" (connection.id) "/delete" } {
            (marked(by))
            @if before.count > 0 { (used(by, before)) }
            @if !before.twins.is_empty() { (twins(by, before, provider)) }
            div class="actions" {
                button type="submit" class="button danger-button" { (words.say("delete-go")) }
                a class="button quiet-button" href={ "/connections/" (connection.id) } { (words.say("connection-cancel")) }
            }
        }
    };
    by.frame(&title).here("/connections").answer(StatusCode::OK, &main)
}

/// Where it is used, and that this is known.
fn used(by: &SignedIn, before: &BeforeDeletion) -> Markup {
    let words = &by.site.words;
    html! {
        div class="warning" {
            p { (words.tell("delete-used", &[("n", i64::from(before.count).into())])) }
            ul {
                @for place in &before.uses {
                    li {
                        @match place.url.as_deref().and_then(link::to_web) {
                            Some(url) => a href=(url) rel="noreferrer noopener" target="_blank" { (place.label) },
                            None => (place.label),
                        }
                    }
                }
            }
            div class="check" {
                input type="checkbox" id="although-used" name="although-used" value="yes" required;
                label for="although-used" { (words.say("delete-although-used")) }
            }
        }
    }
}

/// What becomes of others that live on the same grant.
fn twins(by: &SignedIn, before: &BeforeDeletion, provider: &str) -> Markup {
    let words = &by.site.words;
    let (seen, hidden): (Vec<&Connection>, Vec<&Connection>) =
        before.twins.iter().partition(|twin| by.person.may_see(twin));
    html! {
        fieldset class="warning" {
            legend { (words.say("delete-twins")) }
            p { (words.tell("delete-twins-why", &[("provider", provider.into())])) }
            ul {
                @for twin in &seen { li { a href={ "/connections/" (twin.id) } { (twin.name) } } }
                @if !hidden.is_empty() { li { (words.tell("delete-twins-others", &[("n", hidden.len().into())])) } }
            }
            div class="choice" {
                input type="radio" id="twins-keep" name="twins" value="keep" required checked;
                label for="twins-keep" { (words.tell("delete-twins-keep", &[("provider", provider.into())])) }
            }
            div class="choice" {
                input type="radio" id="twins-end" name="twins" value="end" required;
                label for="twins-end" { (words.tell("delete-twins-end", &[("provider", provider.into())])) }
            }
        }
    }
}

fn done(by: &SignedIn, connection: &Connection, deletion: &Deletion, provider: &str) -> Response {
    let words = &by.site.words;
    let title = words.tell("deleted-title", &[("name", connection.name.clone().into())]);
    let told = [("provider", provider.into())];
    let main = html! {
        h1 { (title) }
        @match &deletion.revocation {
            RevocationOutcome::Revoked => { p class="done" role="status" { (words.tell("deleted-revoked", &told)) } },
            RevocationOutcome::Unsupported => { p class="note" role="status" { (words.tell("deleted-unsupported", &told)) } },
            RevocationOutcome::Instructions(guide) => {
                p class="warning" role="status" { (words.tell("deleted-instructions", &told)) }
                (guided(guide))
            },
            RevocationOutcome::Queued(_) => { p class="note" role="status" { (words.tell("deleted-queued", &told)) } },
            RevocationOutcome::Failed(_) => { p class="warning" role="status" { (words.tell("deleted-failed", &told)) } },
            RevocationOutcome::Kept => { p class="note" role="status" { (words.tell("deleted-kept", &told)) } },
        }
        @let seen: Vec<&Connection> = deletion.twins.iter().filter(|twin| by.person.may_see(twin)).collect();
        @if !seen.is_empty() {
            h2 { (words.say("deleted-twins")) }
            ul class="plain-list" {
                @for twin in seen {
                    li { a href={ "/connections/" (twin.id) } { (twin.name) } " " (standing::badge(words, twin.status)) }
                }
            }
        }
        p class="actions" { a class="button" href="/connections" { (words.say("connection-to-list")) } }
    };
    by.frame(&title).here("/connections").answer(StatusCode::OK, &main)
}

/// What the provider's connector tells a person to do.
fn guided(guide: &Guide) -> Markup {
    html! {
        p class="note" {
            (guide.text)
            @if let Some(url) = guide.url.as_deref().and_then(link::to_web) {
                " " a href=(url) rel="noreferrer noopener" target="_blank" { (link::host(url).unwrap_or_default()) }
            }
        }
    }
}
