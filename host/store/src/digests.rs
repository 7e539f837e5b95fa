//! Digests: how many notices of a kind a tenant's people got about one connector of late, and those held since.

use jackfield_model::{
    id::{ConnectionId, TenantId},
    message::Letter,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::Core,
    error::StoreError,
    record::{Page, Versioned},
    schema::{DIGEST, DIGEST_DUE, DIGEST_HELD, Padded},
};

/// Notices of one kind about one connector, since the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Whose.
    pub tenant: TenantId,
    /// About which connector.
    pub connector: String,
    /// Of which kind (`Notice::word`).
    pub kind: String,
    /// How many were said one by one.
    pub said: u32,
    /// When the rest is said together, and counting begins anew.
    pub until: Timestamp,
}

/// A notice that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The connection.
    pub connection: ConnectionId,
    /// The person it belongs to.
    pub end_user: Option<String>,
    /// What would have been said.
    pub letter: Letter,
}

/// Digests.
pub struct Digests<'a>(pub(crate) &'a Core);

impl Digests<'_> {
    /// What was said of late; none where nothing was.
    pub async fn get(
        &self,
        tenant: TenantId,
        connector: &str,
        kind: &str,
    ) -> Result<Option<Versioned<Digest>>, StoreError> {
        self.0.get(DIGEST, &DIGEST.key(&[&tenant, &connector, &kind])).await
    }

    /// Stages the first notice of a time.
    pub fn begin(&self, change: &mut Change, digest: &Digest) -> Result<(), StoreError> {
        change.write(due_key(digest), vec![]);
        change.insert(DIGEST, key(digest), digest)
    }

    /// Stages a further one that was said by itself.
    pub fn update(&self, change: &mut Change, digest: &mut Versioned<Digest>) -> Result<(), StoreError> {
        change.replace(DIGEST, key(digest), digest)
    }

    /// Stages one that is held. A later one about the same connection takes its place.
    pub fn hold(&self, change: &mut Change, digest: &Digest, held: &Held) -> Result<(), StoreError> {
        change.put(DIGEST_HELD, held_key(digest, held.connection), held)
    }

    /// One that is held.
    pub async fn held_of(
        &self,
        digest: &Digest,
        connection: ConnectionId,
    ) -> Result<Option<Versioned<Held>>, StoreError> {
        self.0.get(DIGEST_HELD, &held_key(digest, connection)).await
    }

    /// Stages that a held one need not be said.
    pub fn let_go(&self, change: &mut Change, digest: &Digest, connection: ConnectionId) {
        change.delete(held_key(digest, connection));
    }

    /// Everything that is held.
    pub async fn held(&self, digest: &Digest) -> Result<Page<Versioned<Held>>, StoreError> {
        let prefix = DIGEST_HELD.prefix(&[&digest.tenant, &digest.connector, &digest.kind]);
        self.0.all(DIGEST_HELD, &prefix).await
    }

    /// Those whose time is over at `now`.
    pub async fn over(&self, now: Timestamp, limit: usize) -> Result<Vec<Versioned<Digest>>, StoreError> {
        // One that cannot be read never hides the others.
        Ok(self.0.due(DIGEST, DIGEST_DUE, now, limit).await?.items)
    }

    /// Stages the end of a digest; what is held goes with it.
    pub fn done(&self, change: &mut Change, digest: &Versioned<Digest>, held: &[Versioned<Held>]) {
        for one in held {
            change.remove(DIGEST_HELD, held_key(digest, one.connection), one.revision);
        }
        change.delete(due_key(digest));
        change.remove(DIGEST, key(digest), digest.revision);
    }
}

fn key(digest: &Digest) -> Vec<u8> {
    DIGEST.key(&[&digest.tenant, &digest.connector, &digest.kind])
}

fn held_key(digest: &Digest, connection: ConnectionId) -> Vec<u8> {
    DIGEST_HELD.key(&[&digest.tenant, &digest.connector, &digest.kind, &connection])
}

fn due_key(digest: &Digest) -> Vec<u8> {
    DIGEST_DUE.key(&[&Padded(milliseconds(digest.until)), &digest.tenant, &digest.connector, &digest.kind])
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
}
