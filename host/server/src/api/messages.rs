//! `/v1/messages`: what went out, what waits and what failed. No answer holds a body: neither ours nor another's.

use axum::extract::State;
use jackfield_model::{
    event::EventType,
    id::{ConnectionId, MessageId, WebhookId},
    message::{Attempt, Message, MessageState},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller::{Connect, ForTenant, Read},
    describe::{About, Routes, Tag},
    paging::{list, turn},
    path::{Asked, Id},
    problem::Problem,
    reply::{Found, List, found},
};
use crate::service::{ListError, MessagesAsked, ReplayError, Service};

/// Which messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// To this webhook only.
    webhook: Option<WebhookId>,
    /// That are this far only.
    state: Option<MessageState>,
    /// Where to go on: the `next` of the page before, asked with the same filters, good for a day.
    #[schemars(example = &"AAAAAGkhjQBvcGFxdWU")]
    cursor: Option<String>,
    /// How many on a page; 50 where it is left out.
    #[schemars(range(min = 1, max = 200), example = 50)]
    limit: Option<usize>,
}

/// One message to one place: a webhook, or a person's mailbox. Kept for thirty days once it is over.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Message")]
pub(super) struct MessageView {
    /// Its id: the `webhook-id` of every try, and of every replay.
    id: MessageId,
    /// What it is about.
    event: EventType,
    /// The connection it is about; null for several, and for tests.
    connection: Option<ConnectionId>,
    /// The webhook it goes to; null for mail.
    webhook: Option<WebhookId>,
    /// The address it goes to; null for webhooks.
    #[schemars(example = &"ada@example.com")]
    address: Option<String>,
    /// How far it is.
    state: MessageState,
    /// The last tries, oldest first.
    attempts: Vec<AttemptView>,
    /// When it was made.
    created_at: Timestamp,
    /// When it is tried next; null where it is over, or waits for another about the same connection.
    next_attempt_at: Option<Timestamp>,
}

/// One try to send a message.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MessageAttempt")]
struct AttemptView {
    /// When.
    at: Timestamp,
    /// How long it took, in milliseconds.
    #[schemars(example = 84)]
    took_ms: u64,
    /// What was answered: an HTTP status, or a mail server's reply code; null where nothing was.
    #[schemars(example = 503)]
    status: Option<u16>,
    /// Why it did not arrive, in one word; null where it did. New words may come.
    #[schemars(example = &"refused")]
    failure: Option<String>,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        let Attempt { at, took_ms, status, failure } = attempt;
        Self { at, took_ms, status, failure }
    }
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        Self {
            webhook: message.webhook(),
            address: message.address().map(str::to_owned),
            next_attempt_at: message.next_at.filter(|_| message.state == MessageState::Waiting),
            id: message.id,
            event: message.event,
            connection: message.connection,
            state: message.state,
            attempts: message.attempts.into_iter().map(AttemptView::from).collect(),
            created_at: message.created_at,
        }
    }
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Webhooks)
        .get(
            "/v1/messages",
            show,
            About::new(
                "listMessages",
                "List messages",
                "What was sent to webhooks and mailboxes, newest first: what waits, what arrived and what failed, with every \
                 try. A page may hold fewer than `limit` and still go on: `next` says so.",
            )
            .refuses::<ListError>(),
        )
        .get("/v1/messages/{id}", one, About::new("getMessage", "Read a message", "One message and its tries."))
        .post(
            "/v1/messages/{id}/replay",
            replay,
            About::new(
                "replayMessage",
                "Send a message once more",
                "Under the same id, so that whoever has it already can tell. For messages that are over.",
            )
            .refuses::<ReplayError>(),
        )
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Found<List<MessageView>>, Problem> {
    let Wanted { webhook, state, cursor, limit } = wanted;
    let page = service.messages_page(by.tenant, &MessagesAsked { webhook, state }, &turn(cursor, limit)).await?;
    Ok(found(list(page, MessageView::from)))
}

async fn one(
    State(service): State<Service>,
    by: ForTenant<Read>,
    Id(id): Id<MessageId>,
) -> Result<Found<MessageView>, Problem> {
    let message = service.message(by.tenant, id).await?.ok_or_else(|| Problem::not_found("message"))?;
    Ok(found(MessageView::from(message)))
}

async fn replay(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<MessageId>,
) -> Result<Found<MessageView>, Problem> {
    let message = service.replay(by.tenant, id, &by.caller.name()).await?;
    Ok(found(MessageView::from(message)))
}
