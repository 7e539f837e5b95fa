//! What became of requests that carry an idempotency key, so that sending one twice makes one thing.
//!
//! A record is there before the work begins, says what was made in the very change that makes it, and holds the
//! answer, sealed, once there is one. A crash in between leaves one of the three, never a doubt.

use jackfield_model::id::{ApiKeyId, TenantId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    change::Change,
    core::{Core, Order, STRIDE},
    engine::Expect,
    error::{Cause, StoreError, unreadable},
    schema::{IDEMPOTENCY, IDEMPOTENCY_ANSWER},
    seal::{Context, PLAINTEXT_LIMIT, Purpose, Scope},
};

/// The longest answer that is kept, in bytes.
pub const ANSWER_LIMIT: usize = 2 * 1024 * 1024;

/// One thing asked once: who asked, and a keyed hash of the route and the key they gave.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deed {
    caller: ApiKeyId,
    tenant: Option<TenantId>,
    hash: String,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Outcome {
    /// It began; nothing was made yet.
    Begun,
    /// Something was made, and its answer was never written.
    Made {
        /// Its id or name.
        subject: String,
    },
    /// It was answered.
    Answered {
        /// The status code.
        status: u16,
        /// Headers that belong to the answer, without secrets.
        headers: Vec<(String, String)>,
        /// How many pieces the body has.
        parts: u32,
    },
}

/// A stored answer.
#[derive(Debug)]
pub struct KeptAnswer {
    /// The status code.
    pub status: u16,
    /// Headers that belong to the answer, without secrets.
    pub headers: Vec<(String, String)>,
    /// The body; may hold what is shown once only.
    pub body: Zeroizing<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    /// A keyed hash of all that was asked.
    asked: String,
    begun_at: Timestamp,
    outcome: Outcome,
}

/// What became of requests that carry an idempotency key.
pub struct Idempotency<'a>(pub(crate) &'a Core);

impl Idempotency<'_> {
    /// Names what a caller asks once.
    pub fn deed(&self, caller: ApiKeyId, tenant: Option<TenantId>, route: &str, key: &str) -> Deed {
        Deed { caller, tenant, hash: self.0.keys.hash(Purpose::Idempotency, &format!("{caller}\n{route}\n{key}")) }
    }

    /// What became of a deed, if it was asked after `since`: its outcome, and whether the same was asked.
    pub async fn find(
        &self,
        deed: &Deed,
        asked: &str,
        since: Timestamp,
    ) -> Result<Option<(Outcome, bool)>, StoreError> {
        let found = self.0.get::<Stored>(IDEMPOTENCY, &key(deed)).await?;
        let live = found.filter(|stored| stored.begun_at > since);
        Ok(live.map(|stored| (stored.outcome.clone(), stored.asked == asked)))
    }

    /// Writes that a deed begins, in place of whatever was there; a conflict where somebody else begins it now.
    pub async fn begin(&self, deed: &Deed, asked: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut change = Change::new();
        let before = self.0.engine.get(&key(deed)).await?;
        self.clear(&mut change, deed).await?;
        // Whoever else begins at the same moment is refused by this.
        change.expect(key(deed), before.map_or(Expect::Absent, Expect::Equals));
        change.put(IDEMPOTENCY, key(deed), &stored(asked, now, Outcome::Begun))?;
        self.0.commit(change).await
    }

    /// Stages, beside what a deed makes, that it is made.
    pub async fn made(&self, change: &mut Change, deed: &Deed, subject: &str) -> Result<(), StoreError> {
        let Some(found) = self.0.get::<Stored>(IDEMPOTENCY, &key(deed)).await? else { return Ok(()) };
        let outcome = Outcome::Made { subject: subject.to_owned() };
        change.put(IDEMPOTENCY, key(deed), &Stored { outcome, ..found.record })
    }

    /// Whether a deed made something or was answered.
    pub async fn made_something(&self, deed: &Deed) -> Result<bool, StoreError> {
        let found = self.0.get::<Stored>(IDEMPOTENCY, &key(deed)).await?;
        Ok(found.is_some_and(|stored| stored.outcome != Outcome::Begun))
    }

    /// Keeps a deed's answer, sealed.
    pub async fn answer(&self, deed: &Deed, answer: &KeptAnswer) -> Result<(), StoreError> {
        if answer.body.len() > ANSWER_LIMIT {
            return Err(StoreError::TooLarge { bytes: answer.body.len(), limit: ANSWER_LIMIT });
        }
        let Some(found) = self.0.get::<Stored>(IDEMPOTENCY, &key(deed)).await? else { return Ok(()) };
        let mut change = Change::new();
        let mut parts = 0;
        for piece in answer.body.chunks(PLAINTEXT_LIMIT) {
            let key = part_key(deed, parts);
            let field = parts.to_string();
            let sealed = self.0.keys.seal(&*self.0.engine, &context(deed, &field), &key, piece).await?;
            change.write(key, sealed);
            parts += 1;
        }
        let outcome = Outcome::Answered { status: answer.status, headers: answer.headers.clone(), parts };
        change.put(IDEMPOTENCY, key(deed), &Stored { outcome, ..found.record })?;
        self.0.commit(change).await
    }

    /// The answer a deed had; none where it has none.
    pub async fn answered(&self, deed: &Deed) -> Result<Option<KeptAnswer>, StoreError> {
        let found = self.0.get::<Stored>(IDEMPOTENCY, &key(deed)).await?;
        let Some(Outcome::Answered { status, headers, parts }) = found.map(|stored| stored.record.outcome) else {
            return Ok(None);
        };
        let mut body = Zeroizing::new(Vec::with_capacity(ANSWER_LIMIT.min(parts as usize * PLAINTEXT_LIMIT)));
        for number in 0..parts {
            let key = part_key(deed, number);
            let sealed = self.0.engine.get(&key).await?.ok_or_else(|| unreadable(&key, Cause::Missing))?;
            let field = number.to_string();
            body.extend_from_slice(&self.0.keys.open(&*self.0.engine, &context(deed, &field), &key, &sealed).await?);
        }
        Ok(Some(KeptAnswer { status, headers, body }))
    }

    /// Stages that nothing is known of a deed any more: its key can be used again.
    pub async fn clear(&self, change: &mut Change, deed: &Deed) -> Result<(), StoreError> {
        self.clear_key(change, key(deed)).await
    }

    /// Forgets deeds that began at or before `until`; answers how many.
    pub async fn sweep(&self, until: Timestamp) -> Result<usize, StoreError> {
        let (prefix, mut swept, mut after) = (IDEMPOTENCY.prefix(&[]), 0, None);
        loop {
            let (pairs, next) = self.0.scan(&prefix, after.as_deref(), STRIDE, Order::Oldest).await?;
            for (key, bytes) in pairs {
                let live = crate::record::decode::<Stored>(IDEMPOTENCY, &key, &bytes);
                if live.is_ok_and(|stored| stored.begun_at > until) {
                    continue;
                }
                swept += usize::from(self.forget_read(key, bytes).await?);
            }
            after = next;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    /// Forgets a record that is still as it was read; whether it was. One that was begun anew since stays.
    pub(crate) async fn forget_read(&self, key: Vec<u8>, read: Vec<u8>) -> Result<bool, StoreError> {
        let mut change = Change::new();
        change.expect(key.clone(), Expect::Equals(read));
        self.clear_key(&mut change, key).await?;
        match self.0.commit(change).await {
            Err(StoreError::Conflict) => Ok(false),
            committed => committed.map(|()| true),
        }
    }

    async fn clear_key(&self, change: &mut Change, key: Vec<u8>) -> Result<(), StoreError> {
        let rest = crate::core::tail(&IDEMPOTENCY.prefix(&[]), &key);
        let (parts, _) = self.0.scan(&IDEMPOTENCY_ANSWER.prefix(&[&rest]), None, usize::MAX, Order::Oldest).await?;
        for (part, _) in parts {
            change.delete(part);
        }
        change.delete(key);
        Ok(())
    }
}

fn stored(asked: &str, begun_at: Timestamp, outcome: Outcome) -> Stored {
    Stored { asked: asked.to_owned(), begun_at, outcome }
}

fn key(deed: &Deed) -> Vec<u8> {
    IDEMPOTENCY.key(&[&deed.caller, &deed.hash])
}

fn part_key(deed: &Deed, number: u32) -> Vec<u8> {
    [IDEMPOTENCY_ANSWER.prefix(&[&deed.caller, &deed.hash]), format!("{number:03}").into_bytes()].concat()
}

fn context<'a>(deed: &'a Deed, field: &'a str) -> Context<'a> {
    Context { scope: Scope::of(deed.tenant), kind: IDEMPOTENCY_ANSWER.name, record: &deed.hash, field, generation: 0 }
}
