//! Somebody who can write the database puts an older version of a sealed value back, into the place of the newer one: what the
//! store counts as the version of a record is part of what seals it.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::sync::Arc;

use jackfield_suite::Suite;

use super::{sample, sample::secret, sealed::keys_of, telling};
use crate::{
    Change, Handle, JournalEntry, Store,
    engine::{Batch, Engine, memory::Memory},
};

/// A store, and what its records are written over with.
struct Tampered {
    store: Store,
    engine: Arc<Memory>,
    _folder: tempfile::TempDir,
}

impl Tampered {
    async fn begin() -> Self {
        let (store, engine, folder) = sample::in_memory().await;
        Self { store, engine, _folder: folder }
    }

    /// The newest value of a kind: where it lies, and what it is.
    async fn newest(&self, kind: &str) -> (String, Vec<u8>) {
        let key = keys_of(&*self.engine, kind).await.pop().unwrap();
        let value = self.engine.get(key.as_bytes()).await.unwrap().unwrap();
        (key, value)
    }

    async fn write(&self, key: &str, value: Vec<u8>) {
        let writes = vec![(key.into(), Some(value))];
        self.engine.commit(Batch { checks: vec![], writes, counts: vec![] }).await.unwrap();
    }

    async fn commit(&self, change: Change) {
        self.store.commit(change).await.unwrap();
    }
}

/// Every kind of sealed value that has versions: what opens as it is does not open with the bytes of the version before.
pub(super) async fn older_versions(suite: &mut Suite) {
    credential(suite).await;
    client_secret(suite).await;
    webhook_secret(suite).await;
    authorization(suite).await;
    journal(suite).await;
}

async fn credential(suite: &mut Suite) {
    let tampered = Tampered::begin().await;
    let connections = tampered.store.connections();
    let wanted = sample::connection(1);
    let mut change = Change::new();
    connections.create(&mut change, &wanted, &sample::tokens("rt-1")).await.unwrap();
    tampered.commit(change).await;
    let (_, older) = tampered.newest("credential/").await;
    let mut found = connections.get(wanted.tenant, wanted.id).await.unwrap().unwrap();
    let mut change = Change::new();
    connections.put_credential(&mut change, &mut found, &sample::tokens("rt-2")).await.unwrap();
    tampered.commit(change).await;
    let (key, newer) = tampered.newest("credential/").await;
    let opens = async || {
        let opened = connections.open(wanted.tenant, wanted.id).await;
        opened.is_ok_and(|found| found.is_some_and(|(_, credential)| credential.is_some()))
    };
    suite.check("put back: the newer credential opens", opens().await);
    tampered.write(&key, older).await;
    suite.check("put back: an older credential does not open", !opens().await);
    tampered.write(&key, newer).await;
    suite.check("put back: the newer credential opens again", opens().await);
}

async fn client_secret(suite: &mut Suite) {
    let tampered = Tampered::begin().await;
    let clients = tampered.store.clients();
    let id = sample::client().id;
    let mut change = Change::new();
    clients.insert(&mut change, &sample::client(), Some(&secret("the first"))).await.unwrap();
    tampered.commit(change).await;
    let (_, older) = tampered.newest("client-secret/").await;
    let mut found = clients.get(id).await.unwrap().unwrap();
    let mut change = Change::new();
    clients.set_secret(&mut change, &mut found, &secret("the second")).await.unwrap();
    tampered.commit(change).await;
    let opens = async || clients.secret(id).await.is_ok_and(|found| found.is_some());
    suite.check("put back: the newer client secret opens", opens().await);
    let (key, _) = tampered.newest("client-secret/").await;
    tampered.write(&key, older).await;
    suite.check("put back: an older client secret does not open", !opens().await);
}

async fn webhook_secret(suite: &mut Suite) {
    let tampered = Tampered::begin().await;
    let webhooks = tampered.store.webhooks();
    let webhook = telling::webhook();
    let mut change = Change::new();
    webhooks.insert(&mut change, &webhook, &secret("the first")).await.unwrap();
    tampered.commit(change).await;
    let (_, older) = tampered.newest("webhook-secret/").await;
    let mut found = webhooks.get(webhook.tenant, webhook.id).await.unwrap().unwrap();
    let mut change = Change::new();
    webhooks.put_secret(&mut change, &mut found, &secret("the second")).await.unwrap();
    tampered.commit(change).await;
    let opens = async || webhooks.secret(&found, found.generation).await.is_ok_and(|found| found.is_some());
    suite.check("put back: the newer webhook secret opens", opens().await);
    let (key, _) = tampered.newest("webhook-secret/").await;
    tampered.write(&key, older).await;
    suite.check("put back: an older webhook secret does not open", !opens().await);
}

/// What is parked with a code, against what it was before the person came back.
async fn authorization(suite: &mut Suite) {
    for put_back in [false, true] {
        let tampered = Tampered::begin().await;
        let authorizations = tampered.store.authorizations();
        let (state, ticket) = (secret("state"), secret("ticket"));
        let mut change = Change::new();
        let handle = Handle::State(&state);
        authorizations.create(&mut change, sample::authorization(), &sample::secrets(), handle).await.unwrap();
        tampered.commit(change).await;
        let (_, older) = tampered.newest("authorization-secret/").await;
        let claim = authorizations.take_state(&state).await.unwrap().unwrap();
        let mut change = Change::new();
        authorizations.park(&mut change, claim, &ticket).await.unwrap();
        tampered.commit(change).await;
        let (key, _) = tampered.newest("authorization-secret/").await;
        if put_back {
            tampered.write(&key, older).await;
        }
        let opens = authorizations.take_ticket(&ticket).await.is_ok_and(|claim| claim.is_some());
        suite.check(format!("put back: what is parked opens as it is ({put_back})"), opens != put_back);
    }
}

/// What was answered to the refresh of one version, against what was answered to the next one's.
async fn journal(suite: &mut Suite) {
    let tampered = Tampered::begin().await;
    let journal = tampered.store.journal();
    let of = |from_version| JournalEntry { from_version, ..sample::journal_entry() };
    journal.append(&of(1), b"an older answer").await.unwrap();
    let (_, older) = tampered.newest("journal-part/").await;
    journal.append(&of(2), b"a newer answer").await.unwrap();
    let (key, _) = tampered.newest("journal-part/").await;
    let readable = async || journal.pending().await.unwrap().items.len();
    suite.check("put back: both answers open", readable().await == 2);
    tampered.write(&key, older).await;
    suite.check("put back: an older answer does not open", readable().await == 1);
}
