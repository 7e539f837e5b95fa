//! Messages: sent at least once, in order for each connection and place, by the same rules for webhooks and mails. A slow
//! or broken place keeps nobody else waiting.

mod replay;
mod retry;

use std::{sync::Arc, time::Instant};

use jackfield_model::{
    event::EventType,
    id::{MessageId, TenantId, WebhookId},
    message::{Attempt, Content, Message, MessageState},
};
use jackfield_store::{Change, DueMessage, MessageFilter, StoreError, Versioned};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::{
    Service,
    housekeeping::{Place, Rounds},
    list::{List, ListError, Page, Turn},
};

pub use replay::ReplayError;

/// How long a message that is over is shown.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often an outcome is written again because something changed meanwhile.
const WRITES: usize = 16;

/// What is on its way out of this process.
#[derive(Clone, Default)]
pub(super) struct Post {
    /// The messages being sent.
    pub(super) rounds: Rounds<DueMessage>,
    /// Held while the outbox is read.
    pub(super) writing: Arc<Mutex<()>>,
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Came {
    /// What was answered.
    pub(super) status: Option<u16>,
    /// Why it did not arrive; none where it did.
    pub(super) failure: Option<String>,
    /// The least time to wait, as whoever refused asks.
    pub(super) after: Option<SignedDuration>,
    /// Whether trying again is of no use.
    pub(super) for_good: bool,
}

impl Came {
    /// It arrived.
    pub(super) fn sent(status: u16) -> Self {
        Self { status: Some(status), failure: None, after: None, for_good: false }
    }

    /// It did not, for now.
    pub(super) fn later(failure: &str) -> Self {
        Self { status: None, failure: Some(failure.to_owned()), after: None, for_good: false }
    }
}

/// Which messages a caller wants to see.
#[derive(Debug, Clone, Default)]
pub struct MessagesAsked {
    /// To this webhook.
    pub webhook: Option<WebhookId>,
    /// That are this far.
    pub state: Option<MessageState>,
}

impl Service {
    /// Writes what is in the outbox and begins to send every message that is due.
    pub async fn send_messages(&self) -> Result<(), StoreError> {
        self.write_digests().await?;
        self.write_messages().await?;
        let now = self.now();
        let page = move |after: Option<String>, limit| async move {
            self.store().messages().due(now, after.as_deref(), limit).await
        };
        let begin = move |due: DueMessage| async move {
            match self.begin_message(due).await {
                Err(error @ StoreError::Unreadable(_)) => {
                    tracing::error!(message = %due.message, %error, "a message cannot be sent");
                    Ok(())
                }
                other => other,
            }
        };
        self.post.rounds.begin_due(page, begin).await
    }

    /// A page of a tenant's messages, newest first.
    pub async fn messages_page(
        &self,
        tenant: TenantId,
        asked: &MessagesAsked,
        turn: &Turn,
    ) -> Result<Page<Message>, ListError> {
        let list = List::of("messages", Some(tenant), &(asked.webhook, asked.state));
        let after = self.position(&list, turn)?;
        let filter = MessageFilter { webhook: asked.webhook, state: asked.state, since: None };
        let stored = self.store().messages().list(tenant, &filter, after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |message| message.record))
    }

    /// One message of a tenant.
    pub async fn message(&self, tenant: TenantId, id: MessageId) -> Result<Option<Message>, StoreError> {
        Ok(self.store().messages().get(tenant, id).await?.map(|message| message.record))
    }

    /// Until when a message that is over now is shown.
    pub(super) fn kept_until(&self) -> Timestamp {
        self.now() + KEPT
    }

    /// Gives a due message its place in the queue of where it goes, and a task of its own that waits there.
    async fn begin_message(&self, due: DueMessage) -> Result<(), StoreError> {
        let Some(message) = self.store().messages().get(due.tenant, due.message).await? else { return Ok(()) };
        if message.next_at.is_none_or(|at| at > self.now()) {
            return Ok(());
        }
        if message.state != MessageState::Waiting {
            return self.forget_message(&message).await;
        }
        if message.event != EventType::Test && self.waits_behind(message.clone()).await? {
            return Ok(());
        }
        if let Some(place) = self.post.rounds.admit(due, due.tenant, place_of(&message)) {
            self.send_in_turn(place);
        }
        Ok(())
    }

    fn send_in_turn(&self, place: Place<DueMessage>) {
        let service = self.clone();
        self.tasks.spawn(async move {
            let Some(turn) = place.turn().await else { return };
            let due = place.due();
            match Box::pin(service.deliver(due)).await {
                Ok(Some(next)) => {
                    let next = DueMessage { message: next, ..due };
                    drop(turn);
                    // Before this place is given up, so that whoever waits for rest sees no gap.
                    if let Err(error) = Box::pin(service.begin_message(next)).await {
                        tracing::warn!(message = %next.message, %error, "a message has to wait for the next round");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(message = %due.message, %error, "a message could not be sent"),
            }
        });
    }

    /// Whether others go first; then it leaves the index until they are through, unless they are just now.
    async fn waits_behind(&self, mut message: Versioned<Message>) -> Result<bool, StoreError> {
        let Some(first) = self.store().messages().first_beside(&message).await? else { return Ok(false) };
        if first == message.id {
            return Ok(false);
        }
        let Some(first) = self.store().messages().get(message.tenant, first).await? else { return Ok(true) };
        let mut change = Change::new();
        self.store().messages().unchanged(&mut change, &first);
        message.next_at = None;
        self.store().messages().update(&mut change, &mut message).await?;
        match self.store().commit(change).await {
            Ok(()) | Err(StoreError::Conflict) => Ok(true),
            Err(error) => Err(error),
        }
    }

    async fn forget_message(&self, message: &Versioned<Message>) -> Result<(), StoreError> {
        let mut change = Change::new();
        self.store().messages().delete(&mut change, message);
        // It may be replayed at the last moment.
        self.commit_unless_beaten(change).await
    }

    /// Tries to send a message and writes what came of it; answers the one behind it, where that may go now.
    pub(super) async fn deliver(&self, due: DueMessage) -> Result<Option<MessageId>, StoreError> {
        let Some(message) = self.message(due.tenant, due.message).await? else { return Ok(None) };
        if message.state != MessageState::Waiting {
            return Ok(None);
        }
        let (at, started) = (self.now(), Instant::now());
        let Some(came) = self.try_message(&message).await? else {
            return self.over(&message, MessageState::Dropped, None).await;
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let attempt = Attempt { at, took_ms, status: came.status, failure: came.failure.clone() };
        match retry::after(&message, &came, self.random_bytes()?) {
            _ if came.failure.is_none() => self.over(&message, MessageState::Sent, Some(attempt)).await,
            Some(wait) => self.again(&message, attempt, at + wait).await.map(|()| None),
            None => self.over(&message, MessageState::Failed, Some(attempt)).await,
        }
    }

    /// None where it needs no sending any more.
    async fn try_message(&self, message: &Message) -> Result<Option<Came>, StoreError> {
        match &message.content {
            Content::Webhook { webhook, body } => {
                let Some(webhook) = self.webhook(message.tenant, *webhook).await? else { return Ok(None) };
                let is_test = message.event == EventType::Test;
                if webhook.paused.is_some() && !is_test {
                    return Ok(Some(Came { for_good: true, ..Came::later("paused") }));
                }
                let came = self.try_webhook(&webhook, message.id, body).await?;
                if !is_test {
                    self.learn(&webhook, came.failure.is_none(), came.status).await?;
                }
                Ok(Some(Came { for_good: is_test || came.status == Some(410), ..came }))
            }
            Content::Mail { .. } => self.try_mail(message).await,
        }
    }

    async fn again(&self, message: &Message, attempt: Attempt, next: Timestamp) -> Result<(), StoreError> {
        for _ in 0..WRITES {
            let Some(mut found) = self.store().messages().get(message.tenant, message.id).await? else { return Ok(()) };
            found.tried(attempt.clone());
            found.next_at = Some(next);
            let mut change = Change::new();
            self.store().messages().update(&mut change, &mut found).await?;
            match self.store().commit(change).await {
                Err(StoreError::Conflict) => {}
                other => return other,
            }
        }
        Err(StoreError::Conflict)
    }

    /// Ends a message and, in the same commit, lets the one behind it go.
    async fn over(
        &self,
        message: &Message,
        state: MessageState,
        attempt: Option<Attempt>,
    ) -> Result<Option<MessageId>, StoreError> {
        for _ in 0..WRITES {
            let Some(mut found) = self.store().messages().get(message.tenant, message.id).await? else {
                return Ok(None);
            };
            if let Some(attempt) = attempt.clone() {
                found.tried(attempt);
            }
            found.state = state;
            found.next_at = Some(self.kept_until());
            let mut change = Change::new();
            let next = self.store().messages().next_beside(&found).await?;
            if let Some(next) = next
                && let Some(mut behind) = self.store().messages().get(message.tenant, next).await?
            {
                if behind.next_at.is_none() {
                    behind.next_at = Some(self.now());
                    self.store().messages().update(&mut change, &mut behind).await?;
                } else {
                    // It may be about to wait for this one.
                    self.store().messages().unchanged(&mut change, &behind);
                }
            }
            self.store().messages().update(&mut change, &mut found).await?;
            match self.store().commit(change).await {
                Ok(()) => return Ok(next),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }
}

/// Whose pace it goes by.
fn place_of(message: &Message) -> String {
    message.webhook().map_or_else(|| "mail".to_owned(), |webhook| webhook.to_string())
}
