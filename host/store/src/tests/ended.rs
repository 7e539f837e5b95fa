//! A tenant that ends while keys are being wrapped anew: its keys stay gone, and nobody else's wait for them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;

use super::{sample, sealed::keys_of};
use crate::{
    Change, Health, HeldKeyRing, KeyRing,
    engine::{Batch, Engine, EngineError, Pair, Scan, Snapshot, memory::Memory},
};

/// How many tenants there are: the keys of all are wrapped in two groups.
const TENANTS: u128 = 120;
/// The tenant that ends, in the midst of the first group.
const ENDS: u128 = 7;

/// An engine in which a tenant ends between the moment its wrapped key was read and the moment it is written.
struct Meanwhile {
    inner: Memory,
    armed: AtomicBool,
}

#[async_trait]
impl Engine for Meanwhile {
    async fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.inner.get(key).await
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<Pair>, EngineError> {
        self.inner.scan(scan).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), EngineError> {
        if self.armed.swap(false, Ordering::SeqCst) {
            // What ending a tenant does to its keys, committed by somebody else.
            let tenant = sample::tenant_id(ENDS);
            let of_it = |kind: &str| format!("{kind}/{tenant}");
            let mut writes = Vec::new();
            for key in keys_of(&self.inner, &of_it("data-key")).await {
                writes.push((key.into_bytes(), None));
            }
            writes.push((of_it("data-key-current").into_bytes(), None));
            self.inner.commit(Batch { checks: vec![], writes, counts: vec![] }).await?;
        }
        self.inner.commit(batch).await
    }

    async fn count(&self, prefix: &[u8]) -> Result<u64, EngineError> {
        self.inner.count(prefix).await
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, EngineError> {
        self.inner.snapshot().await
    }

    fn health(&self) -> Health {
        self.inner.health()
    }
}

#[tokio::test]
async fn a_tenant_that_ends_while_keys_are_wrapped_anew_stays_ended_and_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyring");
    KeyRing::generate().unwrap().save(&file).unwrap();
    let ring = || KeyRing::load(&file).unwrap();
    let engine = Arc::new(Meanwhile { inner: Memory::default(), armed: AtomicBool::new(false) });
    let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), ring()).await;
    for tenant in 1..=TENANTS {
        let mut connection = sample::connection(tenant);
        connection.tenant = sample::tenant_id(tenant);
        let mut change = Change::new();
        store.connections().create(&mut change, &connection, &sample::tokens(&format!("rt-{tenant}"))).await.unwrap();
        store.commit(change).await.unwrap();
    }
    let (old, wider) = (ring().primary(), ring().with_new_primary().unwrap());
    let new = wider.primary();
    HeldKeyRing::load(&file).unwrap().replace(&wider).unwrap();
    store.take_key_ring(wider).await.unwrap();
    engine.armed.store(true, Ordering::SeqCst);
    let done = store.rewrap().await.unwrap();
    let status = store.key_ring_status().await.unwrap();
    assert_eq!((status.wrapped[&old], status.unreadable), (0, 0), "{status:?}");
    assert_eq!(status.wrapped[&new], done, "everything that is left was wrapped anew, and counted once");
    let left = keys_of(&engine.inner, &format!("data-key/{}", sample::tenant_id(ENDS))).await;
    assert!(left.is_empty(), "an ended tenant's key came back: {left:?}");
    // From what is stored alone, without the old key: everybody else's credentials open, and the ended tenant's do not.
    let narrower = ring().without(old).unwrap();
    let again = sample::over(engine as Arc<dyn Engine>, folder.path(), narrower).await;
    for tenant in 1..=TENANTS {
        let opened = again.connections().open(sample::tenant_id(tenant), sample::connection_id(tenant)).await;
        assert_eq!(opened.is_ok_and(|found| found.is_some()), tenant != ENDS, "{tenant}");
    }
}
