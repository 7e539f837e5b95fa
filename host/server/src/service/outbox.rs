//! The outbox: what changes is noted in the commit of the change, and written to whom it concerns afterwards, so that no
//! request waits for anybody outside and no crash loses a word.

use std::collections::{HashMap, hash_map::Entry};

use jackfield_model::{
    connection::Connection,
    event::{About, EventType, Reason, Told},
    id::{ConnectionId, MessageId, TenantId},
    message::{Content, Message, MessageState},
    status::Status,
    tenant::Tenant,
    webhook::Webhook,
};
use jackfield_store::{Change, StoreError, Versioned};
use jiff::Timestamp;
use serde::Serialize;

use super::Service;

/// How many changes are read from the outbox at a time.
const STRIDE: usize = 200;
/// How many webhooks a tenant may have.
pub(super) const WEBHOOKS_LIMIT: usize = 20;

/// What a webhook is sent: type, moment and facts, as Standard Webhooks has it.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: EventType,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    connection: Option<ConnectionId>,
    connector: Option<&'a str>,
    end_user: Option<&'a str>,
    name: Option<&'a str>,
    status: Option<Status>,
    account: Option<&'a str>,
    reason: Option<&'a Reason>,
    ends_at: Option<Timestamp>,
    link: String,
}

/// A tenant and its webhooks, read once for all changes that are looked at together.
struct Listening {
    tenant: Tenant,
    webhooks: Vec<Versioned<Webhook>>,
}

impl Service {
    /// Stages a line of a connection's timeline, and what others hear of it. Before the connection itself is staged, which
    /// keeps what was said.
    pub(super) fn tell(
        &self,
        change: &mut Change,
        connection: &mut Connection,
        kind: &str,
        by: &str,
        note: Option<String>,
    ) -> Result<(), StoreError> {
        let id = self.line(change, connection, kind, by, note)?;
        let (events, notice) = connection.to_say(kind);
        if events.is_empty() && notice.is_none() {
            return Ok(());
        }
        let about = About::of(connection);
        let told = Told { id, tenant: connection.tenant, at: self.now(), events, notice, about };
        self.store().outbox().put(change, &told)
    }

    /// Writes the messages about every change in the outbox, in order. One at a time: who comes meanwhile has nothing to do.
    pub(super) async fn write_messages(&self) -> Result<(), StoreError> {
        let Ok(_alone) = self.post.writing.try_lock() else { return Ok(()) };
        let mut after = None;
        loop {
            let page = self.store().outbox().waiting(after.as_deref(), STRIDE).await?;
            let (mut silent, mut listeners) = (Change::new(), HashMap::new());
            for told in page.items {
                match self.write_to_all(&told, &mut listeners, &mut silent).await {
                    // What cannot be said of one is no reason to say nothing of the others.
                    Err(error @ StoreError::TooLarge { .. }) => {
                        tracing::error!(event = %told.id, %error, "nobody is told of a change: there is too much to say of it");
                        self.store().outbox().done(&mut silent, &told);
                    }
                    Err(error @ StoreError::Unreadable(_)) => {
                        tracing::error!(event = %told.id, %error, "nobody is told of a change yet");
                    }
                    other => other?,
                }
            }
            self.commit_unless_beaten(silent).await?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn write_to_all(
        &self,
        told: &Versioned<Told>,
        listeners: &mut HashMap<TenantId, Option<Listening>>,
        silent: &mut Change,
    ) -> Result<(), StoreError> {
        let heard_by = match listeners.entry(told.tenant) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.listening(told.tenant).await?),
        };
        self.write_about(told, heard_by.as_ref(), silent).await
    }

    /// Who may have to hear of a tenant's changes; none where the tenant is gone.
    async fn listening(&self, tenant: TenantId) -> Result<Option<Listening>, StoreError> {
        let Some(tenant) = self.tenant(tenant).await? else { return Ok(None) };
        let webhooks = self.store().webhooks().list(tenant.id, None, WEBHOOKS_LIMIT).await?.items;
        Ok(Some(Listening { tenant, webhooks }))
    }

    /// Messages about a change and its end in the outbox are one commit; where nobody listens, the end waits for others.
    async fn write_about(
        &self,
        told: &Versioned<Told>,
        heard_by: Option<&Listening>,
        silent: &mut Change,
    ) -> Result<(), StoreError> {
        let Some(Listening { tenant, webhooks }) = heard_by else {
            self.store().outbox().done(silent, told);
            return Ok(());
        };
        let mut change = Change::new();
        let mut said = false;
        for event in &told.events {
            for webhook in webhooks.iter().filter(|webhook| webhook.hears(*event)) {
                let message = self.message_to(webhook, *event, told, tenant)?;
                self.store().messages().insert(&mut change, &message)?;
                said = true;
            }
        }
        said |= self.mail_about(&mut change, told, tenant).await?;
        if !said {
            self.store().outbox().done(silent, told);
            return Ok(());
        }
        self.store().outbox().done(&mut change, told);
        self.commit_unless_beaten(change).await
    }

    /// Somebody else may have written the same, or something newer: then nothing of this one happens.
    pub(super) async fn commit_unless_beaten(&self, change: Change) -> Result<(), StoreError> {
        match self.store().commit(change).await {
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn message_to(
        &self,
        webhook: &Webhook,
        event: EventType,
        told: &Told,
        tenant: &Tenant,
    ) -> Result<Message, StoreError> {
        let about = &told.about;
        let data = Data {
            connection: Some(about.connection),
            connector: Some(&about.connector),
            end_user: about.end_user.as_deref(),
            name: Some(&about.name),
            status: Some(about.status),
            account: about.account.as_deref(),
            reason: about.reason.as_ref(),
            ends_at: about.ends_at,
            link: self.link_to(tenant, Some(about.connection)),
        };
        let body = written(&Payload { kind: event, timestamp: told.at, data });
        let mut message = self.new_message(webhook, event, body)?;
        message.connection = Some(about.connection);
        if webhook.paused.is_some() {
            // Kept, so that it can be replayed once the webhook goes on.
            message.state = MessageState::Failed;
            message.next_at = Some(self.kept_until());
        }
        Ok(message)
    }

    /// What a webhook is sent to try it.
    pub(super) fn test_message(&self, webhook: &Webhook, tenant: &Tenant) -> Result<Message, StoreError> {
        let data = Data {
            connection: None,
            connector: None,
            end_user: None,
            name: None,
            status: None,
            account: None,
            reason: None,
            ends_at: None,
            link: self.link_to(tenant, None),
        };
        let body = written(&Payload { kind: EventType::Test, timestamp: self.now(), data });
        self.new_message(webhook, EventType::Test, body)
    }

    fn new_message(&self, webhook: &Webhook, event: EventType, body: String) -> Result<Message, StoreError> {
        let content = Content::Webhook { webhook: webhook.id, body };
        let (at, bits) = self.ordered()?;
        Ok(Message {
            id: MessageId::new(at, bits),
            tenant: webhook.tenant,
            event,
            connection: None,
            content,
            state: MessageState::Waiting,
            tries: 0,
            attempts: vec![],
            created_at: self.now(),
            next_at: Some(self.now()),
        })
    }

    /// Where a person looks at a connection, or at all of theirs, on the tenant's own site.
    pub(super) fn link_to(&self, tenant: &Tenant, connection: Option<ConnectionId>) -> String {
        let mut url = self.site_url(tenant);
        url.set_path(&connection.map_or_else(|| "/connections".to_owned(), |id| format!("/connections/{id}")));
        url.into()
    }
}

fn written(payload: &Payload<'_>) -> String {
    // Plain data: it cannot fail.
    serde_json::to_string(payload).unwrap_or_default()
}
