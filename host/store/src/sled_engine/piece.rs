//! A piece of a group: what several batches change, handed to sled as one.
//!
//! sled writes out what lies in its buffer before and after each batch it is given, however small. Batches that share a sync
//! need none of that between them.

use std::collections::HashMap;

use sled::IVec;

use super::{Shared, writer::Answer};
use crate::engine::{Batch, EngineError, Expect};

/// How many keys a piece has, about: whoever reads waits as long as it is applied.
const FULL: usize = 256;

/// What batches change, the later over the earlier, and nothing of it applied yet.
#[derive(Default)]
pub(super) struct Piece {
    writes: HashMap<Vec<u8>, Option<IVec>>,
}

impl Piece {
    /// Takes a batch in where its checks hold. Nobody else writes, so plain reads are enough to check.
    pub(super) fn take(&mut self, shared: &Shared, batch: &Batch) -> sled::Result<Answer> {
        for (key, expect) in &batch.checks {
            if !self.holds(shared, key, expect)? {
                return Ok(Err(EngineError::Conflict));
            }
        }
        for (key, value) in &batch.writes {
            self.writes.insert(key.clone(), value.as_deref().map(IVec::from));
        }
        let now = |key: &[u8]| Ok::<_, sled::Error>(self.now(shared, key)?.map(|value| value.to_vec()));
        for (key, value) in batch.counted(now)? {
            self.writes.insert(key, Some(value.into()));
        }
        Ok(Ok(()))
    }

    /// Whether it is time to apply it.
    pub(super) fn is_full(&self) -> bool {
        self.writes.len() >= FULL
    }

    /// Applies all of it or nothing, and is empty again.
    pub(super) fn apply(&mut self, shared: &Shared) -> sled::Result<()> {
        if self.writes.is_empty() {
            return Ok(());
        }
        let written: Vec<&[u8]> = self.writes.keys().map(Vec::as_slice).collect();
        let mut batch = sled::Batch::default();
        for (key, value) in &self.writes {
            match value {
                Some(value) => batch.insert(key.as_slice(), value.clone()),
                None => batch.remove(key.as_slice()),
            }
        }
        shared.snapshots.around(&shared.database, &written, || shared.database.apply_batch(batch))?;
        // sled splits and merges pages when the next look-up passes them, a reader's too, and cannot once it failed to write. Done
        // here, a store that takes no more changes can still be read.
        written.iter().try_for_each(|key| shared.database.get(key).map(drop))?;
        self.writes.clear();
        Ok(())
    }

    fn holds(&self, shared: &Shared, key: &[u8], expect: &Expect) -> sled::Result<bool> {
        match expect {
            Expect::NothingBelow => self.is_bare(shared, key),
            expect => Ok(expect.holds(self.now(shared, key)?.as_deref())),
        }
    }

    /// Whether no key that starts with this will have a value once this is applied.
    fn is_bare(&self, shared: &Shared, prefix: &[u8]) -> sled::Result<bool> {
        if self.writes.iter().any(|(key, value)| value.is_some() && key.starts_with(prefix)) {
            return Ok(false);
        }
        for key in shared.database.scan_prefix(prefix).keys() {
            if !self.writes.contains_key(&*key?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a key will have once this is applied.
    fn now(&self, shared: &Shared, key: &[u8]) -> sled::Result<Option<IVec>> {
        match self.writes.get(key) {
            Some(value) => Ok(value.clone()),
            None => shared.database.get(key),
        }
    }
}
