//! A change: what several repositories want done, done together or not at all.

use serde::Serialize;

use crate::{
    engine::{Batch, Expect},
    error::StoreError,
    record::{self, Versioned},
    schema::Kind,
};

/// Changes of any number of records, made in one atomic, durable step by `Store::commit`.
///
/// Dropped without a commit, nothing happens. A record is changed at most once in it. What was staged counts as
/// changed at once: after a refused commit, read the record again.
#[derive(Debug, Default)]
#[must_use = "a change happens when it is committed"]
pub struct Change {
    pub(crate) batch: Batch,
    /// How many connections there are more after it.
    pub(crate) connections: i64,
}

impl Change {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.batch.writes.is_empty()
    }

    pub(crate) fn expect(&mut self, key: Vec<u8>, expect: Expect) {
        self.batch.checks.push((key, expect));
    }

    pub(crate) fn write(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.batch.writes.push((key, Some(value)));
    }

    pub(crate) fn delete(&mut self, key: Vec<u8>) {
        self.batch.writes.push((key, None));
    }

    /// A record that must not be there yet.
    pub(crate) fn insert<T: Serialize>(&mut self, kind: Kind, key: Vec<u8>, record: &T) -> Result<(), StoreError> {
        self.expect(key.clone(), Expect::Absent);
        self.put(kind, key, record)
    }

    /// A record, whatever was there.
    pub(crate) fn put<T: Serialize>(&mut self, kind: Kind, key: Vec<u8>, record: &T) -> Result<(), StoreError> {
        let bytes = record::encode(kind, &key, 0, record)?;
        self.write(key, bytes);
        Ok(())
    }

    /// A record that must still be as it was read. Its revision moves on, so that another change can follow this one.
    pub(crate) fn replace<T: Serialize>(
        &mut self,
        kind: Kind,
        key: Vec<u8>,
        changed: &mut Versioned<T>,
    ) -> Result<(), StoreError> {
        let next = changed.revision.wrapping_add(1);
        let bytes = record::encode(kind, &key, next, &changed.record)?;
        self.expect(key.clone(), record::unchanged(kind, changed.revision));
        self.write(key, bytes);
        changed.revision = next;
        Ok(())
    }

    /// Deletes a record that must still be as it was read.
    pub(crate) fn remove(&mut self, kind: Kind, key: Vec<u8>, revision: u64) {
        self.expect(key.clone(), record::unchanged(kind, revision));
        self.delete(key);
    }
}
