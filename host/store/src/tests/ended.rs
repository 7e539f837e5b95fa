//! A tenant that ends while keys are being wrapped anew: its keys stay gone, and nobody else's wait for them. And one that
//! does not end, as a connection of its is made meanwhile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::{sample, sealed::keys_of};
use crate::{
    Change, Health, HeldKeyRing, KeyRing, StoreError,
    engine::{Batch, Engine, EngineError, Pair, Scan, Snapshot, memory::Memory},
    schema::CONNECTION,
};

/// How many tenants there are: the keys of all are wrapped in two groups.
const TENANTS: u128 = 120;
/// The tenant that ends, in the midst of the first group.
const ENDS: u128 = 7;

/// An engine in which somebody else commits something between the moment one change was staged and the moment it is made.
#[derive(Default)]
struct Meanwhile {
    inner: Memory,
    others: Mutex<Option<Batch>>,
}

impl Meanwhile {
    fn commits(&self, writes: Vec<(Vec<u8>, Option<Vec<u8>>)>) {
        *self.others.lock().unwrap() = Some(Batch { checks: vec![], writes, counts: vec![] });
    }
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
        let others = self.others.lock().unwrap().take();
        if let Some(others) = others {
            self.inner.commit(others).await?;
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
    let engine = Arc::new(Meanwhile::default());
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
    // What ending a tenant does to its keys.
    let of_it = |kind: &str| format!("{kind}/{}", sample::tenant_id(ENDS));
    let mut writes: Vec<_> =
        keys_of(&engine.inner, &of_it("data-key")).await.into_iter().map(String::into_bytes).collect();
    writes.push(of_it("data-key-current").into_bytes());
    engine.commits(writes.into_iter().map(|key| (key, None)).collect());
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

#[tokio::test]
async fn a_tenant_in_which_a_connection_is_made_while_it_ends_stays_with_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Meanwhile::default());
    let ring = KeyRing::generate().unwrap();
    let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), ring).await;
    let tenant = sample::tenant();
    let mut change = Change::new();
    store.tenants().insert(&mut change, &tenant).unwrap();
    store.commit(change).await.unwrap();
    let key = CONNECTION.key(&[&tenant.id, &sample::connection_id(1)]);
    engine.commits(vec![(key, Some(b"made meanwhile".to_vec()))]);
    assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::Conflict)));
    assert!(store.tenants().get(tenant.id).await.unwrap().is_some());
    assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::InUse)));
}
