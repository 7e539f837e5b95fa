//! Each noun: what goes in comes out, and where the walls are.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use jackfield_model::{client::ClientFault, connector::Connector, credential::Credential, id::SessionId};

use super::sample::{self, at, secret};
use crate::{
    AuditFilter, Change, Choice, Filter, Order, Purpose, StoreError,
    engine::{Batch, Engine},
    schema::CHOICE,
};

#[tokio::test]
async fn tenants_come_back_and_end_only_without_connections() {
    let (store, ..) = sample::in_memory().await;
    let tenant = sample::tenant();
    let mut change = Change::new();
    store.tenants().insert(&mut change, &tenant).unwrap();
    store.connections().create(&mut change, &sample::connection(1), &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(store.tenants().get(tenant.id).await.unwrap().unwrap().record, tenant);
    assert_eq!(store.tenants().list(None, 10).await.unwrap().items.len(), 1);

    // Known from the changes, and counted the same; a change that was refused counts for nothing.
    assert_eq!(store.connection_count(), 1);
    store.count_connections().await.unwrap();
    assert_eq!(store.connection_count(), 1);
    let mut again = Change::new();
    store.tenants().insert(&mut again, &tenant).unwrap();
    store.connections().create(&mut again, &sample::connection(2), &sample::tokens("rt")).await.unwrap();
    assert!(matches!(store.commit(again).await, Err(StoreError::Conflict)));
    assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::InUse)));

    // What is made for a tenant is made only while it is there.
    let mut held = Change::new();
    store.tenants().hold(&mut held, tenant.id);
    store.commit(held).await.unwrap();
    let found = store.connections().get(tenant.id, sample::connection_id(1)).await.unwrap().unwrap();
    let mut change = Change::new();
    store.connections().delete(&mut change, &found);
    store.commit(change).await.unwrap();
    assert_eq!(store.connection_count(), 0);
    store.tenants().delete(tenant.id, Change::new()).await.unwrap();
    assert!(store.tenants().get(tenant.id).await.unwrap().is_none());
    let mut held = Change::new();
    store.tenants().hold(&mut held, tenant.id);
    assert!(matches!(store.commit(held).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_tenant_s_keys_stay_while_a_revocation_or_a_choice_needs_them() {
    let (store, ..) = sample::in_memory().await;
    let tenant = sample::tenant();
    let mut change = Change::new();
    store.tenants().insert(&mut change, &tenant).unwrap();
    store.revocations().create(&mut change, &sample::revocation(1), &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::Awaited)));
    let queued = store.revocations().get(sample::revocation(1).id).await.unwrap().unwrap();
    let mut change = Change::new();
    store.revocations().done(&mut change, &queued);
    store.choices().create(&mut change, &sample::choice(1), &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(matches!(store.tenants().delete(tenant.id, Change::new()).await, Err(StoreError::Awaited)));
    let choice = store.choices().get(sample::choice(1).session).await.unwrap().unwrap();
    let mut change = Change::new();
    store.choices().done(&mut change, &choice);
    store.commit(change).await.unwrap();
    store.tenants().delete(tenant.id, Change::new()).await.unwrap();
}

#[tokio::test]
async fn a_tenant_is_found_by_its_host_name_and_its_files_end_with_it() {
    let (store, engine, _folder) = sample::in_memory().await;
    let tenant = sample::branded();
    let host = tenant.brand.host.clone().unwrap();
    let mut change = Change::new();
    store.tenants().insert(&mut change, &tenant).unwrap();
    let digest = store.brand_files().put(&mut change, tenant.id, &sample::brand_file()).unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(store.tenants().at(&host).await.unwrap().unwrap().record, tenant);
    assert_eq!(store.brand_files().get(tenant.id, &digest).await.unwrap(), Some(sample::brand_file()));
    assert_eq!(store.brand_files().get(sample::tenant_id(1), &digest).await.unwrap(), None, "another's");

    let mut other = sample::tenant();
    other.brand.host = Some(host.clone());
    let mut twice = Change::new();
    store.tenants().insert(&mut twice, &other).unwrap();
    assert!(matches!(store.commit(twice).await, Err(StoreError::Conflict)), "a host name is one tenant's");

    let mut moved = store.tenants().get(tenant.id).await.unwrap().unwrap();
    moved.brand.host = "links.harbour.example".parse().ok();
    let mut change = Change::new();
    store.tenants().update(&mut change, &mut moved).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(store.tenants().at(&host).await.unwrap().is_none());
    let mut change = Change::new();
    store.tenants().insert(&mut change, &other).unwrap();
    store.commit(change).await.unwrap();
    let mut back = store.tenants().get(tenant.id).await.unwrap().unwrap();
    back.brand.host = Some(host);
    let mut change = Change::new();
    store.tenants().update(&mut change, &mut back).await.unwrap();
    assert!(matches!(store.commit(change).await, Err(StoreError::Conflict)), "it has an owner again");

    store.tenants().delete(tenant.id, Change::new()).await.unwrap();
    store.tenants().delete(other.id, Change::new()).await.unwrap();
    for kind in ["tenant", "brand-file"] {
        assert_eq!(super::sealed::keys_of(&*engine, kind).await, [""; 0], "something stays behind");
    }
}

#[tokio::test]
async fn a_connector_with_a_long_manifest_is_replaced_whole() {
    let (store, engine, _folder) = sample::in_memory().await;
    let mut connector = sample::connector();
    for description in ["x".repeat(100_000), "short".into(), "y".repeat(60_000)] {
        connector.manifest.presentation.description = description;
        sample::install(&store, &connector).await;
        assert_eq!(store.connectors().get("github").await.unwrap().unwrap(), connector);
    }
    // The same again, as an approval changes nothing of the text's length.
    sample::install(&store, &connector).await;
    assert_eq!(store.connectors().list().await.unwrap().items, [connector]);
    let mut change = Change::new();
    let (installed, made) = sample::installed(&store).await;
    store.connectors().delete(&mut change, &installed, made).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(store.connectors().get("github").await.unwrap().is_none());
    assert!(store.connectors().briefs().await.unwrap().items.is_empty());
    assert_eq!(super::sealed::keys_of(&*engine, "connector").await, [""; 0], "no part stays behind");
}

#[tokio::test]
async fn connectors_in_brief_follow_what_is_stored() {
    let (store, ..) = sample::in_memory().await;
    let approved = sample::connector();
    let unapproved = Connector { approval: None, ..approved.clone() };
    let replaced = Connector { digest: "ee".repeat(32), ..unapproved.clone() };
    for connector in [&approved, &unapproved, &replaced, &approved] {
        sample::install(&store, connector).await;
        for _ in 0..2 {
            assert_eq!(store.connectors().briefs().await.unwrap().items, [connector.brief()]);
        }
    }
}

#[tokio::test]
async fn a_client_keeps_its_secret_apart() {
    let (store, ..) = sample::in_memory().await;
    let client = sample::client();
    let mut change = Change::new();
    store.clients().insert(&mut change, &client, Some(&secret("s1"))).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(store.clients().secret(client.id).await.unwrap().unwrap().expose(), "s1");

    let mut found = store.clients().get(client.id).await.unwrap().unwrap();
    assert_eq!(found.record, client);
    found.fault = Some(ClientFault { code: "invalid_client".into(), since: at(9) });
    let mut change = Change::new();
    store.clients().update(&mut change, &mut found).await.unwrap();
    store.commit(change).await.unwrap();
    let mut change = Change::new();
    store.clients().set_secret(&mut change, &mut found, &secret("s2")).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(store.clients().secret(client.id).await.unwrap().unwrap().expose(), "s2");
    assert_eq!(store.clients().list(None, 9).await.unwrap().items[0].record, found.record);

    let mut change = Change::new();
    let made = store.clients().made(client.id).await.unwrap();
    store.clients().delete(&mut change, client.id, made).await.unwrap();
    store.commit(change).await.unwrap();
    assert!(store.clients().secret(client.id).await.unwrap().is_none());
}

#[tokio::test]
async fn an_api_key_is_found_by_what_is_presented() {
    let (store, ..) = sample::in_memory().await;
    let key = sample::api_key();
    let mut change = Change::new();
    store.api_keys().insert(&mut change, &key, &secret("jfk_abc")).unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(store.api_keys().find(&secret("jfk_abc")).await.unwrap().unwrap(), key);
    assert!(store.api_keys().find(&secret("jfk_abd")).await.unwrap().is_none());
    assert_eq!(store.api_keys().list(None, 9).await.unwrap().items, std::slice::from_ref(&key));
    let mut change = Change::new();
    assert!(store.api_keys().delete(&mut change, key.id).await.unwrap());
    store.commit(change).await.unwrap();
    assert!(store.api_keys().find(&secret("jfk_abc")).await.unwrap().is_none());
    assert!(!store.api_keys().delete(&mut Change::new(), key.id).await.unwrap());
}

#[tokio::test]
async fn a_session_is_found_by_its_link_and_swept_when_over() {
    let (store, engine, _folder) = sample::in_memory().await;
    let session = sample::session();
    let mut change = Change::new();
    store.sessions().create(&mut change, &session, &secret("link")).unwrap();
    store.commit(change).await.unwrap();
    let mut found = store.sessions().find(&secret("link")).await.unwrap().unwrap();
    assert_eq!(found.record, session);
    assert!(store.sessions().get(sample::tenant_id(2), session.id).await.unwrap().is_none(), "another tenant's");

    found.stage = jackfield_model::session::Stage::Ended { code: "denied".into() };
    let mut stale = store.sessions().get(session.tenant, session.id).await.unwrap().unwrap();
    let mut change = Change::new();
    store.sessions().update(&mut change, &mut found).await.unwrap();
    store.commit(change).await.unwrap();
    let mut change = Change::new();
    store.sessions().update(&mut change, &mut stale).await.unwrap();
    assert!(matches!(store.commit(change).await, Err(StoreError::Conflict)));

    assert_eq!(store.sessions().sweep(at(1803)).await.unwrap(), 0);
    assert_eq!(store.sessions().sweep(at(1804)).await.unwrap(), 1);
    assert!(store.sessions().find(&secret("link")).await.unwrap().is_none());
    assert_eq!(super::sealed::keys_of(&*engine, "session").await, [""; 0]);
}

#[tokio::test]
async fn connections_are_listed_by_tenant_person_and_status() {
    let (store, ..) = sample::in_memory().await;
    for number in 1..=7 {
        let mut change = Change::new();
        store.connections().create(&mut change, &sample::connection(number), &sample::tokens("rt")).await.unwrap();
        store.commit(change).await.unwrap();
    }
    let connections = store.connections();
    let names = async |filter: Filter, after: Option<&str>, limit| {
        let page = connections.list(sample::tenant_id(1), &filter, Order::Oldest, after, limit).await.unwrap();
        (page.items.iter().map(|found| found.name.clone()).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = names(Filter::default(), None, 4).await;
    assert_eq!(first, ["GitHub 1", "GitHub 2", "GitHub 3", "GitHub 4"]);
    assert_eq!(
        names(Filter::default(), next.as_deref(), 4).await,
        (vec!["GitHub 5".into(), "GitHub 6".into(), "GitHub 7".into()], None)
    );
    let of_user = Filter { end_user: Some("user-0".into()), ..Filter::default() };
    let (two, next) = names(of_user.clone(), None, 2).await;
    assert_eq!(two, ["GitHub 2", "GitHub 4"]);
    assert_eq!(names(of_user, next.as_deref(), 2).await.0, ["GitHub 6"]);
    let failing = Filter { status: vec![jackfield_model::status::Status::Failing], ..Filter::default() };
    assert_eq!(names(failing, None, 9).await, (vec![], None));
    let other = Filter { connector: Some("slack".into()), ..Filter::default() };
    assert_eq!(names(other, None, 9).await.0, [""; 0]);
    assert!(
        connections
            .list(sample::tenant_id(2), &Filter::default(), Order::Newest, None, 9)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(connections.get(sample::tenant_id(2), sample::connection_id(1)).await.unwrap().is_none());
    assert_eq!(connections.every(None, 3).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn timelines_and_audit_go_newest_first() {
    let (store, ..) = sample::in_memory().await;
    let connection = sample::connection(1);
    let mut change = Change::new();
    for number in 1..=5 {
        store.timeline().append(&mut change, &sample::event(&connection, number)).unwrap();
        store.audit().append(&mut change, &sample::audit_line(number)).unwrap();
    }
    store.commit(change).await.unwrap();
    let first = store.timeline().list(connection.tenant, connection.id, None, 3).await.unwrap();
    assert_eq!(first.items, [5, 4, 3].map(|number| sample::event(&connection, number)));
    let rest = store.timeline().list(connection.tenant, connection.id, first.next.as_deref(), 3).await.unwrap();
    assert_eq!(rest.items, [2, 1].map(|number| sample::event(&connection, number)));
    assert_eq!(rest.next, None);
    assert_eq!(store.audit().list(&AuditFilter::default(), None, 1).await.unwrap().items, [sample::audit_line(5)]);
}

#[tokio::test]
async fn revocations_come_when_they_are_due() {
    let (store, engine, _folder) = sample::in_memory().await;
    let queue = store.revocations();
    for number in [3, 1, 2] {
        let mut change = Change::new();
        queue.create(&mut change, &sample::revocation(number), &sample::tokens("rt-to-end")).await.unwrap();
        store.commit(change).await.unwrap();
    }
    let of = |number| sample::revocation(number).id;
    assert!(queue.due(at(100), None, 9).await.unwrap().items.is_empty());
    let page = queue.due(at(102), None, 1).await.unwrap();
    assert_eq!(page.items, [of(1)]);
    let page = queue.due(at(102), page.next.as_deref(), 1).await.unwrap();
    assert_eq!(page.items, [of(2)]);
    assert!(queue.due(at(102), page.next.as_deref(), 1).await.unwrap().items.is_empty());
    let mut due = queue.all().await.unwrap().items;
    due.sort_by_key(|found| found.next_at);
    let credential = queue.credential(&due[0]).await.unwrap();
    assert!(matches!(&credential, Credential::Tokens(_)));
    assert_eq!(sample::refresh_token(&credential), "rt-to-end");

    let mut change = Change::new();
    queue.postpone(&mut change, &mut due[0], at(500)).unwrap();
    queue.done(&mut change, &due[1]);
    store.commit(change).await.unwrap();
    assert_eq!(queue.due(at(1000), None, 9).await.unwrap().items, [of(3), of(1)]);
    assert_eq!(queue.get(of(1)).await.unwrap().unwrap().attempts, 1);
    assert_eq!(super::sealed::keys_of(&*engine, "revocation-secret").await.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_takes_nobody_s_place_among_what_is_due() {
    let (store, engine, _folder) = sample::in_memory().await;
    let mut torn = Vec::new();
    for number in 1..=5 {
        let mut change = Change::new();
        let choice = Choice { session: SessionId::new(at(4), number), ..sample::choice(1) };
        store.choices().create(&mut change, &choice, &sample::tokens("rt")).await.unwrap();
        store.commit(change).await.unwrap();
        torn.push((CHOICE.key(&[&choice.session]), Some(b"torn".to_vec())));
    }
    torn.pop();
    engine.commit(Batch { checks: vec![], writes: torn, counts: vec![] }).await.unwrap();
    let over = store.choices().over(jiff::Timestamp::MAX, 2).await.unwrap();
    assert_eq!(over.iter().map(|found| found.session).collect::<Vec<_>>(), [SessionId::new(at(4), 5)]);
}

#[tokio::test]
async fn hashes_and_the_cache_key_last() {
    let (store, engine, folder) = sample::in_memory().await;
    let other = sample::in_memory().await.0;
    assert_eq!(store.keyed_hash(Purpose::Cookie, "x"), store.clone().keyed_hash(Purpose::Cookie, "x"));
    assert_ne!(store.keyed_hash(Purpose::Cookie, "x"), other.keyed_hash(Purpose::Cookie, "x"));
    assert_ne!(*store.cache_key(), *other.cache_key());
    let mut large = sample::connection(1);
    large.name = "x".repeat(40_000);
    let mut change = Change::new();
    store.connections().create(&mut change, &large, &sample::tokens("rt")).await.unwrap();
    assert!(matches!(store.commit(change).await, Err(StoreError::TooLarge { .. })));
    let refused = store.connections().create(&mut Change::new(), &large, &sample::tokens(&"r".repeat(30_000))).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })));
    drop((engine, folder));
}
