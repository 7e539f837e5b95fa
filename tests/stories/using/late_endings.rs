//! What is ended late, or arrives when its connection is gone: it ends, and nobody with it for whom nobody said so.

use http::{Method, StatusCode};
use jackfield_server::clock::Clock;
use jackfield_store::JournalEntry;
use jackfield_tests::doubles::{Fault, Gate, On};
use serde_json::{Value, json};

use crate::front::Fronted;

const REVOCATION: &str = "/token/revocation";
/// Longer than anything waits in the queue for its first tries.
const DAY: i64 = 24 * 3600;

/// The tokens the provider was asked to end.
fn ended(scene: &Fronted) -> Vec<String> {
    let log = scene.front.log().to(REVOCATION);
    log.iter().map(|request| request.form_value("token").unwrap()).collect()
}

/// Deletes with a query; answers the outcome at the provider.
async fn deleted(scene: &Fronted, id: &str, query: &str) -> Value {
    let path = format!("/v1/connections/{id}{query}");
    let answer = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.json);
    answer.json["revocation"]["outcome"].clone()
}

/// The same while the provider takes no revocation.
async fn queued(scene: &Fronted, id: &str, query: &str) {
    scene.front.faults().once(On::path(REVOCATION), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(deleted(scene, id, query).await, "queued");
}

async fn later(scene: &Fronted, seconds: i64) {
    scene.pass(seconds);
    scene.host.keep_house().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_waited_ends_nobody_who_connected_since() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    queued(&scene, &id, "").await;
    let since = scene.connect("alice").await;
    later(&scene, 60).await;
    assert_eq!(ended(&scene).len(), 1, "only what was asked before the new connection was there");
    assert_eq!(scene.ask(&since, "verify", json!({})).await.json["status"], "active");
    // Another account's connection is no reason to leave a grant.
    let bob = scene.connect("bob").await;
    queued(&scene, &bob, "").await;
    later(&scene, 60).await;
    assert_eq!(ended(&scene).len(), 4);
    later(&scene, DAY).await;
    assert_eq!(ended(&scene).len(), 4, "nothing of either waits any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_was_said_to_end_does_so_late_too_and_stays_where_it_was_renewed() {
    let scene = Fronted::start().await;
    let (twin, other) = (scene.connect("alice").await, scene.connect("alice").await);
    queued(&scene, &other, "?twins=end").await;
    later(&scene, 60).await;
    assert_eq!(ended(&scene).len(), 3, "it was said, so it is done");
    let other = scene.connect("alice").await;
    queued(&scene, &other, "?twins=end").await;
    scene.pass(1);
    let link = scene.again(&twin, "alice").await;
    assert_eq!(scene.consent(&link, "alice").await.json["id"], twin.as_str());
    later(&scene, 60).await;
    assert_eq!(ended(&scene).len(), 4, "nobody said that what was consented to since is to end");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_arrive_for_a_deleted_connection_are_left_where_its_twin_lives_on_their_grant() {
    let mut scene = Fronted::start().await;
    let (id, twin) = (scene.connect("alice").await, scene.connect("alice").await);
    // Only a fresh process asks for the issuer's keys: what it then waits for comes after the answer.
    scene.host.stop().await.unwrap();
    scene.host.start_again().await.unwrap();
    let keys = Gate::default();
    scene.front.faults().once(On::path("/jwks"), Fault::Held(keys.clone()));
    let meanwhile = async {
        keys.reached(1).await;
        assert_eq!(deleted(&scene, &id, "?twins=keep").await, "kept");
        keys.open();
    };
    let (refreshed, ()) = tokio::join!(scene.ask(&id, "refresh", json!({})), meanwhile);
    assert_eq!((refreshed.status.as_u16(), refreshed.code()), (404, "not-found"), "{}", refreshed.json);
    later(&scene, DAY).await;
    assert_eq!(ended(&scene), Vec::<String>::new());
    assert_eq!(scene.ask(&twin, "verify", json!({})).await.json["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_hangs_keeps_nobody_else_s_waiting_and_a_stop_waits_for_it() {
    let mut scene = Fronted::start().await;
    let alice = scene.connect("alice").await;
    queued(&scene, &alice, "").await;
    scene.tenant = scene.host.tenant("Another").await.unwrap();
    let bob = scene.connect("bob").await;
    queued(&scene, &bob, "").await;
    let gate = Gate::default();
    scene.front.faults().once(On::path(REVOCATION), Fault::Held(gate.clone()));
    scene.pass(60);
    scene.host.running().unwrap().service.tick().await.unwrap();
    gate.reached(1).await;
    // Two were refused, one hangs, and the other's two tokens are ended beside it.
    scene.front.log().until(REVOCATION, 5).await;
    let (stopped, ()) = tokio::join!(scene.host.stop(), async {
        tokio::task::yield_now().await;
        gate.open();
    });
    stopped.unwrap();
    assert_eq!(ended(&scene).len(), 6);
    scene.host.start_again().await.unwrap();
    later(&scene, DAY).await;
    assert_eq!(ended(&scene).len(), 6, "each is done, and nobody is asked twice");
}

/// Puts an answer with new tokens into the journal, as a refresh does that cannot read it.
async fn left_in_the_journal(scene: &mut Fronted, id: &str, name: &str) {
    let sent_at = scene.host.clock.now();
    let tenant = scene.tenant.id.parse().unwrap();
    let connection = id.parse().unwrap();
    let entry = JournalEntry { tenant, connection, token: String::new(), from_version: 1, attempt: 0, sent_at };
    let body = json!({
        "access_token": format!("at-{name}"), "refresh_token": format!("rt-{name}"), "token_type": "Bearer", "expires_in": 3600
    });
    let body = data_encoding::BASE64.encode(body.to_string().as_bytes());
    let headers = json!([["content-type", "application/json"]]);
    let answer = json!({ "status": 200, "headers": headers, "body": body, "sent_at": sent_at }).to_string();
    let written = scene.host.between(async |store| Ok(store.journal().append(&entry, answer.as_bytes()).await?));
    written.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_nobody_took_out_of_the_journal_end_with_their_connection() {
    let mut scene = Fronted::start().await;
    let (id, twin) = (scene.connect("alice").await, scene.connect("alice").await);
    left_in_the_journal(&mut scene, &twin, "of-a-twin").await;
    left_in_the_journal(&mut scene, &id, "unread").await;
    assert_eq!(deleted(&scene, &twin, "?twins=keep").await, "kept");
    assert_eq!(deleted(&scene, &id, "").await, "revoked");
    later(&scene, 60).await;
    let ended = ended(&scene);
    assert!(["rt-unread", "at-unread"].iter().all(|token| ended.contains(&(*token).to_owned())), "{ended:?}");
    assert_eq!(ended.len(), 4, "{ended:?}");
    let left = scene.host.between(async |store| Ok(store.journal().pending().await?.items.len()));
    assert_eq!(left.await.unwrap(), 0);
}
