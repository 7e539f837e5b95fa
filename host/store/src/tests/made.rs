//! What was made of a connector or with a client while somebody ends it: neither is overlooked, and nothing that was begun with
//! one reaches the next of its name.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::sync::Arc;

use jackfield_model::connector::Connector;

use super::sample;
use crate::{Change, Made, Store, StoreError, Versioned};

type Installed = Versioned<Arc<Connector>>;

/// Installed, or put in the place of what is.
async fn again(store: &Store) -> Installed {
    sample::install(store, &sample::connector()).await;
    sample::installed(store).await.0
}

async fn hold(store: &Store, connector: &Installed) -> Result<(), StoreError> {
    let mut change = Change::new();
    store.connectors().hold(&mut change, connector);
    store.commit(change).await
}

async fn removed(store: &Store, (installed, made): &(Installed, Made)) -> Result<(), StoreError> {
    let mut change = Change::new();
    store.connectors().delete(&mut change, installed, made.clone()).await?;
    store.commit(change).await
}

#[tokio::test]
async fn a_connector_is_removed_only_where_nothing_was_made_of_it_meanwhile_and_passes_nothing_on() {
    let (store, ..) = sample::in_memory().await;
    let first = again(&store).await;
    for _ in 0..2 {
        let looked = sample::installed(&store).await;
        hold(&store, &first).await.unwrap();
        assert!(
            matches!(removed(&store, &looked).await, Err(StoreError::Conflict)),
            "something was made after the look"
        );
    }
    // An upgrade, or an approval, is no removal.
    again(&store).await;
    hold(&store, &first).await.unwrap();
    let looked = sample::installed(&store).await;
    removed(&store, &looked).await.unwrap();
    assert!(matches!(removed(&store, &looked).await, Err(StoreError::Conflict)), "it is gone");
    assert!(matches!(hold(&store, &first).await, Err(StoreError::Conflict)));
    let next = again(&store).await;
    assert!(matches!(hold(&store, &first).await, Err(StoreError::Conflict)), "the next of its name is another");
    assert!(!store.connectors().is_installed(&first).await.unwrap());
    assert!(store.connectors().is_installed(&next).await.unwrap());
}

#[tokio::test]
async fn nothing_that_was_begun_with_a_connector_reaches_the_next_of_its_name() {
    let (store, ..) = sample::in_memory().await;
    let first = again(&store).await;
    for _ in 0..3 {
        hold(&store, &first).await.unwrap();
    }
    let looked = sample::installed(&store).await;
    removed(&store, &looked).await.unwrap();
    let next = again(&store).await;
    // Neither a removal nor an approval that was begun with the one before reaches it, though as much was made of it.
    for _ in 0..3 {
        hold(&store, &next).await.unwrap();
    }
    assert!(matches!(removed(&store, &looked).await, Err(StoreError::Conflict)));
    let mut change = Change::new();
    store.connectors().replace(&mut change, &looked.0.map(|connector| (*connector).clone())).await.unwrap();
    assert!(matches!(store.commit(change).await, Err(StoreError::Conflict)));
    assert!(store.connectors().is_installed(&next).await.unwrap());
    let mut change = Change::new();
    store.connectors().insert(&mut change, &sample::connector()).unwrap();
    assert!(matches!(store.commit(change).await, Err(StoreError::Conflict)), "there is one of its name");
}

#[tokio::test]
async fn a_client_is_removed_only_where_nothing_was_made_with_it_meanwhile() {
    let (store, ..) = sample::in_memory().await;
    let client = sample::client();
    let mut change = Change::new();
    store.clients().insert(&mut change, &client, Some(&sample::secret("s3cret"))).await.unwrap();
    store.commit(change).await.unwrap();
    let hold = async || {
        let mut change = Change::new();
        store.clients().hold(&mut change, client.id);
        store.commit(change).await
    };
    let made = async || store.clients().made(client.id).await.unwrap();
    let remove = async |made| {
        let mut change = Change::new();
        store.clients().delete(&mut change, client.id, made).await.unwrap();
        store.commit(change).await
    };
    for _ in 0..2 {
        let looked = made().await;
        hold().await.unwrap();
        let mut change = Change::new();
        store.clients().unused_since(&mut change, &looked);
        assert!(matches!(store.commit(change).await, Err(StoreError::Conflict)));
        assert!(matches!(remove(looked).await, Err(StoreError::Conflict)), "something was made after the look");
    }
    remove(made().await).await.unwrap();
    assert!(matches!(hold().await, Err(StoreError::Conflict)), "nothing is made with one that is gone");
}
