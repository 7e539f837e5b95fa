//! The refresh journal: a token response, sealed and durable before anybody parses it.
//!
//! After a rotation the response may hold the only live refresh token. It lies here from the moment its last
//! byte was read until the credential made of it is stored; what is left at start-up is taken up again. The
//! engine's commit is a synced append already, so the journal is records like all others, not a file of its own.

use jackfield_model::id::{ConnectionId, TenantId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    change::Change,
    core::{Core, Order},
    error::{Cause, StoreError, Unreadable, unreadable},
    record::{Page, Versioned},
    schema::{JOURNAL, JOURNAL_PART, Kind, Padded},
    seal::{Context, PLAINTEXT_LIMIT, Scope},
};

/// The longest token response that can be kept.
pub const RESPONSE_LIMIT: usize = 16 * PLAINTEXT_LIMIT;

/// Which refresh a response answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: ConnectionId,
    /// The token that was refreshed, where the connection has several; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token: String,
    /// The version of the credential it started from.
    pub from_version: u64,
    /// Counts the tries from that version.
    pub attempt: u32,
    /// When the request was sent: expiry counts from here.
    pub sent_at: Timestamp,
}

/// A response that was received and not yet stored.
#[derive(Debug)]
pub struct Pending {
    /// Which refresh it answers.
    pub entry: JournalEntry,
    /// Its raw bytes, as they were given.
    pub response: Zeroizing<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    entry: JournalEntry,
    parts: u32,
}

/// The refresh journal.
pub struct Journal<'a>(pub(crate) &'a Core);

impl Journal<'_> {
    /// Keeps a raw response. When this returns it survives a power cut.
    pub async fn append(&self, entry: &JournalEntry, response: &[u8]) -> Result<(), StoreError> {
        if response.len() > RESPONSE_LIMIT {
            return Err(StoreError::TooLarge { bytes: response.len(), limit: RESPONSE_LIMIT });
        }
        let mut change = Change::new();
        let mut parts = 0;
        for part in response.chunks(PLAINTEXT_LIMIT) {
            let key = part_key(entry, parts);
            let (record, field) = names(entry, parts);
            let sealed = self.0.keys.seal(&*self.0.engine, &context(entry, &record, &field), &key, part).await?;
            change.write(key, sealed);
            parts += 1;
        }
        change.insert(JOURNAL, key(JOURNAL, entry), &Stored { entry: entry.clone(), parts })?;
        self.0.commit(change).await
    }

    /// What was received and not yet stored, of all connections.
    pub async fn pending(&self) -> Result<Page<Pending>, StoreError> {
        self.below(&JOURNAL.prefix(&[])).await
    }

    /// What was received for one connection and not yet stored.
    pub async fn pending_of(&self, tenant: TenantId, connection: ConnectionId) -> Result<Page<Pending>, StoreError> {
        self.below(&JOURNAL.prefix(&[&tenant, &connection])).await
    }

    async fn below(&self, prefix: &[u8]) -> Result<Page<Pending>, StoreError> {
        let stored = self.0.all::<Stored>(JOURNAL, prefix).await?;
        let mut page = Page { unreadable: stored.unreadable, ..Page::default() };
        for entry in stored.items {
            page.take(self.read(entry).await.map(Some))?;
        }
        Ok(page)
    }

    /// Stages the end of an entry, in the change that stores its outcome.
    pub async fn done(&self, change: &mut Change, entry: &JournalEntry) -> Result<(), StoreError> {
        let (parts, _) = self.0.scan(&parts_prefix(entry), None, usize::MAX, Order::Oldest).await?;
        for (key, _) in parts {
            change.delete(key);
        }
        change.delete(key(JOURNAL, entry));
        Ok(())
    }

    async fn read(&self, stored: Versioned<Stored>) -> Result<Pending, StoreError> {
        let Stored { entry, parts } = stored.record;
        let mut response = Zeroizing::new(Vec::with_capacity(RESPONSE_LIMIT.min(parts as usize * PLAINTEXT_LIMIT)));
        for number in 0..parts {
            let key = part_key(&entry, number);
            let missing = || -> Unreadable { unreadable(&key, Cause::Missing) };
            let sealed = self.0.engine.get(&key).await?.ok_or_else(missing)?;
            let (record, field) = names(&entry, number);
            response.extend_from_slice(
                &self.0.keys.open(&*self.0.engine, &context(&entry, &record, &field), &key, &sealed).await?,
            );
        }
        Ok(Pending { entry, response })
    }
}

fn key(kind: Kind, entry: &JournalEntry) -> Vec<u8> {
    // With the moment of sending, so that no response is ever refused because another is still there.
    let sent = Padded(u64::try_from(entry.sent_at.as_millisecond()).unwrap_or(0));
    let version = Padded(entry.from_version);
    if entry.token.is_empty() {
        return kind.key(&[&entry.tenant, &entry.connection, &version, &entry.attempt, &sent]);
    }
    kind.key(&[&entry.tenant, &entry.connection, &version, &entry.attempt, &sent, &entry.token])
}

fn parts_prefix(entry: &JournalEntry) -> Vec<u8> {
    [key(JOURNAL_PART, entry), b"/".to_vec()].concat()
}

fn part_key(entry: &JournalEntry, number: u32) -> Vec<u8> {
    [parts_prefix(entry), format!("{number:02}").into_bytes()].concat()
}

fn names(entry: &JournalEntry, number: u32) -> (String, String) {
    let of = if entry.token.is_empty() { String::new() } else { format!(" of {}", entry.token) };
    (entry.connection.to_string(), format!("sent {} part {number}{of}", entry.sent_at.as_millisecond()))
}

fn context<'a>(entry: &JournalEntry, record: &'a str, field: &'a str) -> Context<'a> {
    let scope = Scope::Tenant(entry.tenant);
    Context { scope, kind: JOURNAL_PART.name, record, field, generation: entry.from_version }
}
