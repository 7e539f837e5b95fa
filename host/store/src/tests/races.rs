//! Many tasks, one winner.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

use tokio::task::JoinSet;

use super::sample::{self, secret};
use crate::{Change, Handle, StoreError};

#[tokio::test(flavor = "multi_thread")]
async fn core_14_of_many_callbacks_one_takes_the_state() {
    let (store, _folder) = sample::on_disk().await;
    for round in 0..20 {
        let mut request = sample::authorization();
        request.id = jackfield_model::id::AuthorizationId::new(sample::at(0), round);
        let state = format!("state-{round}");
        let mut change = Change::new();
        store
            .authorizations()
            .create(&mut change, request, &sample::secrets(), Handle::State(&secret(&state)))
            .await
            .unwrap();
        store.commit(change).await.unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..12 {
            let (store, state) = (store.clone(), secret(&state));
            tasks.spawn(async move { store.authorizations().take_state(&state).await.unwrap() });
        }
        let mut claims: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        assert_eq!(claims.len(), 1, "round {round}");

        let ticket = format!("ticket-{round}");
        let mut change = Change::new();
        store.authorizations().park(&mut change, claims.remove(0), &secret(&ticket)).await.unwrap();
        store.commit(change).await.unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..12 {
            let (store, ticket) = (store.clone(), secret(&ticket));
            tasks.spawn(async move { store.authorizations().take_ticket(&ticket).await.unwrap() });
        }
        assert_eq!(tasks.join_all().await.into_iter().flatten().count(), 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_refreshes_from_one_version_one_is_stored() {
    let (store, _folder) = sample::on_disk().await;
    let connection = sample::connection(1);
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt-0")).await.unwrap();
    store.commit(change).await.unwrap();
    let read = store.connections().get(connection.tenant, connection.id).await.unwrap().unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        let (store, mut changed) = (store.clone(), read.clone());
        tasks.spawn(async move {
            let mut change = Change::new();
            let refreshed = sample::tokens(&format!("rt-{number}"));
            store.connections().put_credential(&mut change, &mut changed, &refreshed).await.unwrap();
            store.timeline().append(&mut change, &sample::event(&changed, number)).unwrap();
            match store.commit(change).await {
                Ok(()) => Some(number),
                Err(StoreError::Conflict) => None,
                Err(error) => panic!("{error}"),
            }
        });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(won.len(), 1);
    let (found, credential) = store.connections().open(connection.tenant, connection.id).await.unwrap().unwrap();
    assert_eq!(found.version, 2);
    assert_eq!(
        Some(sample::refresh_token(&credential.unwrap())),
        won.first().map(|won| format!("rt-{won}")).as_deref()
    );
    assert_eq!(store.timeline().list(connection.tenant, connection.id, None, 99).await.unwrap().items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_amendment_counts_while_others_write() {
    let (store, _folder) = sample::on_disk().await;
    let connection = sample::connection(1);
    let (tenant, id) = (connection.tenant, connection.id);
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            let connections = store.connections();
            for round in 0..4 {
                let amended = connections.amend::<StoreError>(tenant, id, |connection, _| {
                    connection.actions.insert(format!("action-{task}-{round}"));
                    Ok(())
                });
                amended.await.unwrap().unwrap();
                // Readers meanwhile always see a connection with its credential.
                assert!(connections.open(tenant, id).await.unwrap().unwrap().1.is_some());
            }
        });
    }
    tasks.join_all().await;
    let found = store.connections().get(tenant, id).await.unwrap().unwrap();
    assert_eq!(found.actions.len(), 1 + 8 * 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_seals_of_a_tenant_agree_on_one_key() {
    let (store, _folder) = sample::on_disk().await;
    let mut tasks = JoinSet::new();
    for number in 1..=16 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut change = Change::new();
            store.connections().create(&mut change, &sample::connection(number), &sample::tokens("rt")).await.unwrap();
            store.commit(change).await.unwrap();
        });
    }
    tasks.join_all().await;
    let status = store.key_ring_status().await.unwrap();
    assert_eq!(status.wrapped.values().sum::<u64>(), 3, "two host keys and one data key: {status:?}");
    for number in 1..=16 {
        let opened =
            store.connections().open(sample::tenant_id(1), sample::connection_id(number)).await.unwrap().unwrap();
        assert!(opened.1.is_some());
    }
}
