//! Messages on their way out: by tenant, by when to look at them next, and, while they wait, by place and connection in
//! the order of what they tell.

use jackfield_model::{
    id::{MessageId, TenantId, WebhookId},
    message::{Message, MessageState},
};
use jiff::Timestamp;

use crate::{
    change::Change,
    core::{Core, Order, STRIDE, tail},
    error::StoreError,
    record::{self, Page, Versioned},
    schema::{MESSAGE, MESSAGE_DUE, MESSAGE_QUEUE, Padded},
    seal::Purpose,
};

/// How many messages one page looks at, at most, before it answers with what it has.
const LOOKS: usize = 5_000;

/// A message whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DueMessage {
    /// Whose it is.
    pub tenant: TenantId,
    /// The message.
    pub message: MessageId,
}

/// Which messages to list; an empty filter means all.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// To this webhook.
    pub webhook: Option<WebhookId>,
    /// That are this far.
    pub state: Option<MessageState>,
    /// Made at or after this moment.
    pub since: Option<Timestamp>,
}

/// Messages.
pub struct Messages<'a>(pub(crate) &'a Core);

impl Messages<'_> {
    /// Stages a new message.
    pub fn insert(&self, change: &mut Change, message: &Message) -> Result<(), StoreError> {
        if message.state == MessageState::Waiting {
            change.write(self.queue_key(message), vec![]);
        }
        if let Some(due) = due_key(message) {
            change.write(due, vec![]);
        }
        change.insert(MESSAGE, key(message), message)
    }

    /// Stages a changed message, if nobody changed it since it was read.
    pub async fn update(&self, change: &mut Change, changed: &mut Versioned<Message>) -> Result<(), StoreError> {
        // Where this is not what `changed` was read from, its revision refuses the whole change.
        let before = self.get(changed.tenant, changed.id).await?.and_then(|stored| due_key(&stored));
        let after = due_key(changed);
        if before != after {
            if let Some(before) = before {
                change.delete(before);
            }
            if let Some(after) = after {
                change.write(after, vec![]);
            }
        }
        let queue = self.queue_key(changed);
        if changed.state == MessageState::Waiting {
            change.write(queue, vec![]);
        } else {
            change.delete(queue);
        }
        change.replace(MESSAGE, key(changed), changed)
    }

    /// Stages that a message is still as it was read.
    pub fn unchanged(&self, change: &mut Change, message: &Versioned<Message>) {
        change.expect(key(message), record::unchanged(MESSAGE, message.revision));
    }

    /// Stages the end of a message.
    pub fn delete(&self, change: &mut Change, message: &Versioned<Message>) {
        if let Some(due) = due_key(message) {
            change.delete(due);
        }
        change.delete(self.queue_key(message));
        change.remove(MESSAGE, key(message), message.revision);
    }

    /// A tenant's message.
    pub async fn get(&self, tenant: TenantId, id: MessageId) -> Result<Option<Versioned<Message>>, StoreError> {
        self.0.get(MESSAGE, &MESSAGE.key(&[&tenant, &id])).await
    }

    /// At most `limit` messages that are due at `now`, longest due first, behind the cursor. Reads the index only.
    pub async fn due(&self, now: Timestamp, after: Option<&str>, limit: usize) -> Result<Page<DueMessage>, StoreError> {
        self.0.named_due(MESSAGE_DUE, now, after, limit, parsed).await
    }

    /// The first message that waits for the same place about the same connection: the only one that may be sent.
    pub async fn first_beside(&self, message: &Message) -> Result<Option<MessageId>, StoreError> {
        self.beside(message, None).await
    }

    /// The one that waits behind a message.
    pub async fn next_beside(&self, message: &Message) -> Result<Option<MessageId>, StoreError> {
        self.beside(message, Some(&message.id.to_string())).await
    }

    async fn beside(&self, message: &Message, after: Option<&str>) -> Result<Option<MessageId>, StoreError> {
        let prefix = self.queue(message);
        let (pairs, _) = self.0.scan(&prefix, after, 1, Order::Oldest).await?;
        Ok(pairs.first().and_then(|(key, _)| tail(&prefix, key).parse().ok()))
    }

    /// A tenant's messages, newest first. A page that looked at many may hold fewer than `limit` and still go on.
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: &MessageFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Versioned<Message>>, StoreError> {
        let prefix = MESSAGE.prefix(&[&tenant]);
        let mut page = Page::default();
        let mut cursor = after.map(str::to_owned);
        let mut looks = 0;
        loop {
            let (pairs, next) = self.0.scan(&prefix, cursor.as_deref(), STRIDE, Order::Newest).await?;
            for (key, bytes) in pairs {
                looks += 1;
                match record::decode::<Message>(MESSAGE, &key, &bytes) {
                    // Ids sort by when they were made.
                    Ok(found) if filter.since.is_some_and(|since| found.created_at < since) => return Ok(page),
                    Ok(found) if !filter.admits(&found) => {}
                    found => page.add(found),
                }
                if page.items.len() >= limit || looks >= LOOKS {
                    page.next = Some(tail(&prefix, &key));
                    return Ok(page);
                }
            }
            cursor = next;
            if cursor.is_none() {
                return Ok(page);
            }
        }
    }

    fn queue(&self, message: &Message) -> Vec<u8> {
        let connection = message.connection.map_or_else(|| "all".to_owned(), |id| id.to_string());
        let place = match (message.webhook(), message.address()) {
            (Some(webhook), _) => webhook.to_string(),
            (None, address) => self.0.keys.hash(Purpose::Address, address.unwrap_or_default()),
        };
        MESSAGE_QUEUE.prefix(&[&message.tenant, &place, &connection])
    }

    fn queue_key(&self, message: &Message) -> Vec<u8> {
        [self.queue(message).as_slice(), message.id.to_string().as_bytes()].concat()
    }
}

impl MessageFilter {
    fn admits(&self, message: &Message) -> bool {
        let webhook = self.webhook.is_none_or(|wanted| message.webhook() == Some(wanted));
        webhook && self.state.is_none_or(|wanted| message.state == wanted)
    }
}

fn key(message: &Message) -> Vec<u8> {
    MESSAGE.key(&[&message.tenant, &message.id])
}

fn due_key(message: &Message) -> Option<Vec<u8>> {
    Some(MESSAGE_DUE.key(&[&Padded(milliseconds(message.next_at?)), &message.tenant, &message.id]))
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
}

fn parsed(entry: &str) -> Option<DueMessage> {
    let mut parts = entry.split('/');
    Some(DueMessage { tenant: parts.next()?.parse().ok()?, message: parts.next()?.parse().ok()? })
}
