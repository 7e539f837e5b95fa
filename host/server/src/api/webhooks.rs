//! `/v1/webhooks`: where a tenant hears of changes, after Standard Webhooks. A secret is shown when it is made, and never
//! again.

use std::collections::BTreeSet;

use axum::extract::State;
use jackfield_model::{
    event::EventType,
    id::WebhookId,
    secret::Secret,
    webhook::{Pause, Webhook},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller::{Connect, ForTenant, Read},
    describe::{About, Routes, Tag},
    json::{Json, optional_set, set},
    messages::MessageView,
    once::Making,
    paging::{self, Paged},
    path::{Asked, Id},
    problem::Problem,
    reply::{Created, Found, List, Nothing, created, found},
};
use crate::service::{ListError, NewWebhook, ReplayError, Service, WebhookChange, WebhookError};

/// Where every example is sent.
const URL: &str = "https://app.example.com/hooks/connections";

/// A webhook to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewWebhook")]
struct Create {
    /// Where it is sent: https, and no private address unless the operator allows it.
    #[schemars(extend("format" = "uri"), example = URL)]
    url: String,
    /// What it hears of; left out or empty for everything.
    #[serde(default, deserialize_with = "set")]
    #[schemars(example = ["connection.needs-reauthorization"])]
    events: BTreeSet<EventType>,
}

/// What to change about a webhook: what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhookChange")]
struct Change {
    /// Where it is sent.
    #[schemars(extend("format" = "uri"), example = URL)]
    url: Option<String>,
    /// What it hears of, all of it; empty for everything.
    #[serde(default, deserialize_with = "optional_set")]
    #[schemars(example = ["connection.needs-reauthorization"])]
    events: Option<BTreeSet<EventType>>,
    /// Whether it is paused. What happens during a pause is kept as failed messages, to be replayed.
    paused: Option<bool>,
}

/// Since when to replay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhookReplay")]
struct Since {
    /// Messages made at or after this moment.
    since: Timestamp,
}

/// How much is replayed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookReplayed")]
struct Replayed {
    /// How many messages are on their way again.
    #[schemars(example = 3)]
    messages: u64,
}

/// Where a tenant hears of changes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
struct WebhookView {
    /// Its id.
    id: WebhookId,
    /// Where it is sent.
    #[schemars(extend("format" = "uri"), example = URL)]
    url: String,
    /// What it hears of; empty for everything.
    #[schemars(example = ["connection.needs-reauthorization"])]
    events: BTreeSet<EventType>,
    /// Why and since when nothing is sent there; null while it is.
    #[schemars(extend("examples" = [null]))]
    paused: Option<Pause>,
    /// Since when nothing arrived there; null while it works.
    #[schemars(extend("examples" = [null]))]
    failing_since: Option<Timestamp>,
    /// Until when the secret before signs too; null where there is none.
    #[schemars(extend("examples" = [null]))]
    former_secret_until: Option<Timestamp>,
    /// When it was made.
    created_at: Timestamp,
}

/// A webhook with its new secret, which is shown this once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookWithSecret")]
struct SecretView {
    /// What the messages are signed with.
    #[schemars(extend("format" = "password"), example = &"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    secret: String,
    /// The webhook.
    #[serde(flatten)]
    webhook: WebhookView,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id,
            url: webhook.url,
            events: webhook.events,
            paused: webhook.paused,
            failing_since: webhook.failing_since,
            former_secret_until: webhook.former_until,
            created_at: webhook.created_at,
        }
    }
}

impl SecretView {
    fn of((webhook, secret): (Webhook, Secret)) -> Self {
        Self { secret: secret.expose().to_owned(), webhook: webhook.into() }
    }
}

pub(super) fn routes() -> Routes {
    deliveries(records(Routes::of(Tag::Webhooks)))
}

/// The webhooks themselves.
fn records(routes: Routes) -> Routes {
    let (all, one) = ("/v1/webhooks", "/v1/webhooks/{id}");
    routes
        .get(all, list, About::new("listWebhooks", "List webhooks", "Where a tenant hears of changes.").refuses::<ListError>())
        .post(
            all,
            create,
            About::new(
                "createWebhook",
                "Make a webhook",
                "Messages follow Standard Webhooks: `webhook-id`, `webhook-timestamp`, and `webhook-signature` made with the \
                 secret of this answer, which is shown this once. Whatever is not answered with 2xx in time is sent again, for \
                 three days; a webhook nothing arrives at for so long is paused.",
            )
            .refuses::<WebhookError>(),
        )
        .get(one, show, About::new("getWebhook", "Read a webhook", "One webhook."))
        .patch(
            one,
            change,
            About::new("changeWebhook", "Change a webhook", "What is left out stays. `paused: false` lets it go on.")
                .refuses::<WebhookError>(),
        )
        .delete(one, remove, About::new("deleteWebhook", "Remove a webhook", "What waits for it is dropped.").refuses::<WebhookError>())
}

/// What is sent to them, and how it is signed.
fn deliveries(routes: Routes) -> Routes {
    routes
        .post(
            "/v1/webhooks/{id}/test",
            test,
            About::new("testWebhook", "Try a webhook", "Sends a message of the type `webhook.test`, once, and says what came of it.")
                .refuses::<WebhookError>(),
        )
        .post(
            "/v1/webhooks/{id}/secret",
            rotate,
            About::new(
                "rotateWebhookSecret",
                "Give a webhook a new secret",
                "The new secret is shown this once. For a day every message carries a signature of each, the new one's first.",
            )
            .refuses::<WebhookError>(),
        )
        .post(
            "/v1/webhooks/{id}/replay",
            replay,
            About::new(
                "replayWebhook",
                "Send what failed once more",
                "Every failed message of a webhook since a moment, under the same ids, in order for each connection.",
            )
            .refuses::<ReplayError>(),
        )
}

async fn create(
    Making(service): Making,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Created<SecretView>, Problem> {
    let new = NewWebhook { url: asked.url, events: asked.events };
    let made = service.create_webhook(by.tenant, new, &by.caller.name()).await?;
    Ok(created(format!("/v1/webhooks/{}", made.0.id), SecretView::of(made)))
}

async fn list(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Asked(paged): Asked<Paged>,
) -> Result<Found<List<WebhookView>>, Problem> {
    let page = service.webhooks_page(by.tenant, &paged.into()).await?;
    Ok(found(paging::list(page, WebhookView::from)))
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<WebhookId>,
) -> Result<Found<WebhookView>, Problem> {
    let webhook = service.webhook(by.tenant, id).await?.ok_or_else(|| Problem::not_found("webhook"))?;
    Ok(found(WebhookView::from(webhook)))
}

async fn change(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<WebhookId>,
    Json(asked): Json<Change>,
) -> Result<Found<WebhookView>, Problem> {
    let change = WebhookChange { url: asked.url, events: asked.events, paused: asked.paused };
    let webhook = service.change_webhook(by.tenant, id, change, &by.caller.name()).await?;
    Ok(found(WebhookView::from(webhook)))
}

async fn remove(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<WebhookId>,
) -> Result<Nothing, Problem> {
    service.remove_webhook(by.tenant, id, &by.caller.name()).await?;
    Ok(Nothing)
}

async fn test(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<WebhookId>,
) -> Result<Found<MessageView>, Problem> {
    Ok(found(MessageView::from(service.test_webhook(by.tenant, id, &by.caller.name()).await?)))
}

async fn rotate(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<WebhookId>,
) -> Result<Found<SecretView>, Problem> {
    Ok(found(SecretView::of(service.rotate_webhook_secret(by.tenant, id, &by.caller.name()).await?)))
}

async fn replay(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<WebhookId>,
    Json(asked): Json<Since>,
) -> Result<Found<Replayed>, Problem> {
    let messages = service.replay_failed(by.tenant, id, asked.since, &by.caller.name()).await?;
    Ok(found(Replayed { messages }))
}
