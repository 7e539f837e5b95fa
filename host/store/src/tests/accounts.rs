//! The index of accounts, and the choices that wait between them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use super::sample::{self, at};
use crate::{Change, Store};

async fn create(store: &Store, number: u128) {
    let mut change = Change::new();
    let connection = sample::connection(number);
    store.connections().create(&mut change, &connection, &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
}

async fn same(store: &Store, number: u128) -> Vec<u128> {
    let found = store.connections().of_same_account(&sample::connection(number)).await.unwrap();
    let ids = store.connections().ids_of_same_account(&sample::connection(number), 100).await.unwrap();
    assert_eq!(ids, found.iter().map(|one| one.id).collect::<Vec<_>>(), "the index and the records say the same");
    (1..9).filter(|number| found.iter().any(|one| one.id == sample::connection(*number).id)).collect()
}

#[tokio::test]
async fn connections_to_one_account_find_each_other_until_they_leave_it() {
    let (store, engine, _folder) = sample::in_memory().await;
    for number in [1, 2, 3] {
        create(&store, number).await;
    }
    assert_eq!(same(&store, 2).await, [1, 3]);
    // Another account: it leaves the old one's index and enters its own.
    let connections = store.connections();
    let mut found = connections.get(sample::connection(1).tenant, sample::connection(1).id).await.unwrap().unwrap();
    let mut change = Change::new();
    connections.leave_account(&mut change, &found);
    found.account.as_mut().unwrap().id = "other".into();
    connections.update(&mut change, &mut found).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(same(&store, 2).await, [3]);
    assert!(connections.of_same_account(&found).await.unwrap().is_empty());
    assert_eq!(connections.of_account(found.tenant, "github", "other").await.unwrap().len(), 1);
    assert!(connections.of_account(found.tenant, "gitlab", "other").await.unwrap().is_empty());
    let mut change = Change::new();
    connections.delete(&mut change, &found);
    store.commit(change).await.unwrap();
    assert_eq!(super::sealed::keys_of(&*engine, "connection-by-account").await.len(), 2);
    // The index names nobody.
    let keys = super::sealed::keys_of(&*engine, "connection-by-account").await;
    assert!(keys.iter().all(|key| !key.contains("583231")));
}

#[tokio::test]
async fn a_choice_waits_sealed_and_is_over_in_time() {
    let (store, engine, _folder) = sample::in_memory().await;
    let choice = sample::choice(2);
    let mut change = Change::new();
    store.choices().create(&mut change, &choice, &sample::tokens("rt-waiting")).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(store.choices().over(at(599), 9).await.unwrap().is_empty());
    let over = store.choices().over(at(600), 9).await.unwrap();
    assert_eq!(over[0].record, choice);
    let credential = store.choices().credential(&over[0]).await.unwrap();
    assert_eq!(sample::refresh_token(&credential), "rt-waiting");
    let mut change = Change::new();
    store.choices().done(&mut change, &over[0]);
    store.commit(change).await.unwrap();
    assert!(store.choices().get(choice.session).await.unwrap().is_none());
    for kind in ["choice-secret", "choice-due"] {
        assert!(super::sealed::keys_of(&*engine, kind).await.is_empty(), "{kind}");
    }
}
