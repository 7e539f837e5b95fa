//! What the conventions of the API stand on: filters and orders, audit lines, uses, and deeds that happen once.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use jackfield_model::{
    expiry::{Expiry, Source},
    id::{ApiKeyId, EventId},
    status::Status,
};
use zeroize::Zeroizing;

use super::sample::{self, at};
use crate::{AuditFilter, Change, Deed, Filter, KeptAnswer, Order, Outcome, Store, StoreError};

async fn filled() -> Store {
    let (store, ..) = sample::in_memory().await;
    for number in 1..=6 {
        let mut connection = sample::connection(number);
        connection.created_at = at(i64::try_from(number).unwrap());
        if number == 3 {
            connection.status = Status::Failing;
            connection.clocks.grant = Some(Expiry { at: at(500), source: Source::Declared });
        }
        if number == 4 {
            connection.method = "token".into();
            connection.account.as_mut().unwrap().label = "Hubot".into();
        }
        let mut change = Change::new();
        store.connections().create(&mut change, &connection, &sample::tokens("rt")).await.unwrap();
        store.commit(change).await.unwrap();
    }
    store
}

async fn names(store: &Store, filter: &Filter, order: Order, after: Option<&str>) -> (Vec<String>, Option<String>) {
    let page = store.connections().list(sample::tenant_id(1), filter, order, after, 4).await.unwrap();
    (page.items.iter().map(|found| found.name.clone()).collect(), page.next)
}

#[tokio::test]
async fn a_sign_in_link_is_taken_once_and_what_is_over_is_swept() {
    let (store, ..) = sample::in_memory().await;
    let (link, token) = (sample::secret("l1nk"), sample::secret("t0ken"));
    let mut change = Change::new();
    store.page_sessions().offer(&mut change, &link, &sample::sign_in()).unwrap();
    store.commit(change).await.unwrap();
    let offered = store.page_sessions().offered(&link).await.unwrap().unwrap();
    for first in [true, false] {
        let mut change = Change::new();
        store.page_sessions().taken(&mut change, &link, &offered);
        if first {
            store.page_sessions().begin(&mut change, &token, &sample::page_session()).unwrap();
        }
        assert_eq!(store.commit(change).await.is_ok(), first);
    }
    assert!(store.page_sessions().get(&sample::secret("other")).await.unwrap().is_none());
    assert_eq!(store.page_sessions().sweep(at(66)).await.unwrap(), 0);
    assert!(store.page_sessions().get(&token).await.unwrap().is_some());
    assert_eq!(store.page_sessions().sweep(at(65 + 3600)).await.unwrap(), 1);
    assert!(store.page_sessions().get(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn connections_are_found_by_everything_a_page_asks_for() {
    let store = filled().await;
    let only = async |filter: Filter| names(&store, &filter, Order::Oldest, None).await.0;
    let base = Filter::default;
    assert_eq!(only(Filter { text: Some("hUbOt".into()), ..base() }).await, ["GitHub 4"]);
    assert_eq!(only(Filter { text: Some("github 3".into()), ..base() }).await, ["GitHub 3"]);
    assert_eq!(only(Filter { method: Some("token".into()), ..base() }).await, ["GitHub 4"]);
    assert_eq!(only(Filter { client: Some(sample::client().id), ..base() }).await.len(), 4);
    assert_eq!(only(Filter { status: vec![Status::Failing, Status::Revoked], ..base() }).await, ["GitHub 3"]);
    assert_eq!(only(Filter { created_since: Some(at(5)), ..base() }).await, ["GitHub 5", "GitHub 6"]);
    assert_eq!(only(Filter { created_before: Some(at(2)), ..base() }).await, ["GitHub 1"]);
    assert_eq!(only(Filter { expiring_before: Some(at(501)), ..base() }).await, ["GitHub 3"]);
    assert_eq!(only(Filter { expiring_before: Some(at(500)), ..base() }).await, [""; 0]);
}

#[tokio::test]
async fn the_newest_come_first_where_that_is_asked() {
    let store = filled().await;
    let (first, next) = names(&store, &Filter::default(), Order::Newest, None).await;
    assert_eq!(first, ["GitHub 6", "GitHub 5", "GitHub 4", "GitHub 3"]);
    assert_eq!(names(&store, &Filter::default(), Order::Newest, next.as_deref()).await.0, ["GitHub 2", "GitHub 1"]);
    let of_user = Filter { end_user: Some("user-0".into()), ..Filter::default() };
    assert_eq!(names(&store, &of_user, Order::Newest, None).await.0, ["GitHub 6", "GitHub 4", "GitHub 2"]);
}

#[tokio::test]
async fn audit_lines_are_found_by_whose_what_and_when() {
    let (store, ..) = sample::in_memory().await;
    let mut change = Change::new();
    for number in 1..=6_u32 {
        let mut line = sample::audit_line(u128::from(number));
        line.at = at(i64::from(number));
        line.id = EventId::new(line.at, u128::from(number));
        if number % 2 == 0 {
            line.tenant = Some(sample::tenant_id(1));
            line.kind = format!("connection.{number}");
            line.subject = "conn_x".into();
        }
        store.audit().append(&mut change, &line).unwrap();
    }
    store.commit(change).await.unwrap();
    let seconds = async |filter: AuditFilter, after: Option<String>| {
        let page = store.audit().list(&filter, after.as_deref(), 2).await.unwrap();
        let found = page.items.iter().map(|line| line.at.duration_since(at(0)).as_secs()).collect::<Vec<_>>();
        (found, page.next)
    };
    let base = AuditFilter::default;
    let tenant = AuditFilter { tenant: Some(sample::tenant_id(1)), ..base() };
    let (first, next) = seconds(tenant.clone(), None).await;
    assert_eq!(first, [6, 4]);
    assert_eq!(seconds(tenant, next).await.0, [2]);
    let other = AuditFilter { tenant: Some(sample::tenant_id(2)), ..base() };
    assert_eq!(seconds(other, None).await, (vec![], None));
    assert_eq!(seconds(AuditFilter { kind: Some("connection.4".into()), ..base() }, None).await.0, [4]);
    assert_eq!(seconds(AuditFilter { kind: Some("connection.".into()), ..base() }, None).await.0, [6, 4]);
    assert_eq!(seconds(AuditFilter { subject: Some("github".into()), ..base() }, None).await.0, [5, 3]);
    assert_eq!(seconds(AuditFilter { by: Some("operator".into()), ..base() }, None).await.0, [6, 5]);
    assert_eq!(seconds(AuditFilter { by: Some("nobody".into()), ..base() }, None).await.0, [0; 0]);
    let window = AuditFilter { since: Some(at(2)), until: Some(at(4)), ..base() };
    assert_eq!(seconds(window, None).await.0, [3, 2]);
}

#[tokio::test]
async fn uses_come_and_go_with_their_connection() {
    let (store, engine, _folder) = sample::in_memory().await;
    let connection = sample::connection(1);
    let mut change = Change::new();
    for number in [1, 2] {
        store.uses().insert(&mut change, &connection, &sample::used(number)).unwrap();
    }
    store.commit(change).await.unwrap();
    let mut again = Change::new();
    store.uses().insert(&mut again, &connection, &sample::used(1)).unwrap();
    assert!(matches!(store.commit(again).await, Err(StoreError::Conflict)));
    let mut found = store.uses().get(connection.tenant, connection.id, "flow-1").await.unwrap().unwrap();
    found.label = "Reports".into();
    let mut change = Change::new();
    store.uses().update(&mut change, &connection, &mut found).unwrap();
    store.commit(change).await.unwrap();
    let listed = store.uses().list(connection.tenant, connection.id, None, 9).await.unwrap().items;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|used| used.label == "Reports"));
    assert!(store.uses().get(sample::tenant_id(2), connection.id, "flow-1").await.unwrap().is_none());
    let mut change = Change::new();
    store.uses().remove(&mut change, &connection, &found);
    store.commit(change).await.unwrap();
    let mut change = Change::new();
    store.uses().clear(&mut change, &connection).await.unwrap();
    store.commit(change).await.unwrap();
    assert_eq!(super::sealed::keys_of(&*engine, "use/").await, [""; 0]);
}

fn answer(body: &[u8]) -> KeptAnswer {
    KeptAnswer { status: 201, headers: vec![], body: Zeroizing::new(body.to_vec()) }
}

async fn outcome(store: &Store, deed: &Deed) -> Option<(Outcome, bool)> {
    store.idempotency().find(deed, "asked", at(0)).await.unwrap()
}

#[tokio::test]
async fn a_deed_is_begun_made_answered_and_forgotten() {
    let (store, engine, _folder) = sample::in_memory().await;
    let deeds = store.idempotency();
    let deed = sample::deed(&store);
    assert_eq!(outcome(&store, &deed).await, None);
    deeds.begin(&deed, "asked", at(10)).await.unwrap();
    assert_eq!(outcome(&store, &deed).await, Some((Outcome::Begun, true)));
    assert_eq!(deeds.find(&deed, "other", at(0)).await.unwrap(), Some((Outcome::Begun, false)));
    let mut change = Change::new();
    deeds.made(&mut change, &deed, "conn_1").await.unwrap();
    assert_eq!(outcome(&store, &deed).await, Some((Outcome::Begun, true)), "made with its change, not before");
    store.commit(change).await.unwrap();
    assert_eq!(outcome(&store, &deed).await, Some((Outcome::Made { subject: "conn_1".into() }, true)));
    let long = vec![b'x'; 60_000];
    deeds.answer(&deed, &answer(&long)).await.unwrap();
    assert_eq!(*deeds.answered(&deed).await.unwrap().unwrap().body, long);
    assert_eq!(deeds.find(&deed, "asked", at(10)).await.unwrap(), None, "too old");
    assert_eq!(deeds.sweep(at(9)).await.unwrap(), 0);
    assert_eq!(deeds.sweep(at(10)).await.unwrap(), 1);
    assert_eq!(super::sealed::keys_of(&*engine, "idempotency").await, [""; 0], "no piece stays behind");
}

#[tokio::test]
async fn a_deed_that_is_begun_anew_while_what_is_old_is_swept_stays() {
    let (store, engine, _folder) = sample::in_memory().await;
    let deeds = store.idempotency();
    let deed = sample::deed(&store);
    deeds.begin(&deed, "asked", at(10)).await.unwrap();
    let key = super::sealed::keys_of(&*engine, "idempotency/").await.remove(0).into_bytes();
    let old = crate::engine::Engine::get(&*engine, &key).await.unwrap().unwrap();
    deeds.begin(&deed, "asked", at(20)).await.unwrap();
    assert!(!deeds.forget_read(key.clone(), old).await.unwrap(), "it is another than the one that was read");
    assert_eq!(outcome(&store, &deed).await, Some((Outcome::Begun, true)));
    let now = crate::engine::Engine::get(&*engine, &key).await.unwrap().unwrap();
    assert!(deeds.forget_read(key, now).await.unwrap());
    assert_eq!(outcome(&store, &deed).await, None);
}

#[tokio::test]
async fn a_deed_belongs_to_its_caller_and_route_and_its_answer_is_sealed() {
    let (store, engine, _folder) = sample::in_memory().await;
    let deeds = store.idempotency();
    let deed = sample::deed(&store);
    deeds.begin(&deed, "asked", at(10)).await.unwrap();
    deeds.answer(&deed, &sample::kept_answer()).await.unwrap();
    let other = deeds.deed(ApiKeyId::new(at(4), 4), Some(sample::tenant_id(1)), "POST /v1/connections", "once-1");
    let route = deeds.deed(sample::api_key().id, Some(sample::tenant_id(1)), "POST /v1/clients", "once-1");
    assert_eq!(outcome(&store, &other).await, None);
    assert_eq!(outcome(&store, &route).await, None);
    for key in super::sealed::keys_of(&*engine, "").await {
        let value = crate::engine::Engine::get(&*engine, key.as_bytes()).await.unwrap().unwrap();
        let shown = value.windows(sample::SECRET.len()).any(|window| window == sample::SECRET.as_bytes());
        assert!(!shown, "{key} shows the answer's secret");
    }
    let large = answer(&vec![0; crate::ANSWER_LIMIT + 1]);
    assert!(matches!(deeds.answer(&deed, &large).await, Err(StoreError::TooLarge { .. })));
}
