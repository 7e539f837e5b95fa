//! An engine without files: shows that the suite asks nothing that only sled can do, and loads frozen records.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{Batch, Engine, EngineError, Expect, Health, Pair, Scan, Snapshot};

#[derive(Default)]
pub(crate) struct Memory(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Memory {
    pub(crate) fn holding(pairs: impl IntoIterator<Item = Pair>) -> Self {
        Self(Mutex::new(pairs.into_iter().collect()))
    }

    fn map(&self) -> std::sync::MutexGuard<'_, BTreeMap<Vec<u8>, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Engine for Memory {
    async fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(self.map().get(key).cloned())
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<Pair>, EngineError> {
        let map = self.map();
        let inside = map.iter().filter(|(key, _)| key.starts_with(&scan.prefix));
        let pairs: Vec<Pair> = inside.map(|(key, value)| (key.clone(), value.clone())).collect();
        let ordered: Box<dyn Iterator<Item = Pair>> =
            if scan.backwards { Box::new(pairs.into_iter().rev()) } else { Box::new(pairs.into_iter()) };
        let unseen = ordered.filter(|(key, _)| match &scan.after {
            None => true,
            Some(after) if scan.backwards => key < after,
            Some(after) => key > after,
        });
        Ok(unseen.take(scan.limit).collect())
    }

    async fn count(&self, prefix: &[u8]) -> Result<u64, EngineError> {
        let found = self.map().keys().filter(|key| key.starts_with(prefix)).count();
        Ok(u64::try_from(found).unwrap_or(u64::MAX))
    }

    async fn commit(&self, batch: Batch) -> Result<(), EngineError> {
        batch.within_limits()?;
        let mut map = self.map();
        let holds = |(key, expect): &(Vec<u8>, Expect)| match expect {
            Expect::NothingBelow => !map.keys().any(|known| known.starts_with(key)),
            expect => expect.holds(map.get(key).map(Vec::as_slice)),
        };
        if !batch.checks.iter().all(holds) {
            return Err(EngineError::Conflict);
        }
        for (key, value) in &batch.writes {
            match value {
                Some(value) => map.insert(key.clone(), value.clone()),
                None => map.remove(key),
            };
        }
        let counted = batch.counted(|key| Ok::<_, EngineError>(map.get(key).cloned()))?;
        map.extend(counted);
        Ok(())
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, EngineError> {
        Ok(Box::new(Copied(Some(self.map().clone().into_iter().collect()))))
    }

    fn health(&self) -> Health {
        Health::Healthy
    }
}

struct Copied(Option<Vec<Pair>>);

#[async_trait]
impl Snapshot for Copied {
    async fn next(&mut self) -> Result<Option<Vec<Pair>>, EngineError> {
        Ok(self.0.take())
    }
}
