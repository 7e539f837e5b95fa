//! Snapshots of a database that goes on changing: whoever writes first puts aside what a reader has not read yet.
//!
//! sled has none of its own. A snapshot costs the writer one read for each key it changes, and memory for what changes
//! while the snapshot is read.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use async_trait::async_trait;

use super::Shared;
use crate::engine::{EngineError, Fault, Pair, Snapshot};

/// How many pairs are read at a time, the writer waiting.
const STRIDE: usize = 200;

/// The snapshots that are being read.
#[derive(Default)]
pub(super) struct Snapshots(Mutex<Vec<Weak<Mutex<Open>>>>);

/// How far a reader is, and what was changed before it came there.
struct Open {
    from: Bound<Vec<u8>>,
    before: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    ended: bool,
}

impl Snapshots {
    /// Begins one, between two batches.
    pub(super) fn begin(&self, shared: Arc<Shared>) -> SledSnapshot {
        let open = Open { from: Bound::Unbounded, before: BTreeMap::new(), ended: false };
        let open = Arc::new(Mutex::new(open));
        lock(&self.0).push(Arc::downgrade(&open));
        SledSnapshot { open, shared }
    }

    /// Lets these keys be written, after what they have was put aside for those who have not read it.
    pub(super) fn around(
        &self,
        database: &sled::Db,
        written: &[&[u8]],
        apply: impl FnOnce() -> sled::Result<()>,
    ) -> sled::Result<()> {
        let mut all = lock(&self.0);
        all.retain(|one| one.strong_count() > 0);
        for open in all.iter().filter_map(Weak::upgrade) {
            let mut open = lock(&open);
            for key in written {
                if open.is_ahead(key) && !open.before.contains_key(*key) {
                    let value = database.get(key)?.map(|value| value.to_vec());
                    open.before.insert(key.to_vec(), value);
                }
            }
        }
        // Held meanwhile, so that no snapshot begins in the middle of a batch.
        apply()
    }
}

impl Open {
    /// Whether the reader has yet to come to this key.
    fn is_ahead(&self, key: &[u8]) -> bool {
        match &self.from {
            _ if self.ended => false,
            Bound::Excluded(last) => key > last.as_slice(),
            Bound::Included(first) => key >= first.as_slice(),
            Bound::Unbounded => true,
        }
    }

    /// The next pairs as they were in the beginning.
    fn read(&mut self, database: &sled::Db) -> sled::Result<Vec<Pair>> {
        let range = (self.from.clone(), Bound::Unbounded);
        let mut found = BTreeMap::new();
        for pair in database.range::<Vec<u8>, _>(range).take(STRIDE) {
            let (key, value) = pair?;
            found.insert(key.to_vec(), value.to_vec());
        }
        let end = match found.last_key_value() {
            Some((last, _)) if found.len() == STRIDE => Bound::Excluded(last.clone()),
            _ => {
                self.ended = true;
                Bound::Unbounded
            }
        };
        self.from = end;
        let read: Vec<Vec<u8>> = self.before.keys().filter(|key| !self.is_ahead(key)).cloned().collect();
        for key in read {
            match self.before.remove(&key) {
                Some(Some(value)) => found.insert(key, value),
                _ => found.remove(&key),
            };
        }
        Ok(found.into_iter().collect())
    }
}

/// One snapshot; given up when dropped.
pub(super) struct SledSnapshot {
    open: Arc<Mutex<Open>>,
    shared: Arc<Shared>,
}

#[async_trait]
impl Snapshot for SledSnapshot {
    async fn next(&mut self) -> Result<Option<Vec<Pair>>, EngineError> {
        let (open, shared) = (Arc::clone(&self.open), Arc::clone(&self.shared));
        let read = tokio::task::spawn_blocking(move || {
            let mut open = lock(&open);
            if open.ended {
                return Ok(None);
            }
            shared.read(|| open.read(&shared.database)).map(Some)
        });
        read.await.map_err(|_| EngineError::Unreadable(Fault::Stopped))?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
