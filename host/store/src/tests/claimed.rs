//! What is claimed is gone: neither a state, nor a code, nor a verifier waits for a second caller.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use super::sample::{self, secret};
use super::sealed::keys_of;
use crate::{Change, Handle};

#[tokio::test]
async fn core_14_pkce_4_state_code_and_verifier_are_deleted_as_they_are_claimed() {
    let (store, engine, _folder) = sample::in_memory().await;
    let (requests, state, ticket) = (store.authorizations(), secret("state-1"), secret("ticket-1"));
    let kept = async |kind: &str| keys_of(&*engine, kind).await;
    let mut change = Change::new();
    requests.create(&mut change, sample::authorization(), &sample::secrets(), Handle::State(&state)).await.unwrap();
    store.commit(change).await.unwrap();
    let (pointers, sealed) = (kept("authorization-by-state").await, kept("authorization-secret").await);
    assert_eq!((pointers.len(), sealed.len()), (1, 1), "what a search would find, it does find");

    let mut claim = requests.take_state(&state).await.unwrap().unwrap();
    assert!(claim.secrets.verifier.is_some());
    assert_eq!(kept("authorization-by-state").await, [""; 0]);

    // Parked with the code it is found by its ticket alone, and what was sealed before is not there beside it.
    claim.secrets.code = Some(secret("the-code"));
    let mut change = Change::new();
    requests.park(&mut change, claim, &ticket).await.unwrap();
    store.commit(change).await.unwrap();
    let parked = kept("authorization-secret").await;
    assert_eq!((parked.len(), kept("authorization-by-state").await.len()), (1, 0));
    assert_ne!(parked, sealed);

    // With the ticket go code and verifier: whoever redeems has the only copy.
    let claim = requests.take_ticket(&ticket).await.unwrap().unwrap();
    assert!(claim.secrets.verifier.is_some() && claim.secrets.code.is_some());
    assert_eq!(kept("authorization").await, [""; 0]);
}
