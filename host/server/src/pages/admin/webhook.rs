//! `/admin/webhooks/{id}`: one webhook: what arrived, a test, a new secret, a pause, its end. For a tenant's administrators.

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use jackfield_model::{
    id::TenantId,
    message::{Attempt, Message, MessageState},
    webhook::{PauseCause, Webhook},
};
use maud::{Markup, html};

use super::{
    ask::Again,
    back_to,
    connector::failed,
    done, nothing,
    webhooks::{PATH, asks, chosen, event_key, fault_of, shown_once, state},
    who::AdministratorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfAdministrator, SignedIn},
        when::when,
    },
    service::{MessagesAsked, ReplayError, Service, Turn, WebhookChange},
    words::Words,
};

/// How many deliveries are shown.
const SHOWN: usize = 50;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/admin/webhooks/{id}", get(show).post(change))
        .route("/admin/webhooks/{id}/test", post(test))
        .route("/admin/webhooks/{id}/secret", post(rotate))
        .route("/admin/webhooks/{id}/pause", post(pause))
        .route("/admin/webhooks/{id}/remove", post(remove))
        .route("/admin/webhooks/{id}/replay/{message}", post(replay))
}

async fn find(service: &Service, tenant: TenantId, id: &str) -> Result<Webhook, Problem> {
    let missing = || Problem::not_found("webhook");
    service.webhook(tenant, id.parse().map_err(|_| missing())?).await?.ok_or_else(missing)
}

async fn show(
    State(service): State<Service>,
    OfAdministrator(by, tenant): OfAdministrator,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    let said = done(&by.site.words, query.as_deref());
    page(&service, &by, &webhook, &said, &Again::default()).await
}

async fn change(
    State(service): State<Service>,
    Path(id): Path<String>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    let wanted = WebhookChange {
        url: form.get("url").map(|url| url.trim().to_owned()).filter(|url| *url != webhook.url),
        events: Some(chosen(&form)),
        paused: None,
    };
    match service.change_webhook(tenant, webhook.id, wanted, &form.by.person.author()).await {
        Ok(_) => Ok(back_to(&format!("{PATH}/{id}"), "webhook-changed")),
        Err(error) => {
            let fault = fault_of(&form.by.site.words, error)?;
            page(&service, &form.by, &webhook, &html! {}, &Again::with(&form, "url", fault)).await
        }
    }
}

async fn test(
    State(service): State<Service>,
    Path(id): Path<String>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    let message = service.test_webhook(tenant, webhook.id, &form.by.person.author()).await?;
    let done = if message.state == MessageState::Sent { "webhook-tested" } else { "webhook-not-tested" };
    Ok(back_to(&format!("{PATH}/{id}"), done))
}

async fn rotate(
    State(service): State<Service>,
    Path(id): Path<String>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    let (webhook, secret) = service.rotate_webhook_secret(tenant, webhook.id, &form.by.person.author()).await?;
    let said = shown_once(&form.by.site.words, "rotated", &secret);
    page(&service, &form.by, &webhook, &said, &Again::default()).await
}

async fn pause(
    State(service): State<Service>,
    Path(id): Path<String>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    let wanted = WebhookChange { paused: Some(webhook.paused.is_none()), ..WebhookChange::default() };
    service.change_webhook(tenant, webhook.id, wanted, &form.by.person.author()).await?;
    let done = if webhook.paused.is_none() { "webhook-paused" } else { "webhook-goes-on" };
    Ok(back_to(&format!("{PATH}/{id}"), done))
}

async fn remove(
    State(service): State<Service>,
    Path(id): Path<String>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    service.remove_webhook(tenant, webhook.id, &form.by.person.author()).await?;
    Ok(back_to(PATH, "webhook-removed"))
}

async fn replay(
    State(service): State<Service>,
    Path((id, message)): Path<(String, String)>,
    AdministratorForm(form, tenant): AdministratorForm,
) -> Result<Response, Problem> {
    let webhook = find(&service, tenant, &id).await?;
    let message = message.parse().map_err(|_| Problem::not_found("message"))?;
    let key = match service.replay(tenant, message, &form.by.person.author()).await {
        Ok(_) => return Ok(back_to(&format!("{PATH}/{id}"), "webhook-replayed")),
        Err(ReplayError::Waiting) => "admin-webhook-replay-waiting",
        Err(ReplayError::Paused) => "admin-webhook-replay-paused",
        Err(error) => return Err(error.into()),
    };
    let said = failed(&form.by.site.words.say(key));
    page(&service, &form.by, &webhook, &said, &Again::default()).await
}

async fn page(
    service: &Service,
    by: &SignedIn,
    webhook: &Webhook,
    said: &Markup,
    again: &Again<'_>,
) -> Result<Response, Problem> {
    let asked = MessagesAsked { webhook: Some(webhook.id), state: None };
    let sent = service.messages_page(webhook.tenant, &asked, &Turn { cursor: None, limit: SHOWN }).await?.items;
    let words = &by.site.words;
    let title = words.say("admin-webhook-title");
    let main = html! {
        p class="crumbs" { a href=(PATH) { (words.say("admin-webhooks")) } }
        h1 { (title) " " (state(words, webhook)) }
        (said)
        (again.summary(words))
        (trouble(service, words, webhook))
        div class="actions" {
            (deed(by, webhook, "test", "admin-webhook-test", "button"))
            (deed(by, webhook, "secret", "admin-webhook-rotate", "button quiet-button"))
            (deed(by, webhook, "pause", if webhook.paused.is_some() { "admin-webhook-go-on" } else { "admin-webhook-pause" },
                "button quiet-button"))
        }
        section class="panel" {
            h2 { (words.say("admin-webhook-deliveries")) }
            @if sent.is_empty() { (nothing(&words.say("admin-webhook-no-deliveries"))) }
            @else { (deliveries(service, by, webhook, &sent)) }
        }
        section class="panel" {
            h2 { (words.say("admin-webhook-settings")) }
            form method="post" action={ (PATH) "/" (webhook.id) } {
                (marked(by))
                (asks(words, again, &webhook.url, &webhook.events))
                div class="actions" { button type="submit" class="button" { (words.say("admin-save")) } }
            }
            details {
                summary { (words.say("admin-webhook-remove")) }
                p { (words.say("admin-webhook-remove-why")) }
                (deed(by, webhook, "remove", "admin-webhook-remove", "button danger-button small-button"))
            }
        }
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(by.frame(&title).wide().here(PATH).answer(status, &main))
}

fn deed(by: &SignedIn, webhook: &Webhook, verb: &str, key: &str, class: &str) -> Markup {
    html! {
        form method="post" action={ (PATH) "/" (webhook.id) "/" (verb) } class="inline" {
            (marked(by))
            button type="submit" class=(class) { (by.site.words.say(key)) }
        }
    }
}

fn trouble(service: &Service, words: &Words, webhook: &Webhook) -> Markup {
    let now = service.now();
    html! {
        @if let Some(pause) = webhook.paused {
            @let key = match pause.because {
                PauseCause::Asked => "admin-webhook-paused-asked",
                PauseCause::Failing => "admin-webhook-paused-failing",
                PauseCause::Gone => "admin-webhook-paused-gone",
            };
            p class="warning" { (words.say(key)) " " (when(words, pause.since, now)) "." }
        } @else if let Some(since) = webhook.failing_since {
            p class="warning" { (words.say("admin-webhook-failing-why")) " " (when(words, since, now)) "." }
        }
        @if let Some(until) = webhook.former_until.filter(|until| *until > now) {
            p class="note" { (words.say("admin-webhook-former")) " " (when(words, until, now)) "." }
        }
    }
}

fn deliveries(service: &Service, by: &SignedIn, webhook: &Webhook, sent: &[Message]) -> Markup {
    let words = &by.site.words;
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-webhook-deliveries")) {
            table class="rows dense" {
                thead { tr {
                    th scope="col" { (words.say("admin-column-made")) }
                    th scope="col" { (words.say("admin-webhook-about")) }
                    th scope="col" { (words.say("admin-column-state")) }
                    th scope="col" { (words.say("admin-webhook-last")) }
                    td { }
                } }
                tbody { @for message in sent { tr {
                    td { (when(words, message.created_at, service.now())) }
                    td { (words.say(&event_key(message.event))) " " code class="quiet id" { (message.id) } }
                    td { span class={ "tag " (tone(message.state)) } { (words.say(&format!("admin-message-{}", message.state.name()))) } }
                    td { @if let Some(attempt) = message.attempts.last() { (last(words, attempt)) } }
                    td class="deeds" {
                        @if message.state != MessageState::Waiting {
                            form method="post" action={ (PATH) "/" (webhook.id) "/replay/" (message.id) } class="inline" {
                                (marked(by))
                                button type="submit" class="button quiet-button small-button" { (words.say("admin-webhook-replay")) }
                            }
                        }
                    }
                } } }
            }
        }
    }
}

fn tone(state: MessageState) -> &'static str {
    match state {
        MessageState::Sent => "good",
        MessageState::Failed => "admin",
        MessageState::Waiting => "look",
        MessageState::Dropped => "",
    }
}

fn last(words: &Words, attempt: &Attempt) -> Markup {
    let took = i64::try_from(attempt.took_ms).unwrap_or(i64::MAX);
    html! {
        @if let Some(status) = attempt.status { code { (status) } " " }
        @if let Some(failure) = &attempt.failure { code { (failure) } " " }
        span class="quiet" { (words.tell("admin-webhook-took", &[("n", took.into())])) }
    }
}
