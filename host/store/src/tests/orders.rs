//! Lists in an order: right, complete over their pages, kept in step, and read at the same cost however long they are.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use async_trait::async_trait;
use jackfield_model::{
    connection::{Connection, Verification},
    expiry::{Expiry, Source},
    id::ConnectionId,
    status::Status,
};

use super::sample::{self, at};
use crate::{
    Audience, Change, Filter, KeyRing, Sort, Store, Wanted,
    engine::{Batch, Engine, EngineError, Health, Pair, Scan, Snapshot, memory::Memory},
};

/// Counts what is read.
#[derive(Default)]
struct Counting {
    inner: Memory,
    values: AtomicUsize,
    bytes: AtomicUsize,
}

#[async_trait]
impl Engine for Counting {
    async fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let found = self.inner.get(key).await?;
        self.values.fetch_add(1, Relaxed);
        self.bytes.fetch_add(found.as_ref().map_or(0, Vec::len), Relaxed);
        Ok(found)
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<Pair>, EngineError> {
        let pairs = self.inner.scan(scan).await?;
        self.values.fetch_add(pairs.len(), Relaxed);
        self.bytes.fetch_add(pairs.iter().map(|(key, value)| key.len() + value.len()).sum(), Relaxed);
        Ok(pairs)
    }

    async fn count(&self, prefix: &[u8]) -> Result<u64, EngineError> {
        self.inner.count(prefix).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), EngineError> {
        self.inner.commit(batch).await
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, EngineError> {
        self.inner.snapshot().await
    }

    fn health(&self) -> Health {
        self.inner.health()
    }
}

fn connection(number: u32) -> Connection {
    let mut connection = sample::connection(u128::from(number));
    connection.id = ConnectionId::new(at(i64::from(number)), u128::from(number));
    connection.end_user = match number % 3 {
        0 => None,
        1 if number < 90 => Some("ada".into()),
        _ => Some("bob".into()),
    };
    connection.name = format!("{} {number:05}", ["Zoo", "abacus", "Middle"][number as usize % 3]);
    connection.connector = ["slack", "github"][number as usize % 2].into();
    connection.status = if number.is_multiple_of(7) { Status::Failing } else { Status::Active };
    connection.clocks.grant =
        (!number.is_multiple_of(4)).then(|| Expiry { at: at(9000 - i64::from(number)), source: Source::Declared });
    connection.verification = (!number.is_multiple_of(5)).then(|| Verification {
        at: at(i64::from(number * 37 % 101)),
        by: "host".into(),
        latency_ms: 1,
        failure: None,
        doubts: 0,
    });
    connection
}

async fn fill(store: &Store, count: u32) {
    for number in 1..=count {
        let mut change = Change::new();
        store.connections().create(&mut change, &connection(number), &sample::tokens("rt")).await.unwrap();
        store.commit(change).await.unwrap();
    }
}

fn wanted(audiences: &[Audience], sort: Sort) -> Wanted {
    Wanted { audiences: audiences.to_vec(), filter: Filter::default(), sort }
}

/// Every connection of a list, page by page.
async fn all(store: &Store, wanted: &Wanted, limit: usize) -> Vec<Connection> {
    let (mut found, mut after) = (vec![], None);
    loop {
        let page = store.connections().sorted(sample::tenant_id(1), wanted, after.as_deref(), limit).await.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items.into_iter().map(|found| found.record));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

const SORTS: [Sort; 7] =
    [Sort::Newest, Sort::Oldest, Sort::Name, Sort::Service, Sort::Attention, Sort::Verified, Sort::Ends];

#[tokio::test]
async fn every_order_holds_every_connection_once_in_its_place() {
    let (store, ..) = sample::in_memory().await;
    fill(&store, 40).await;
    for sort in SORTS {
        let mine = [Audience::Of("ada".into()), Audience::Shared];
        for (audiences, count) in [(&[Audience::All][..], 40), (&mine[..], 27), (&mine[..1], 14)] {
            let found = all(&store, &wanted(audiences, sort), 6).await;
            let ids: BTreeSet<ConnectionId> = found.iter().map(|one| one.id).collect();
            assert_eq!((found.len(), ids.len()), (count, count), "{sort:?}");
            for pair in found.windows(2) {
                let (one, next) = (&pair[0], &pair[1]);
                let ends = |one: &Connection| one.clocks.grant.map_or(at(99_999), |end| end.at);
                let verified = |one: &Connection| one.verification.as_ref().map_or(at(-1), |last| last.at);
                let right = match sort {
                    Sort::Newest => one.id > next.id,
                    Sort::Oldest => one.id < next.id,
                    Sort::Name => one.name.to_lowercase() < next.name.to_lowercase(),
                    Sort::Service => one.connector <= next.connector,
                    Sort::Attention => one.status == Status::Failing || next.status == Status::Active,
                    Sort::Verified => verified(one) <= verified(next),
                    Sort::Ends => ends(one) <= ends(next),
                };
                assert!(right, "{sort:?}: {} before {}", one.name, next.name);
            }
        }
    }
}

#[tokio::test]
async fn what_is_filtered_is_found_in_every_order() {
    let (store, ..) = sample::in_memory().await;
    fill(&store, 40).await;
    let filters = [
        (Filter { connector: Some("slack".into()), ..Filter::default() }, 20),
        (Filter { status: vec![Status::Failing, Status::Revoked], ..Filter::default() }, 5),
        (Filter { connector: Some("slack".into()), status: vec![Status::Failing], ..Filter::default() }, 2),
        (Filter { text: Some("ABACUS".into()), ..Filter::default() }, 14),
    ];
    for sort in SORTS {
        for (filter, count) in &filters {
            let wanted = Wanted { filter: filter.clone(), ..wanted(&[Audience::All], sort) };
            assert_eq!(all(&store, &wanted, 3).await.len(), *count, "{sort:?} {filter:?}");
        }
    }
}

#[tokio::test]
async fn an_entry_moves_with_its_connection_and_goes_with_it() {
    let (store, engine, _folder) = sample::in_memory().await;
    fill(&store, 4).await;
    let entries = super::sealed::keys_of(&*engine, "connection-order/").await.len();
    let mut found = store.connections().get(sample::tenant_id(1), connection(1).id).await.unwrap().unwrap();
    found.name = "000".into();
    found.status = Status::NeedsReauthorization;
    let mut change = Change::new();
    store.connections().update(&mut change, &mut found).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(super::sealed::keys_of(&*engine, "connection-order/").await.len(), entries);
    for sort in [Sort::Name, Sort::Attention] {
        assert_eq!(all(&store, &wanted(&[Audience::All], sort), 2).await[0].id, found.id);
    }
    let mut change = Change::new();
    store.connections().delete(&mut change, &found);
    store.commit(change).await.unwrap();
    assert_eq!(all(&store, &wanted(&[Audience::All], Sort::Name), 2).await.len(), 3);
    let left = super::sealed::keys_of(&*engine, "connection-order/").await;
    assert!(left.iter().all(|key| !key.ends_with(&found.id.to_string())), "{left:?}");
    assert!(left.iter().all(|key| !key.contains("abacus") && !key.contains("ada")), "no key holds what somebody typed");
}

/// What it takes to open a store a second time.
struct Before {
    engine: Arc<Memory>,
    folder: tempfile::TempDir,
    ring: KeyRing,
}

impl Before {
    /// A store of five connections, as its first opening left it.
    async fn filled() -> (Store, Self) {
        let (folder, engine, first) = (tempfile::tempdir().unwrap(), Arc::default(), KeyRing::generate().unwrap());
        let ring = sample::ring_from(&first, folder.path());
        let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), first).await;
        fill(&store, 5).await;
        (store, Self { engine, folder, ring })
    }

    async fn opened_again(&self) -> Store {
        let ring = sample::ring_from(&self.ring, self.folder.path());
        sample::over(Arc::clone(&self.engine) as Arc<dyn Engine>, self.folder.path(), ring).await
    }
}

#[tokio::test]
async fn a_store_of_before_gets_the_index_when_it_is_opened() {
    let (store, before) = Before::filled().await;
    for key in super::sealed::keys_of(&*before.engine, "").await {
        if key.starts_with("connection-order/") || key == "meta/connection-order" {
            let writes = vec![(key.into_bytes(), None)];
            before.engine.commit(Batch { checks: vec![], writes, counts: vec![] }).await.unwrap();
        }
    }
    assert!(all(&store, &wanted(&[Audience::All], Sort::Name), 9).await.is_empty());
    let store = before.opened_again().await;
    assert_eq!(all(&store, &wanted(&[Audience::All], Sort::Name), 9).await.len(), 5);
    assert_eq!(all(&store, &wanted(&[Audience::Shared], Sort::Newest), 9).await.len(), 1);
}

#[tokio::test]
async fn lists_of_end_users_of_a_store_of_before_are_taken_out() {
    let (_, before) = Before::filled().await;
    let kept = super::sealed::keys_of(&*before.engine, "connection-order/").await;
    let mut writes = vec![(b"meta/connection-order".to_vec(), Some(vec![1]))];
    for key in kept.iter().filter(|key| key.contains("/all/")) {
        writes.push((key.replace("/all/", "/of-0f1e/").into_bytes(), Some(vec![])));
    }
    assert_eq!(writes.len(), 1 + 5 * 5);
    before.engine.commit(Batch { checks: vec![], writes, counts: vec![] }).await.unwrap();
    let store = before.opened_again().await;
    assert_eq!(super::sealed::keys_of(&*before.engine, "connection-order/").await, kept);
    assert_eq!(before.engine.get(b"meta/connection-order").await.unwrap(), Some(vec![2]));
    assert_eq!(all(&store, &wanted(&[Audience::Of("ada".into())], Sort::Name), 9).await.len(), 2);
}

#[tokio::test]
async fn who_has_more_than_is_looked_at_gets_all_of_it_by_age() {
    let (store, ..) = sample::in_memory().await;
    let mut change = Change::new();
    for number in 0..2_001 {
        let made = Connection { end_user: Some("robot".into()), ..connection(number) };
        store.connections().create(&mut change, &made, &sample::tokens("rt")).await.unwrap();
    }
    store.commit(change).await.unwrap();
    let found = all(&store, &wanted(&[Audience::Of("robot".into()), Audience::Shared], Sort::Name), 500).await;
    assert_eq!(found.len(), 2_001);
    assert!(found.windows(2).all(|pair| pair[0].id < pair[1].id));
}

#[tokio::test]
async fn ten_thousand_are_listed_with_the_reads_of_a_hundred() {
    let mut costs = vec![];
    for count in [100, 10_000] {
        let folder = tempfile::tempdir().unwrap();
        let engine = Arc::new(Counting::default());
        let ring = KeyRing::generate().unwrap();
        let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), ring).await;
        fill(&store, count).await;
        let mut of_count = vec![];
        for sort in SORTS {
            for audiences in [vec![Audience::All], vec![Audience::Of("ada".into()), Audience::Shared]] {
                engine.values.store(0, Relaxed);
                let page = store.connections().sorted(sample::tenant_id(1), &wanted(&audiences, sort), None, 25).await;
                assert_eq!(page.unwrap().items.len(), 25);
                of_count.push(engine.values.load(Relaxed));
            }
        }
        costs.push(of_count);
    }
    assert_eq!(costs[0], costs[1], "values read for a page, of a hundred and of ten thousand");
    // Of an end user's own, which are 30 here, each is read to find its place.
    assert!(costs[0].iter().all(|values| *values <= 25 + 28 + 2 * 30), "{costs:?}");
}
