//! The embedded engine: sled 0.34.7 with the durability it lacks on its own.
//!
//! As it ships, `flush()` is no fsync on Linux, and `flush_async` deadlocks. Here one thread writes (`writer`):
//! it applies what waits, flushes, syncs the file, and only then answers. Single gets and the first pairs of a scan are read
//! where they are asked for: they are look-ups in memory or a small read. The rest of a scan may touch many pages and is read
//! on blocking threads.

mod open;
mod piece;
mod snapshot;
#[cfg(test)]
mod trips;
mod writer;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;

use crate::engine::{Batch, Engine, EngineError, Fault, Health, Pair, Scan, Snapshot};

pub use open::EngineOpenError;
pub(crate) use open::lock;
#[cfg(test)]
pub(crate) use trips::Point;

/// How many pairs a scan reads where it was asked: they lie on a few pages, and most scans find fewer. Handing those to
/// another thread takes longer than reading them.
const FEW: usize = 16;

/// sled behind the engine trait.
pub(crate) struct SledEngine {
    // Dropped in this order: the writer ends, then the database closes, then the lock goes.
    writer: writer::Writer,
    shared: Arc<Shared>,
}

/// What the writer and readers share.
pub(crate) struct Shared {
    database: sled::Db,
    fault: OnceLock<Fault>,
    snapshots: snapshot::Snapshots,
    files: open::Files,
    #[cfg(test)]
    trips: trips::Trips,
}

impl Shared {
    /// From now on the store only reads.
    fn fail(&self, fault: Fault) {
        if self.fault.set(fault).is_ok() {
            tracing::error!(%fault, "the store takes no more changes; restart the host once the cause is gone");
        }
    }

    /// Runs a read; a panic inside sled becomes an error of this read. Since the store failed it is said that it did: sled reads
    /// what it can without writing, and what it cannot will not come back until a restart.
    fn read<T>(&self, read: impl FnOnce() -> sled::Result<T>) -> Result<T, EngineError> {
        let broke = match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => fault_of(&error),
            Err(_) => Fault::Stopped,
        };
        Err(self.fault.get().map_or(EngineError::Unreadable(broke), |fault| EngineError::ReadOnly(*fault)))
    }
}

impl SledEngine {
    /// Opens or creates the database in `directory`, locked by a file beside it. Blocks.
    pub(crate) fn open(directory: &Path, cache_bytes: u64) -> Result<Self, EngineOpenError> {
        let (database, files) = open::open(directory, cache_bytes)?;
        let shared = Arc::new(Shared {
            database,
            fault: OnceLock::new(),
            snapshots: snapshot::Snapshots::default(),
            files,
            #[cfg(test)]
            trips: trips::Trips::default(),
        });
        let writer = writer::Writer::start(Arc::clone(&shared)).map_err(EngineOpenError::Thread)?;
        Ok(Self { writer, shared })
    }

    /// Lets the so-manieth change from now on fail at that point.
    #[cfg(test)]
    pub(crate) fn trip(&self, point: Point, number: u32) {
        self.shared.trips.set(point, number);
    }
}

#[async_trait]
impl Engine for SledEngine {
    async fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let found = self.shared.read(|| self.shared.database.get(key))?;
        Ok(found.map(|value| value.to_vec()))
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<Pair>, EngineError> {
        let first = Scan { limit: scan.limit.min(FEW), ..scan.clone() };
        let mut pairs = self.shared.read(|| collect(&self.shared.database, &first))?;
        let left = scan.limit - first.limit;
        if left == 0 || pairs.len() < first.limit {
            return Ok(pairs);
        }
        let rest = Scan { after: pairs.last().map(|(key, _)| key.clone()), limit: left, ..scan };
        let shared = Arc::clone(&self.shared);
        let scanned = tokio::task::spawn_blocking(move || shared.read(|| collect(&shared.database, &rest)));
        pairs.extend(scanned.await.map_err(|_| EngineError::Unreadable(Fault::Stopped))??);
        Ok(pairs)
    }

    async fn count(&self, prefix: &[u8]) -> Result<u64, EngineError> {
        let (shared, prefix) = (Arc::clone(&self.shared), prefix.to_vec());
        let counted = move || {
            shared.read(|| shared.database.scan_prefix(&prefix).keys().try_fold(0, |count, key| key.map(|_| count + 1)))
        };
        tokio::task::spawn_blocking(counted).await.map_err(|_| EngineError::Unreadable(Fault::Stopped))?
    }

    async fn commit(&self, batch: Batch) -> Result<(), EngineError> {
        batch.within_limits()?;
        self.writer.commit(batch).await.unwrap_or(Err(EngineError::ReadOnly(Fault::Stopped)))
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, EngineError> {
        Ok(Box::new(self.shared.snapshots.begin(Arc::clone(&self.shared))))
    }

    fn health(&self) -> Health {
        self.shared.fault.get().map_or(Health::Healthy, |fault| Health::ReadOnly(*fault))
    }
}

fn collect(database: &sled::Db, scan: &Scan) -> sled::Result<Vec<Pair>> {
    let mut range = database.scan_prefix(&scan.prefix);
    if let Some(after) = &scan.after {
        // An exclusive bound outside the prefix must not widen the range.
        let end = prefix_end(&scan.prefix);
        range = match scan.backwards {
            false if *after < scan.prefix => database.scan_prefix(&scan.prefix),
            false if end.as_ref().is_some_and(|end| after >= end) => return Ok(vec![]),
            false => database.range((std::ops::Bound::Excluded(after.clone()), upper(end))),
            true if *after <= scan.prefix => return Ok(vec![]),
            true if end.as_ref().is_some_and(|end| after >= end) => database.scan_prefix(&scan.prefix),
            true => database.range(scan.prefix.clone()..after.clone()),
        };
    }
    let owned = |pair: sled::Result<(sled::IVec, sled::IVec)>| pair.map(|(key, value)| (key.to_vec(), value.to_vec()));
    if scan.backwards {
        range.rev().take(scan.limit).map(owned).collect()
    } else {
        range.take(scan.limit).map(owned).collect()
    }
}

fn upper(end: Option<Vec<u8>>) -> std::ops::Bound<Vec<u8>> {
    end.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded)
}

/// The first key behind all that start with `prefix`; none where there is no such key.
fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix.get(..=kept)?.to_vec();
    *end.last_mut()? += 1;
    Some(end)
}

fn fault_of(error: &sled::Error) -> Fault {
    match error {
        sled::Error::Io(_) => Fault::Io,
        sled::Error::Corruption { .. } => Fault::Corruption,
        sled::Error::CollectionNotFound(_) | sled::Error::Unsupported(_) | sled::Error::ReportableBug(_) => {
            Fault::Stopped
        }
    }
}

#[cfg(test)]
mod tests;
