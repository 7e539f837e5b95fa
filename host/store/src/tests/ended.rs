//! What ends while something else happens to it: a tenant while keys are wrapped anew, or while something is made that needs its
//! own; and contacts, of which there may be very many.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use jackfield_model::{person::Reached, tenant::Tenant};

use super::{sample, sealed::keys_of, telling};
use crate::{
    Change, Fault, Health, HeldKeyRing, KeyRing, Revocation, Store, StoreError,
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
    /// How many keys each batch had.
    sizes: Mutex<Vec<usize>>,
    /// How many batches it takes before it stops.
    stops_after: Mutex<Option<usize>>,
}

impl Meanwhile {
    fn commits(&self, writes: Vec<(Vec<u8>, Option<Vec<u8>>)>) {
        self.commits_all(Batch { checks: vec![], writes, counts: vec![] });
    }

    fn commits_all(&self, batch: Batch) {
        *self.others.lock().unwrap() = Some(batch);
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
        if let Some(left) = self.stops_after.lock().unwrap().as_mut() {
            *left = left.checked_sub(1).ok_or(EngineError::ReadOnly(Fault::Io))?;
        }
        self.sizes.lock().unwrap().push(batch.writes.len());
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

/// A store with a tenant, and the engine below it; opened a second time, it knows none of the keys that the first one opened.
async fn with_a_tenant(folder: &std::path::Path) -> (Arc<Meanwhile>, Store, Store, Tenant) {
    let file = folder.join("keyring");
    KeyRing::generate().unwrap().save(&file).unwrap();
    let engine = Arc::new(Meanwhile::default());
    let over = || sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder, KeyRing::load(&file).unwrap());
    let (store, second, tenant) = (over().await, over().await, sample::tenant());
    let mut change = Change::new();
    store.tenants().insert(&mut change, &tenant).unwrap();
    store.commit(change).await.unwrap();
    (engine, store, second, tenant)
}

#[tokio::test]
async fn a_tenant_that_something_needs_the_keys_of_while_it_ends_stays_with_them() {
    for choice in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (engine, store, _, tenant) = with_a_tenant(folder.path()).await;
        let mut change = Change::new();
        if choice {
            store.choices().create(&mut change, &sample::choice(1), &sample::tokens("rt")).await.unwrap();
        } else {
            store.revocations().create(&mut change, &sample::revocation(1), &sample::tokens("rt")).await.unwrap();
        }
        engine.commits_all(change.batch);
        assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::Conflict)));
        assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::Awaited)));
        let credential = if choice {
            store.choices().credential(&sample::choice(1)).await
        } else {
            store.revocations().credential(&sample::revocation(1)).await
        };
        assert_eq!(sample::refresh_token(&credential.unwrap()), "rt");
    }
}

#[tokio::test]
async fn nothing_that_is_still_needed_is_sealed_with_a_key_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (_, store, second, tenant) = with_a_tenant(folder.path()).await;
    let queue = async |store: &Store, number| {
        let mut change = Change::new();
        store.revocations().create(&mut change, &sample::revocation(number), &sample::tokens("rt")).await.unwrap();
        change
    };
    let late = queue(&store, 1).await;
    // By another's hand: the first one still knows the key that is gone.
    second.tenants().delete(tenant.id, Change::new()).await.unwrap();
    assert!(matches!(store.commit(late).await, Err(StoreError::Conflict)));
    store.commit(queue(&store, 2).await).await.unwrap();
    let credential = second.revocations().credential(&sample::revocation(2)).await.unwrap();
    assert_eq!(sample::refresh_token(&credential), "rt", "sealed anew, it opens by what is stored alone");
}

#[tokio::test]
async fn of_a_tenant_that_is_gone_no_key_stays_longer_than_what_came_late() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, store, _, tenant) = with_a_tenant(folder.path()).await;
    let stays = Tenant { id: sample::tenant_id(2), ..sample::tenant() };
    let mut change = Change::new();
    store.tenants().insert(&mut change, &stays).unwrap();
    let staying = Revocation { id: sample::revocation(2).id, tenant: stays.id, ..sample::revocation(1) };
    store.revocations().create(&mut change, &staying, &sample::tokens("rt-2")).await.unwrap();
    store.commit(change).await.unwrap();
    store.tenants().delete(tenant.id, Change::new()).await.unwrap();
    let mut change = Change::new();
    store.revocations().create(&mut change, &sample::revocation(1), &sample::tokens("rt-1")).await.unwrap();
    store.commit(change).await.unwrap();
    store.tenants().sweep().await.unwrap();
    let credential = store.revocations().credential(&sample::revocation(1)).await.unwrap();
    assert_eq!(sample::refresh_token(&credential), "rt-1", "it waits, and its key with it");
    let mut change = Change::new();
    let waiting = store.revocations().get(sample::revocation(1).id).await.unwrap().unwrap();
    store.revocations().done(&mut change, &waiting);
    store.commit(change).await.unwrap();
    store.tenants().sweep().await.unwrap();
    for kind in ["made/tenant", "data-key", "data-key-current"] {
        let left = keys_of(&engine.inner, kind).await;
        assert!(left.iter().all(|key| !key.contains(&tenant.id.to_string())), "{left:?}");
    }
    let credential = store.revocations().credential(&staying).await.unwrap();
    assert_eq!(sample::refresh_token(&credential), "rt-2", "nobody else's key went");
}

/// More contacts than end in a few commits, and how many keys a commit may have.
const CONTACTS: usize = 3_000;
const FULL: usize = 256;

#[tokio::test]
async fn very_many_contacts_end_a_few_at_a_time_and_those_a_stop_left_end_later() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, store, second, tenant) = with_a_tenant(folder.path()).await;
    let stays = Tenant { id: sample::tenant_id(2), ..sample::tenant() };
    let mut change = Change::new();
    store.tenants().insert(&mut change, &stays).unwrap();
    for number in 0..CONTACTS {
        let reached = Reached { end_user: format!("user-{number}"), ..telling::reached() };
        store.contacts().put(&mut change, tenant.id, &reached).unwrap();
    }
    store.contacts().put(&mut change, stays.id, &telling::reached()).unwrap();
    store.commit(change).await.unwrap();
    engine.sizes.lock().unwrap().clear();
    store.tenants().delete(tenant.id, Change::new()).await.unwrap();
    let left = async || keys_of(&engine.inner, "contact/").await.len() - 1;
    *engine.stops_after.lock().unwrap() = Some(2);
    assert!(store.contacts().clear(tenant.id).await.is_err());
    assert_eq!(left().await, CONTACTS - 2 * FULL);
    // Started again, without anybody who asks for it.
    *engine.stops_after.lock().unwrap() = None;
    second.contacts().sweep().await.unwrap();
    assert_eq!(left().await, 0, "only the other tenant's is there");
    assert!(second.contacts().get(stays.id, &telling::reached().end_user).await.unwrap().is_some());
    let sizes = engine.sizes.lock().unwrap();
    assert!(sizes.iter().all(|size| *size <= FULL), "{sizes:?}");
}
