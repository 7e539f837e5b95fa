//! What a store needs of a database: ordered keys, and changes that are atomic and durable.
//!
//! Everything above this file works over the trait; one test suite (`suite`) serves every engine.

#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
pub(crate) mod suite;

use std::collections::BTreeMap;

use async_trait::async_trait;

/// The largest value an engine takes, in bytes.
pub(crate) const VALUE_LIMIT: usize = 32 * 1024;
/// The longest key an engine takes, in bytes.
pub(crate) const KEY_LIMIT: usize = 512;

/// A key and its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// An ordered map from keys to values.
///
/// A `commit` whose future is dropped may still happen.
#[async_trait]
pub(crate) trait Engine: Send + Sync {
    /// The value of one key.
    async fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;

    /// Keys and values in order. Not a snapshot: a change made meanwhile may be seen or not.
    async fn scan(&self, scan: Scan) -> Result<Vec<Pair>, EngineError>;

    /// How many keys start with this. Reads every one of them.
    async fn count(&self, prefix: &[u8]) -> Result<u64, EngineError>;

    /// Makes every change of the batch or none. `Ok` means it survives a power cut.
    async fn commit(&self, batch: Batch) -> Result<(), EngineError>;

    /// Everything as it is now. Changes go on meanwhile and are not in it.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, EngineError>;

    /// Whether it still takes changes.
    fn health(&self) -> Health;
}

/// All keys and values of one moment, in order.
#[async_trait]
pub(crate) trait Snapshot: Send {
    /// The next ones, perhaps none this time; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<Pair>>, EngineError>;
}

/// A stretch of keys to read.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    /// What every key starts with.
    pub prefix: Vec<u8>,
    /// The last key already seen, in the direction of reading.
    pub after: Option<Vec<u8>>,
    /// At most this many pairs.
    pub limit: usize,
    /// Whether to read from the last key to the first.
    pub backwards: bool,
}

/// What must be true of a key for a batch to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expect {
    /// It has no value.
    Absent,
    /// Its value is exactly this.
    Equals(Vec<u8>),
    /// Its value starts with this: how a record's revision is named.
    StartsWith(Vec<u8>),
    /// Neither it nor any key that starts with it has a value. An engine looks for the others; of itself it is as `Absent`.
    NothingBelow,
}

impl Expect {
    /// Whether it holds for what a key has.
    pub(crate) fn holds(&self, value: Option<&[u8]>) -> bool {
        match (self, value) {
            (Self::Absent | Self::NothingBelow, None) => true,
            (Self::Equals(wanted), Some(found)) => wanted == found,
            (Self::StartsWith(wanted), Some(found)) => found.starts_with(wanted),
            (Self::Absent | Self::NothingBelow, Some(_)) | (Self::Equals(_) | Self::StartsWith(_), None) => false,
        }
    }
}

/// A number that batches count.
pub(crate) fn number(bytes: &[u8]) -> Option<i64> {
    bytes.try_into().ok().map(i64::from_be_bytes)
}

/// Changes that happen together, if every check holds.
#[derive(Debug, Default, Clone)]
pub(crate) struct Batch {
    /// What must be true before.
    pub checks: Vec<(Vec<u8>, Expect)>,
    /// New values; none deletes. A later write of the same key wins.
    pub writes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Numbers that become so much more, whatever else changes them: eight bytes, big-endian. What is written of the same key is
    /// written before.
    pub counts: Vec<(Vec<u8>, i64)>,
}

/// A key and the value it has from now on.
type Written = (Vec<u8>, Vec<u8>);

impl Batch {
    /// The writes of the counts, over what the numbers are now. Called where nobody else changes them meanwhile.
    pub(crate) fn counted<E>(&self, now: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>) -> Result<Vec<Written>, E> {
        let mut sums: BTreeMap<&[u8], i64> = BTreeMap::new();
        for (key, more) in &self.counts {
            let sum = sums.entry(key).or_default();
            *sum = sum.saturating_add(*more);
        }
        let counted = |(key, more): (&[u8], i64)| {
            let number = now(key)?.and_then(|bytes| number(&bytes)).unwrap_or(0).saturating_add(more);
            Ok((key.to_vec(), number.to_be_bytes().to_vec()))
        };
        sums.into_iter().map(counted).collect()
    }

    /// Refuses what no engine takes.
    pub(crate) fn within_limits(&self) -> Result<(), EngineError> {
        for (key, value) in &self.writes {
            let bytes = value.as_ref().map_or(0, Vec::len);
            if bytes > VALUE_LIMIT {
                return Err(EngineError::TooLarge { bytes, limit: VALUE_LIMIT });
            }
            if key.len() > KEY_LIMIT {
                return Err(EngineError::TooLarge { bytes: key.len(), limit: KEY_LIMIT });
            }
        }
        Ok(())
    }
}

/// Why an engine did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// A check did not hold; nothing was changed.
    #[error("the record was changed meanwhile")]
    Conflict,
    /// The database failed earlier: it takes no more changes, and this, if it was a read, cannot be read any more.
    #[error("the store takes no more changes since it failed: {0}")]
    ReadOnly(Fault),
    /// A read failed.
    #[error("the store cannot be read: {0}")]
    Unreadable(Fault),
    /// A key or value beyond the limit.
    #[error("{bytes} bytes are too many for one record: at most {limit}")]
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// What broke in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Reading or writing a file failed: a full or broken disk, a lost permission.
    #[error("a file could not be read or written")]
    Io,
    /// Its files contradict themselves.
    #[error("its files are damaged")]
    Corruption,
    /// It ran into a defect of its own.
    #[error("the database engine stopped unexpectedly")]
    Stopped,
}

/// Whether a store takes changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It reads and writes.
    Healthy,
    /// It only reads.
    ReadOnly(Fault),
}
