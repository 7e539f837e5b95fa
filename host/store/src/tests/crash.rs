//! kill -9: whatever was acknowledged is there, and no change is there by half.
//!
//! The test runs itself once more as the process that is killed, after an acknowledgement and not after a time.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{killed, sample};
use crate::{Change, Filter, Store};

const KILLS: usize = 20;
const WRITERS: u128 = 4;

/// The process that is killed. Does nothing unless the test below starts it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by kills_lose_nothing_that_was_acknowledged"]
async fn writer() {
    let Some(folder) = killed::folder() else { return };
    let store = killed::open(&folder).await;
    let taken = store.connections().every(None, usize::MAX).await.unwrap().items.len();
    let first = (taken as u128 + 1) * WRITERS;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            for round in 0.. {
                write(&store, first + round * WRITERS + writer).await;
            }
        });
    }
    tasks.join_all().await;
}

async fn write(store: &Store, number: u128) {
    let connection = sample::connection(number);
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt-1")).await.unwrap();
    store.timeline().append(&mut change, &sample::event(&connection, number)).unwrap();
    store.commit(change).await.unwrap();
    killed::say("ack", number, 1);
    let mut found = store.connections().get(connection.tenant, connection.id).await.unwrap().unwrap();
    let mut change = Change::new();
    store.connections().put_credential(&mut change, &mut found, &sample::tokens("rt-2")).await.unwrap();
    store.commit(change).await.unwrap();
    killed::say("ack", number, 2);
}

#[tokio::test]
async fn kills_lose_nothing_that_was_acknowledged() {
    let folder = killed::fresh();
    let (mut acknowledged, mut highest) = (0, BTreeMap::new());
    for kill in 0..KILLS {
        acknowledged += write_until_killed(folder.path(), 5 + kill * 7, &mut highest);
        check(folder.path(), &highest).await;
    }
    assert!(acknowledged > KILLS * 5, "{acknowledged} acknowledgements in {KILLS} kills");
}

/// Starts the writer, kills it after so many acknowledgements, and notes every one it still managed to give.
fn write_until_killed(folder: &Path, after: usize, highest: &mut BTreeMap<u128, u64>) -> usize {
    let said = killed::until_killed("tests::crash::writer", folder, "ack", after);
    highest.extend(said.iter().map(|said| (said.number, said.beside)));
    said.len()
}

async fn check(folder: &Path, highest: &BTreeMap<u128, u64>) {
    let store = killed::open(folder).await;
    let tenant = sample::tenant_id(1);
    for (number, version) in highest {
        let (found, _) = store.connections().open(tenant, sample::connection_id(*number)).await.unwrap().unwrap();
        assert!(found.version >= *version, "connection {number} fell back to version {}", found.version);
    }
    let mut by_user = BTreeSet::new();
    for user in ["user-0", "user-1"] {
        let filter = Filter { end_user: Some(user.into()), ..Filter::default() };
        let page = store.connections().list(tenant, &filter, crate::Order::Oldest, None, usize::MAX).await.unwrap();
        by_user.extend(page.items.into_iter().map(|found| found.id));
    }
    let all = store.connections().every(None, usize::MAX).await.unwrap();
    assert!(all.unreadable.is_empty());
    for connection in &all.items {
        let credential = store.connections().credential(connection).await.unwrap().unwrap();
        assert_eq!(sample::refresh_token(&credential), format!("rt-{}", connection.version));
        assert_eq!(store.timeline().list(tenant, connection.id, None, 9).await.unwrap().items.len(), 1);
        assert!(by_user.contains(&connection.id), "an index entry is missing");
    }
    assert_eq!(by_user.len(), all.items.len());
}
