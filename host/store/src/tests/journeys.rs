//! Several nouns in one change, as connecting and refreshing do it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use jackfield_model::{
    connection::{Connection, RefreshState},
    session::Stage,
};
use jiff::SignedDuration;

use super::sample::{self, at, secret};
use crate::{Change, Due, Handle, JournalEntry, RESPONSE_LIMIT, StoreError};

#[tokio::test]
async fn connecting_takes_state_once_parks_and_takes_the_ticket_once() {
    let (store, engine, _folder) = sample::in_memory().await;
    let (requests, state, ticket) = (store.authorizations(), secret("state-1"), secret("ticket-1"));
    let mut change = Change::new();
    store.sessions().create(&mut change, &sample::session(), &secret("link")).unwrap();
    requests.create(&mut change, sample::authorization(), &sample::secrets(), Handle::State(&state)).await.unwrap();
    store.commit(change).await.unwrap();

    assert_eq!(requests.find(Handle::State(&state)).await.unwrap().unwrap(), sample::authorization());
    assert!(requests.take_state(&secret("state-2")).await.unwrap().is_none());
    assert!(requests.take_ticket(&state).await.unwrap().is_none(), "a state is no ticket");
    let mut claim = requests.take_state(&state).await.unwrap().unwrap();
    assert_eq!(claim.secrets.verifier, Some(secret("canary-verifier-0d1e")));
    assert!(requests.take_state(&state).await.unwrap().is_none());
    assert!(requests.find(Handle::State(&state)).await.unwrap().is_none());

    claim.secrets.code = Some(secret("the-code"));
    claim.authorization.expires_at = at(120);
    let mut session = store.sessions().find(&secret("link")).await.unwrap().unwrap();
    session.stage = Stage::Parked { authorization: claim.authorization.id };
    let mut change = Change::new();
    requests.park(&mut change, claim, &ticket).await.unwrap();
    store.sessions().update(&mut change, &mut session).await.unwrap();
    store.commit(change).await.unwrap();

    assert_eq!(requests.get(sample::authorization().id).await.unwrap().unwrap().expires_at, at(120));
    let claim = requests.take_ticket(&ticket).await.unwrap().unwrap();
    assert_eq!(claim.secrets.code, Some(secret("the-code")));
    assert_eq!(claim.secrets.fields["token"], secret("canary-typed-5c5c"));
    assert!(requests.take_ticket(&ticket).await.unwrap().is_none());
    assert_eq!(super::sealed::keys_of(&*engine, "authorization").await, [""; 0], "nothing stays behind");

    let connection = sample::connection(1);
    session.stage = Stage::Completed { connection: connection.id };
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt-1")).await.unwrap();
    store.timeline().append(&mut change, &sample::event(&connection, 1)).unwrap();
    store.sessions().update(&mut change, &mut session).await.unwrap();
    store.commit(change).await.unwrap();
    let (found, credential) = store.connections().open(connection.tenant, connection.id).await.unwrap().unwrap();
    assert_eq!(found.record, connection);
    assert_eq!(sample::refresh_token(&credential.unwrap()), "rt-1");
}

#[tokio::test]
async fn a_typed_key_starts_with_its_ticket_and_is_swept_when_over() {
    let (store, engine, _folder) = sample::in_memory().await;
    let (requests, ticket) = (store.authorizations(), secret("ticket-2"));
    let mut change = Change::new();
    requests.create(&mut change, sample::authorization(), &sample::secrets(), Handle::Ticket(&ticket)).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(requests.take_state(&ticket).await.unwrap().is_none());
    assert!(requests.find(Handle::Ticket(&ticket)).await.unwrap().is_some());
    assert_eq!(requests.sweep(at(604)).await.unwrap(), 0);
    assert_eq!(requests.sweep(at(605)).await.unwrap(), 1);
    assert!(requests.take_ticket(&ticket).await.unwrap().is_none());
    assert_eq!(super::sealed::keys_of(&*engine, "authorization").await, [""; 0]);

    let mut change = Change::new();
    requests
        .create(&mut change, sample::authorization(), &sample::secrets(), Handle::State(&secret("s")))
        .await
        .unwrap();
    store.commit(change).await.unwrap();
    let mut change = Change::new();
    requests.delete(&mut change, sample::authorization().id).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(super::sealed::keys_of(&*engine, "authorization").await, [""; 0]);
}

#[tokio::test]
async fn a_refresh_leaves_intent_journal_and_one_credential() {
    let (store, engine, _folder) = sample::in_memory().await;
    let connection = sample::connection(1);
    let (tenant, id) = (connection.tenant, connection.id);
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt-1")).await.unwrap();
    store.commit(change).await.unwrap();

    let refreshing = store
        .connections()
        .amend::<StoreError>(tenant, id, |connection, _| {
            connection.refresh = sample::refreshing(connection.version);
            Ok(())
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(store.connections().refreshing().await.unwrap().items, std::slice::from_ref(&refreshing));

    let response = vec![b'r'; 60_000];
    store.journal().append(&sample::journal_entry(), &response).await.unwrap();
    let pending = store.journal().pending().await.unwrap().items;
    assert_eq!((&pending[0].entry, pending[0].response.as_slice()), (&sample::journal_entry(), response.as_slice()));

    let mut changed = refreshing;
    changed.refresh = RefreshState::Idle;
    let mut change = Change::new();
    store.connections().put_credential(&mut change, &mut changed, &sample::tokens("rt-2")).await.unwrap();
    store.journal().done(&mut change, &pending[0].entry).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(store.connections().refreshing().await.unwrap().items.is_empty());
    assert!(store.journal().pending().await.unwrap().items.is_empty());
    assert_eq!(super::sealed::keys_of(&*engine, "journal").await, [""; 0]);

    assert!(store.connections().credential(&connection).await.unwrap().is_none(), "the old version is gone");
    let (found, credential) = store.connections().open(tenant, id).await.unwrap().unwrap();
    assert_eq!((found.version, sample::refresh_token(&credential.unwrap())), (2, "rt-2"));
}

#[tokio::test]
async fn what_was_read_before_another_change_is_refused() {
    let (store, engine, _folder) = sample::in_memory().await;
    let connection = sample::connection(1);
    let (tenant, id) = (connection.tenant, connection.id);
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt-1")).await.unwrap();
    store.commit(change).await.unwrap();
    let mut stale = store.connections().get(tenant, id).await.unwrap().unwrap();
    let mut fresh = stale.clone();
    for name in ["one", "two"] {
        fresh.name = name.into();
        let mut change = Change::new();
        store.connections().update(&mut change, &mut fresh).await.unwrap();
        store.commit(change).await.unwrap();
    }
    let mut change = Change::new();
    store.connections().erase_credential(&mut change, &mut fresh).await.unwrap();
    store.commit(change).await.unwrap();
    let mut change = Change::new();
    store.connections().put_credential(&mut change, &mut stale, &sample::tokens("rt-2")).await.unwrap();
    assert!(matches!(store.commit(change).await, Err(StoreError::Conflict)));
    let (found, credential) = store.connections().open(tenant, id).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), credential.is_none()), ("two", true));
    assert_eq!(super::sealed::keys_of(&*engine, "credential").await, [""; 0]);
}

#[tokio::test]
async fn the_journal_keeps_every_response_of_a_connection() {
    let (store, ..) = sample::in_memory().await;
    let later = JournalEntry { sent_at: at(20), ..sample::journal_entry() };
    store.journal().append(&sample::journal_entry(), b"first").await.unwrap();
    store.journal().append(&later, b"second").await.unwrap();
    let pending = store.journal().pending().await.unwrap().items;
    assert_eq!(
        pending.iter().map(|kept| kept.response.as_slice()).collect::<Vec<_>>(),
        [b"first".as_slice(), b"second"]
    );
    let mut change = Change::new();
    store.journal().done(&mut change, &later).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(store.journal().pending().await.unwrap().items[0].entry, sample::journal_entry());
    let too_long = store.journal().append(&later, &vec![0; RESPONSE_LIMIT + 1]).await;
    assert!(matches!(too_long, Err(StoreError::TooLarge { .. })));
}

#[tokio::test]
async fn a_refused_decision_changes_nothing() {
    let (store, ..) = sample::in_memory().await;
    let connection = sample::connection(1);
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    let refused = store
        .connections()
        .amend(connection.tenant, connection.id, |connection, change| {
            connection.name = "other".into();
            store.timeline().append(change, &sample::event(connection, 1))?;
            Err(StoreError::InUse)
        })
        .await;
    assert!(matches!(refused, Err(StoreError::InUse)));
    assert_eq!(store.connections().get(connection.tenant, connection.id).await.unwrap().unwrap().record, connection);
    assert!(store.timeline().list(connection.tenant, connection.id, None, 9).await.unwrap().items.is_empty());
    let missing =
        store.connections().amend::<StoreError>(connection.tenant, sample::connection_id(9), |_, _| Ok(())).await;
    assert!(missing.unwrap().is_none());
}

#[tokio::test]
async fn a_connection_is_found_when_it_is_due_and_in_one_place_only() {
    let (store, engine, _folder) = sample::in_memory().await;
    let (mut first, mut second) = (sample::connection(1), sample::connection(2));
    let entry = |of: &Connection| Due { tenant: of.tenant, connection: of.id };
    (first.upkeep.due, second.upkeep.due) = (Some(at(20)), Some(at(10)));
    let mut change = Change::new();
    for connection in [&first, &second] {
        store.connections().create(&mut change, connection, &sample::tokens("rt-1")).await.unwrap();
    }
    store.commit(change).await.unwrap();
    let due = async |second| store.connections().due(at(second), None, 9).await.unwrap().items;
    assert_eq!((due(9).await, due(10).await), (vec![], vec![entry(&second)]));
    assert_eq!(due(20).await, [entry(&second), entry(&first)], "longest due first");
    let page = store.connections().due(at(20), None, 1).await.unwrap();
    let rest = store.connections().due(at(20), page.next.as_deref(), 1).await.unwrap();
    assert_eq!((page.items, rest.items, rest.next), (vec![entry(&second)], vec![entry(&first)], None));

    let connections = store.connections();
    let moved = connections.amend::<StoreError>(second.tenant, second.id, |found, _| {
        found.upkeep.due = Some(at(30) + SignedDuration::from_nanos(1));
        Ok(())
    });
    let moved = moved.await.unwrap().unwrap();
    assert_eq!((due(20).await, due(30).await), (vec![entry(&first)], vec![entry(&first)]), "never before its time");
    assert_eq!(due(31).await, [entry(&first), entry(&second)]);
    assert_eq!(super::sealed::keys_of(&*engine, "connection-due").await.len(), 2);

    let mut change = Change::new();
    store.connections().delete(&mut change, &moved);
    let mut found = store.connections().get(first.tenant, first.id).await.unwrap().unwrap();
    found.upkeep.due = None;
    store.connections().erase_credential(&mut change, &mut found).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(super::sealed::keys_of(&*engine, "connection-due").await, [""; 0]);
}
