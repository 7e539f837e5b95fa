//! `/admin/webhooks`: where a tenant's applications hear of changes, and making another. For its administrators.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{RawQuery, State},
    response::Response,
    routing::get,
};
use http::StatusCode;
use jackfield_model::{event::EventType, id::TenantId, secret::Secret, webhook::Webhook};
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind},
    done, nothing, to_copy,
    webhook::routes as of_one,
    who::AdministratorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfAdministrator, SignedIn},
        submission::Submission,
    },
    service::{NewWebhook, PAGE_LIMIT, Service, Turn, WebhookError},
    words::Words,
};

/// The page.
pub(super) const PATH: &str = "/admin/webhooks";
/// What can be heard of.
pub(super) const EVENTS: [EventType; 10] = [
    EventType::Created,
    EventType::Active,
    EventType::Expiring,
    EventType::Uncertain,
    EventType::Failing,
    EventType::NeedsReauthorization,
    EventType::Reauthorized,
    EventType::AccountReplaced,
    EventType::Renamed,
    EventType::Deleted,
];

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(list).post(make)).merge(of_one())
}

async fn list(
    State(service): State<Service>,
    OfAdministrator(by, tenant): OfAdministrator,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let said = done(&by.site.words, query.as_deref());
    page(&service, &by, tenant, &said, &Again::default()).await
}

async fn make(
    State(service): State<Service>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let words = &form.by.site.words;
    let new = NewWebhook { url: form.get("url").unwrap_or_default().trim().to_owned(), events: chosen(&form) };
    match service.create_webhook(tenant, new, &form.by.person.author()).await {
        Ok((_, secret)) => {
            page(&service, &form.by, tenant, &shown_once(words, "made", &secret), &Again::default()).await
        }
        Err(error) => {
            let fault = fault_of(words, error)?;
            page(&service, &form.by, tenant, &html! {}, &Again::with(&form, "url", fault)).await
        }
    }
}

/// The events somebody ticked.
pub(super) fn chosen(form: &Submission) -> BTreeSet<EventType> {
    EVENTS.into_iter().filter(|event| form.all("event").any(|name| name == event.name())).collect()
}

/// What is wrong with a webhook, in words.
pub(super) fn fault_of(words: &Words, error: WebhookError) -> Result<String, Problem> {
    match error {
        WebhookError::Url(_) => Ok(words.say("admin-webhook-url-fault")),
        WebhookError::TooMany => Ok(words.say("admin-webhook-too-many")),
        error => Err(error.into()),
    }
}

/// A secret, in the answer to the form that made it and nowhere else.
pub(super) fn shown_once(words: &Words, what: &str, secret: &Secret) -> Markup {
    html! {
        div class="done" role="status" {
            p { strong { (words.say(&format!("admin-webhook-{what}"))) } " " (words.say("admin-webhook-once")) }
            (to_copy(words, &words.say("admin-webhook-secret"), secret.expose()))
        }
    }
}

/// The questions about a webhook.
pub(super) fn asks(words: &Words, again: &Again<'_>, url: &str, events: &BTreeSet<EventType>) -> Markup {
    html! {
        (Ask {
            name: "url", label: words.say("admin-webhook-url"), help: words.say("admin-webhook-url-help"),
            kind: Kind::Url, required: true,
        }.markup(words, again, url))
        fieldset {
            legend { (words.say("admin-webhook-events")) }
            p class="help" { (words.say("admin-webhook-events-help")) }
            @for event in EVENTS {
                div class="check" {
                    input type="checkbox" name="event" id=(event.name()) value=(event.name())
                        checked[again.ticked("event", event.name(), events.contains(&event))];
                    label for=(event.name()) { (words.say(&event_key(event))) " " code class="quiet" { (event.name()) } }
                }
            }
        }
    }
}

/// The key of what an event is in words.
pub(super) fn event_key(event: EventType) -> String {
    format!("admin-event-{}", event.name().rsplit('.').next().unwrap_or_default())
}

async fn page(
    service: &Service,
    by: &SignedIn,
    tenant: TenantId,
    said: &Markup,
    again: &Again<'_>,
) -> Result<Response, Problem> {
    let webhooks = service.webhooks_page(tenant, &Turn { cursor: None, limit: PAGE_LIMIT }).await?.items;
    let words = &by.site.words;
    let title = words.say("admin-webhooks");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("admin-webhooks-lead")) }
        (said)
        (again.summary(words))
        @if webhooks.is_empty() { (nothing(&words.say("admin-webhooks-none"))) } @else { (table(words, &webhooks)) }
        section class="panel" {
            h2 { (words.say("admin-webhook-new")) }
            form method="post" action=(PATH) {
                (marked(by))
                (asks(words, again, "", &BTreeSet::new()))
                div class="actions" { button type="submit" class="button" { (words.say("admin-webhook-make")) } }
            }
        }
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(by.frame(&title).wide().here(PATH).answer(status, &main))
}

fn table(words: &Words, webhooks: &[Webhook]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-webhooks")) {
            table class="rows" {
                thead { tr {
                    th scope="col" { (words.say("admin-webhook-url")) }
                    th scope="col" { (words.say("admin-webhook-events")) }
                    th scope="col" { (words.say("admin-column-state")) }
                } }
                tbody { @for webhook in webhooks { tr {
                    th scope="row" { a href={ (PATH) "/" (webhook.id) } { (webhook.url) } }
                    td {
                        @if webhook.events.is_empty() { (words.say("admin-webhook-everything")) }
                        @for event in &webhook.events { span class="tag" { (words.say(&event_key(*event))) } " " }
                    }
                    td { (state(words, webhook)) }
                } } }
            }
        }
    }
}

/// How it stands, in a word.
pub(super) fn state(words: &Words, webhook: &Webhook) -> Markup {
    html! {
        @if webhook.paused.is_some() { span class="tag look" { (words.say("admin-webhook-paused")) } }
        @else if webhook.failing_since.is_some() { span class="tag admin" { (words.say("admin-webhook-failing")) } }
        @else { span class="tag good" { (words.say("admin-webhook-works")) } }
    }
}
