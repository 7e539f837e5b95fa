//! Old record bytes: one file per kind under `fixtures/`, checked in, never changed, readable for ever.
//!
//! Each line is `key value`, both in hex. A new layout gets a new file beside the old one, and so do records of an
//! old kind that a new one needs (`later`).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::{collections::BTreeMap, fs, io::Write, path::PathBuf, sync::Arc};

use data_encoding::HEXLOWER;

use super::{
    sample::{self, at, secret},
    telling,
};
use crate::{
    AuditFilter, Change, Due, Filter, Handle, KeyRing, Order, Outcome, Store,
    engine::{Engine, Scan, memory::Memory},
};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A copy, because a checked-in file is not 0400.
pub(super) fn ring(folder: &std::path::Path) -> KeyRing {
    let path = folder.join("keyring");
    fs::copy(fixtures().join("keyring"), &path).unwrap();
    fs::set_permissions(&path, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o400)).unwrap();
    KeyRing::load(&path).unwrap()
}

pub(super) fn pairs() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut pairs = vec![];
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "records") {
            for line in fs::read_to_string(path).unwrap().lines() {
                let (key, value) = line.split_once(' ').unwrap();
                pairs.push((HEXLOWER.decode(key.as_bytes()).unwrap(), HEXLOWER.decode(value.as_bytes()).unwrap()));
            }
        }
    }
    pairs
}

/// Everything a store can hold, in the records of `sample`.
async fn fill(store: &Store) {
    let mut change = Change::new();
    store.tenants().insert(&mut change, &sample::tenant()).unwrap();
    store.connectors().insert(&mut change, &sample::connector()).unwrap();
    store.clients().insert(&mut change, &sample::client(), Some(&secret("client-secret"))).await.unwrap();
    store.api_keys().insert(&mut change, &sample::api_key(), &secret("jfk_frozen")).unwrap();
    store.sessions().create(&mut change, &sample::session(), &secret("link")).unwrap();
    let (state, ticket) = (secret("state"), secret("ticket"));
    store
        .authorizations()
        .create(&mut change, sample::authorization(), &sample::secrets(), Handle::State(&state))
        .await
        .unwrap();
    let mut parked = sample::authorization();
    parked.id = jackfield_model::id::AuthorizationId::new(at(6), 6);
    store.authorizations().create(&mut change, parked, &sample::secrets(), Handle::Ticket(&ticket)).await.unwrap();
    let mut connection = sample::connection(1);
    connection.refresh = sample::refreshing(1);
    store.connections().create(&mut change, &connection, &sample::tokens("rt-frozen")).await.unwrap();
    store.timeline().append(&mut change, &sample::event(&connection, 1)).unwrap();
    store.audit().append(&mut change, &sample::audit_line(1)).unwrap();
    store.revocations().create(&mut change, &sample::revocation(1), &sample::tokens("rt-revoke")).await.unwrap();
    store.commit(change).await.unwrap();
    store.journal().append(&sample::journal_entry(), b"{\"access_token\":\"x\"}").await.unwrap();
}

/// What was added to the store later: written beside the records above, under the same keys.
async fn fill_later(store: &Store) {
    let connection = sample::connection(1);
    let mut change = Change::new();
    store.audit().append(&mut change, &sample::tenant_line(2)).unwrap();
    store.uses().insert(&mut change, &connection, &sample::used(1)).unwrap();
    store.choices().create(&mut change, &sample::choice(2), &sample::tokens("rt-choice")).await.unwrap();
    store.commit(change).await.unwrap();
    let deed = sample::deed(store);
    store.idempotency().begin(&deed, "asked", at(11)).await.unwrap();
    store.idempotency().answer(&deed, &sample::kept_answer()).await.unwrap();
}

/// What was added after that.
async fn fill_last(store: &Store) {
    let mut change = Change::new();
    store.page_sessions().offer(&mut change, &secret("sign-in"), &sample::sign_in()).unwrap();
    store.page_sessions().begin(&mut change, &secret("page"), &sample::page_session()).unwrap();
    store.commit(change).await.unwrap();
}

/// What was added with brands.
async fn fill_brands(store: &Store) {
    let (mut change, branded) = (Change::new(), sample::branded());
    store.tenants().insert(&mut change, &branded).unwrap();
    store.brand_files().put(&mut change, branded.id, &sample::brand_file()).unwrap();
    store.commit(change).await.unwrap();
}

/// What was added with messages.
async fn fill_messages(store: &Store) {
    let mut change = Change::new();
    store.outbox().put(&mut change, &telling::told()).unwrap();
    store.webhooks().insert(&mut change, &telling::webhook(), &secret("whsec_frozen")).await.unwrap();
    store.messages().insert(&mut change, &telling::message()).unwrap();
    store.contacts().put(&mut change, sample::tenant().id, &telling::reached()).unwrap();
    store.digests().begin(&mut change, &telling::digest()).unwrap();
    store.digests().hold(&mut change, &telling::digest(), &telling::held()).unwrap();
    store.commit(change).await.unwrap();
}

/// What was added with lines that share a record.
async fn fill_together(store: &Store) {
    let mut change = Change::new();
    store.audit().append_together(&mut change, &[sample::tenant_line(3), sample::audit_line(4)]).unwrap();
    store.commit(change).await.unwrap();
}

/// What `freeze` writes next: whatever is newest, over the records above.
async fn fill_newest(store: &Store) {
    let mut change = Change::new();
    let connector = store.connectors().shared("github").await.unwrap().unwrap();
    store.connectors().hold(&mut change, &connector);
    store.commit(change).await.unwrap();
}

/// Writes the fixtures of new kinds, over the records that are there; refuses to touch those.
#[tokio::test]
#[ignore = "run once when a kind or a layout is new: cargo test -p jackfield-store freeze -- --ignored"]
async fn freeze() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(fixtures()).unwrap();
    let path = fixtures().join("keyring");
    if !path.exists() {
        KeyRing::generate().unwrap().save(&path).unwrap();
        fs::set_permissions(&path, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o644)).unwrap();
    }
    let engine = Arc::new(Memory::holding(pairs()));
    let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), ring(folder.path())).await;
    if pairs().is_empty() {
        fill(&store).await;
        fill_later(&store).await;
        fill_last(&store).await;
        fill_brands(&store).await;
        fill_messages(&store).await;
        fill_together(&store).await;
    }
    fill_newest(&store).await;
    let all = engine.scan(Scan { prefix: vec![], after: None, limit: 10_000, backwards: false }).await.unwrap();
    let mut kinds: BTreeMap<String, String> = BTreeMap::new();
    let frozen = pairs();
    for (key, value) in all.into_iter().filter(|pair| !frozen.contains(pair)) {
        let kind = String::from_utf8(key.split(|byte| *byte == b'/').next().unwrap().to_vec()).unwrap();
        let line = format!("{} {}\n", HEXLOWER.encode(&key), HEXLOWER.encode(&value));
        kinds.entry(kind).or_default().push_str(&line);
    }
    for (kind, lines) in kinds {
        let names = ["1", "1.later", "2"].map(|layout| fixtures().join(format!("{kind}.{layout}.records")));
        let path = names.into_iter().find(|path| !path.exists()).unwrap();
        fs::File::options().write(true).create_new(true).open(path).unwrap().write_all(lines.as_bytes()).unwrap();
    }
}

#[allow(clippy::too_many_lines, reason = "one store, kind by kind")]
#[tokio::test]
async fn records_of_layout_1_are_readable() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Memory::holding(pairs()));
    let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), ring(folder.path())).await;
    let tenant = sample::tenant();
    assert_eq!(store.tenants().get(tenant.id).await.unwrap().unwrap().record, tenant);
    let branded = sample::branded();
    let host = branded.brand.host.clone().unwrap();
    assert_eq!(store.tenants().at(&host).await.unwrap().unwrap().record, branded);
    let digest = &branded.brand.logo.as_ref().unwrap().digest;
    assert_eq!(store.brand_files().get(branded.id, digest).await.unwrap(), Some(sample::brand_file()));
    assert_eq!(store.connectors().list().await.unwrap().items, [sample::connector()]);
    assert_eq!(store.clients().list(None, 9).await.unwrap().items[0].record, sample::client());
    assert_eq!(store.clients().secret(sample::client().id).await.unwrap(), Some(secret("client-secret")));
    assert_eq!(store.api_keys().find(&secret("jfk_frozen")).await.unwrap(), Some(sample::api_key()));
    assert_eq!(store.sessions().find(&secret("link")).await.unwrap().unwrap().record, sample::session());
    let claim = store.authorizations().take_state(&secret("state")).await.unwrap().unwrap();
    assert_eq!((claim.authorization, claim.secrets.verifier), (sample::authorization(), sample::secrets().verifier));
    assert!(store.authorizations().take_ticket(&secret("ticket")).await.unwrap().is_some());
    let (connection, credential) =
        store.connections().open(tenant.id, sample::connection_id(1)).await.unwrap().unwrap();
    assert_eq!((connection.name.as_str(), sample::refresh_token(&credential.unwrap())), ("GitHub 1", "rt-frozen"));
    assert_eq!(store.connections().refreshing().await.unwrap().items, std::slice::from_ref(&connection));
    let due = store.connections().due(at(3300), None, 9).await.unwrap().items;
    assert_eq!(due, [Due { tenant: tenant.id, connection: connection.id }]);
    let of_user = Filter { end_user: Some("user-1".into()), ..Filter::default() };
    assert_eq!(
        store.connections().list(tenant.id, &of_user, Order::Oldest, None, 9).await.unwrap().items,
        std::slice::from_ref(&connection)
    );
    assert_eq!(
        store.timeline().list(tenant.id, connection.id, None, 9).await.unwrap().items,
        [sample::event(&connection, 1)]
    );
    assert_eq!(
        store.audit().list(&AuditFilter::default(), None, 9).await.unwrap().items,
        [sample::audit_line(4), sample::tenant_line(3), sample::tenant_line(2), sample::audit_line(1)]
    );
    let revocation = sample::revocation(1);
    assert_eq!(store.revocations().due(at(1000), None, 9).await.unwrap().items, [revocation.id]);
    assert_eq!(store.revocations().get(revocation.id).await.unwrap().unwrap().record, revocation);
    assert_eq!(sample::refresh_token(&store.revocations().credential(&revocation).await.unwrap()), "rt-revoke");
    let of_tenant = AuditFilter { tenant: Some(tenant.id), ..AuditFilter::default() };
    assert_eq!(
        store.audit().list(&of_tenant, None, 9).await.unwrap().items,
        [sample::tenant_line(3), sample::tenant_line(2)]
    );
    assert_eq!(store.uses().list(tenant.id, connection.id, None, 9).await.unwrap().items, [sample::used(1)]);
    let sign_in = store.page_sessions().offered(&secret("sign-in")).await.unwrap().unwrap();
    let page_session = store.page_sessions().get(&secret("page")).await.unwrap().unwrap();
    assert_eq!((sign_in.record, page_session.record), (sample::sign_in(), sample::page_session()));
    let deed = sample::deed(&store);
    let (outcome, is_same) = store.idempotency().find(&deed, "asked", at(0)).await.unwrap().unwrap();
    assert!(is_same && matches!(outcome, Outcome::Answered { status: 201, .. }));
    assert_eq!(*store.idempotency().answered(&deed).await.unwrap().unwrap().body, *sample::kept_answer().body);
    assert_eq!(store.outbox().waiting(None, 9).await.unwrap().items[0].record, telling::told());
    let webhook = store.webhooks().get(tenant.id, telling::webhook().id).await.unwrap().unwrap();
    assert_eq!(webhook.record, telling::webhook());
    assert_eq!(store.webhooks().secret(&webhook, 1).await.unwrap(), Some(secret("whsec_frozen")));
    let due = store.messages().due(at(1000), None, 9).await.unwrap().items;
    assert_eq!(due, [crate::DueMessage { tenant: tenant.id, message: telling::message().id }]);
    assert_eq!(store.messages().get(tenant.id, due[0].message).await.unwrap().unwrap().record, telling::message());
    assert_eq!(store.messages().first_beside(&telling::message()).await.unwrap(), Some(telling::message().id));
    assert_eq!(store.contacts().get(tenant.id, "user-17").await.unwrap().unwrap().record, telling::reached());
    let digests = store.digests().over(at(1000), 9).await.unwrap();
    assert_eq!(digests[0].record, telling::digest());
    assert_eq!(store.digests().held(&digests[0]).await.unwrap().items[0].record, telling::held());
    let pending = store.journal().pending().await.unwrap().items;
    assert_eq!(
        (&pending[0].entry, pending[0].response.as_slice()),
        (&sample::journal_entry(), b"{\"access_token\":\"x\"}".as_slice())
    );
    // Installed by a version that could not say which installation it was: removed like another, it is another than the next.
    let (installed, made) = sample::installed(&store).await;
    let mut change = Change::new();
    store.connectors().delete(&mut change, &installed, made).await.unwrap();
    store.commit(change).await.unwrap();
    sample::install(&store, &sample::connector()).await;
    assert!(!store.connectors().is_installed(&installed).await.unwrap());
}

#[tokio::test]
async fn every_kind_of_the_schema_has_its_fixture() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Memory::default());
    let store = sample::over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), KeyRing::generate().unwrap()).await;
    fill(&store).await;
    fill_later(&store).await;
    fill_last(&store).await;
    fill_brands(&store).await;
    fill_messages(&store).await;
    fill_together(&store).await;
    fill_newest(&store).await;
    let page = include_str!("../schema.rs");
    let listed = page.lines().filter_map(|line| line.strip_prefix("//! | `")?.split('`').next());
    for kind in listed {
        assert!(fixtures().join(format!("{kind}.1.records")).exists(), "{kind} has no fixture");
        assert!(!super::sealed::keys_of(&*engine, &format!("{kind}/")).await.is_empty(), "{kind} is written by nobody");
    }
}
