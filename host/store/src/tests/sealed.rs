//! What somebody who can write the database cannot do, and what one damaged record must not do.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::{fs, path::Path};

use super::sample::{self, SECRET, secret};
use crate::{
    Cause, Change, Filter, Handle, Store, StoreError,
    engine::{Batch, Engine, Scan, memory::Memory},
};

/// Keys whose kind starts with `kind`.
pub(super) async fn keys_of(engine: &dyn Engine, kind: &str) -> Vec<String> {
    let scan = Scan { prefix: kind.into(), after: None, limit: 10_000, backwards: false };
    let pairs = engine.scan(scan).await.unwrap();
    pairs.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect()
}

async fn write(engine: &Memory, key: &str, value: Vec<u8>) {
    engine.commit(Batch { checks: vec![], writes: vec![(key.into(), Some(value))], counts: vec![] }).await.unwrap();
}

async fn create(store: &Store, tenant: u128, number: u128) {
    let mut connection = sample::connection(number);
    connection.tenant = sample::tenant_id(tenant);
    let mut change = Change::new();
    store
        .connections()
        .create(&mut change, &connection, &sample::tokens(&format!("rt-{tenant}-{number}")))
        .await
        .unwrap();
    store.commit(change).await.unwrap();
}

async fn opens(store: &Store, tenant: u128, number: u128) -> bool {
    match store.connections().open(sample::tenant_id(tenant), sample::connection_id(number)).await {
        Ok(opened) => opened.unwrap().1.is_some(),
        Err(StoreError::Unreadable(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_credential_moved_to_any_other_record_does_not_open() {
    let (store, engine, _folder) = sample::in_memory().await;
    for (tenant, number) in [(1, 1), (1, 2), (2, 1), (2, 3)] {
        create(&store, tenant, number).await;
    }
    // A second version in one place, and sealed values of other kinds.
    let mut found = store.connections().get(sample::tenant_id(1), sample::connection_id(2)).await.unwrap().unwrap();
    let mut change = Change::new();
    store.connections().put_credential(&mut change, &mut found, &sample::tokens("rt-newer")).await.unwrap();
    store.clients().insert(&mut change, &sample::client(), Some(&secret("s"))).await.unwrap();
    store.commit(change).await.unwrap();
    let credentials = keys_of(&*engine, "credential/").await;
    let places = [credentials.clone(), keys_of(&*engine, "client-secret/").await].concat();
    assert_eq!(places.len(), 5);
    for from in &places {
        for to in &credentials {
            let (moved, kept) = (
                engine.get(from.as_bytes()).await.unwrap().unwrap(),
                engine.get(to.as_bytes()).await.unwrap().unwrap(),
            );
            write(&engine, to, moved).await;
            let (tenant, number) =
                [(1, 1), (1, 2), (2, 1), (2, 3)][credentials.iter().position(|key| key == to).unwrap()];
            assert_eq!(opens(&store, tenant, number).await, from == to, "{from} in {to}");
            write(&engine, to, kept).await;
        }
    }
}

#[tokio::test]
async fn a_credential_with_any_byte_flipped_does_not_open() {
    let (store, engine, _folder) = sample::in_memory().await;
    create(&store, 1, 1).await;
    let key = keys_of(&*engine, "credential/").await.remove(0);
    let whole = engine.get(key.as_bytes()).await.unwrap().unwrap();
    for position in 0..whole.len() {
        let mut changed = whole.clone();
        changed[position] ^= 0x40;
        write(&engine, &key, changed).await;
        assert!(!opens(&store, 1, 1).await, "byte {position}");
    }
    write(&engine, &key, whole).await;
    assert!(opens(&store, 1, 1).await);
}

#[tokio::test]
async fn one_unreadable_record_hides_no_other() {
    let (store, engine, _folder) = sample::in_memory().await;
    for number in 1..=5 {
        create(&store, 1, number).await;
    }
    let keys = keys_of(&*engine, "connection/").await;
    let mut newer = engine.get(keys[1].as_bytes()).await.unwrap().unwrap();
    newer[0] = 9;
    write(&engine, &keys[1], newer).await;
    write(&engine, &keys[3], b"\x01\0\0\0\0\0\0\0\0{\"cut".to_vec()).await;
    for filter in [Filter::default(), Filter { end_user: Some("user-0".into()), ..Filter::default() }] {
        let page =
            store.connections().list(sample::tenant_id(1), &filter, crate::Order::Oldest, None, 99).await.unwrap();
        assert_eq!(page.items.len(), if filter.end_user.is_none() { 3 } else { 0 });
        let named: Vec<_> = page.unreadable.iter().map(|reason| (reason.key.clone(), reason.cause)).collect();
        assert_eq!(named, [(keys[1].clone(), Cause::Layout(9)), (keys[3].clone(), Cause::Damaged)]);
    }
    assert!(opens(&store, 1, 1).await && opens(&store, 1, 5).await);
    assert_eq!(store.connections().every(None, 99).await.unwrap().unreadable.len(), 2);

    // A damaged journal entry does not hide the next.
    for attempt in 1..=2 {
        let entry = crate::JournalEntry { attempt, ..sample::journal_entry() };
        store.journal().append(&entry, b"response").await.unwrap();
    }
    let part = keys_of(&*engine, "journal-part/").await.remove(0);
    write(&engine, &part, vec![0; 200]).await;
    let pending = store.journal().pending().await.unwrap();
    assert_eq!((pending.items.len(), pending.unreadable.len()), (1, 1));
}

#[tokio::test]
async fn an_erased_tenant_opens_nothing_even_with_its_records_put_back() {
    let (store, engine, _folder) = sample::in_memory().await;
    create(&store, 1, 1).await;
    create(&store, 2, 1).await;
    let sealed: Vec<String> = [keys_of(&*engine, "connection/").await, keys_of(&*engine, "credential/").await].concat();
    let mut copies = vec![];
    for key in sealed {
        copies.push((key.clone(), engine.get(key.as_bytes()).await.unwrap().unwrap()));
    }
    let found = store.connections().get(sample::tenant_id(1), sample::connection_id(1)).await.unwrap().unwrap();
    let mut change = Change::new();
    store.connections().delete(&mut change, &found);
    store.commit(change).await.unwrap();
    store.tenants().delete(sample::tenant_id(1), Change::new()).await.unwrap();
    for (key, value) in copies {
        write(&engine, &key, value).await;
    }
    assert!(!opens(&store, 1, 1).await);
    assert!(opens(&store, 2, 1).await);
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[tokio::test]
async fn no_secret_is_in_any_file() {
    let (store, folder) = sample::on_disk().await;
    let mut change = Change::new();
    store.tenants().insert(&mut change, &sample::tenant()).unwrap();
    store.connections().create(&mut change, &sample::connection(1), &sample::tokens(SECRET)).await.unwrap();
    store.clients().insert(&mut change, &sample::client(), Some(&secret("canary-client-1"))).await.unwrap();
    store.api_keys().insert(&mut change, &sample::api_key(), &secret("canary-key-1")).unwrap();
    store.sessions().create(&mut change, &sample::session(), &secret("canary-link-1")).unwrap();
    let state = secret("canary-state-1");
    store
        .authorizations()
        .create(&mut change, sample::authorization(), &sample::secrets(), Handle::State(&state))
        .await
        .unwrap();
    store.revocations().create(&mut change, &sample::revocation(1), &sample::tokens(SECRET)).await.unwrap();
    store.commit(change).await.unwrap();
    let claim = store.authorizations().take_state(&state).await.unwrap().unwrap();
    let mut change = Change::new();
    store.authorizations().park(&mut change, claim, &secret("canary-ticket-1")).await.unwrap();
    store.commit(change).await.unwrap();
    store.journal().append(&sample::journal_entry(), b"{\"access_token\":\"canary-journal-1\"}").await.unwrap();
    drop(store);

    let mut found = vec![];
    files(folder.path(), &mut found);
    let data: Vec<u8> = found.iter().flat_map(|path| fs::read(path).unwrap()).collect();
    let holds = |text: &str| data.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Harbour & Sons"), "the search itself works");
    assert!(!holds("canary-"), "a secret lies in a file");
}
