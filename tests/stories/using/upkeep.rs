//! Upkeep: what the host does for a connection that nobody asks about — and says, where it can do nothing.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::{at_every_server, peer::Server};
use serde_json::{Value, json};

use crate::front::{Fronted, LIFE};

at_every_server!(ref_3_a_token_nobody_asks_for_is_refreshed_before_its_end_and_not_sooner,);

/// Within the last minutes of a token, when its refresh is due.
const DUE: i64 = LIFE - 250;

/// The kinds and notes of a connection's timeline, newest first.
async fn told(scene: &Fronted, id: &str) -> Vec<(String, String)> {
    let path = format!("/v1/connections/{id}/timeline");
    let timeline = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    timeline["items"].as_array().unwrap().iter().map(|event| (text(&event["kind"]), text(&event["note"]))).collect()
}

async fn ref_3_a_token_nobody_asks_for_is_refreshed_before_its_end_and_not_sooner(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    scene.pass(LIFE - 400);
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.refreshes().len(), 0);
    scene.pass(400 - 250);
    scene.host.keep_house().await.unwrap();
    scene.host.keep_house().await.unwrap();
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)));
    assert_eq!(scene.refreshes().len(), 1);
    // And again before the end of the new one, for as long as it lives.
    scene.pass(DUE);
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.show(&id).await["version"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_found_again_after_a_restart() {
    let mut scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.host.stop().await.unwrap();
    scene.pass(DUE);
    scene.host.start_again().await.unwrap();
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.show(&id).await["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_is_waited_for_and_whoever_comes_meanwhile_shares_it() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.pass(DUE);
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    let service = scene.host.running().unwrap().service.clone();
    service.tick().await.unwrap();
    gate.reached(1).await;
    // Nearly three minutes: longer than any connection may take to come up, and no reason to ask a second time.
    scene.pass(170);
    tokio::join!(async { service.tick().await.unwrap() }, async { service.tick().await.unwrap() });
    assert_eq!(scene.show(&id).await["status"], "active");
    let (lease, ()) = tokio::join!(scene.lease(&id, 600), async {
        tokio::task::yield_now().await;
        gate.open();
    });
    service.rest().await;
    assert_eq!((lease.status.as_u16(), &lease.json["version"]), (200, &json!(2)), "{}", lease.json);
    assert_eq!(scene.refreshes().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_6_a_lost_rotation_is_tried_once_at_the_last_moment_and_said_once() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.pass(DUE);
    scene.strike(Fault::Lost);
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.show(&id).await["status"], "uncertain");
    let (kind, note) = &told(&scene, &id).await[0];
    assert_eq!(kind, "refresh-failed");
    assert!(note.contains("may be spent") && note.contains("reauthorized"), "{note}");
    // Until then the old refresh token rests, and the access token serves.
    scene.pass(180);
    scene.host.keep_house().await.unwrap();
    scene.token(&id, 60).await;
    assert_eq!(scene.refreshes().len(), 1);
    scene.pass(20);
    for _ in 0..3 {
        scene.host.keep_house().await.unwrap();
        scene.pass(600);
    }
    let connection = scene.show(&id).await;
    assert_eq!(connection["status"], "needs-reauthorization");
    assert_eq!(connection["failure"]["code"], "rotation-lost");
    assert_eq!(scene.refreshes().len(), 2, "the old token is tried once");
    let told = told(&scene, &id).await;
    let lost = told.iter().filter(|(_, note)| note.contains("never arrived")).count();
    assert_eq!(lost, 1, "the person is asked once: {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_broken_provider_is_asked_ever_more_rarely_until_it_works() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.pass(DUE);
    scene.front.faults().always(On::path(scene.server.token_path()), Fault::Status(StatusCode::INTERNAL_SERVER_ERROR));
    for _ in 0..120 {
        scene.host.keep_house().await.unwrap();
        scene.pass(60);
    }
    let tries = scene.refreshes().len();
    assert!((8..24).contains(&tries), "{tries} tries in two hours");
    assert_eq!(scene.show(&id).await["status"], "active", "a provider's bad hour ends no permission");
    scene.front.faults().clear();
    scene.pass(15 * 60);
    scene.host.keep_house().await.unwrap();
    assert_eq!((scene.show(&id).await["version"].clone(), scene.refreshes().len()), (json!(2), tries + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn core_12_a_rate_limit_is_kept_to_the_second() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.pass(DUE);
    scene.strike(Fault::TooMany(120));
    scene.host.keep_house().await.unwrap();
    scene.pass(119);
    scene.host.keep_house().await.unwrap();
    assert_eq!((scene.refreshes().len(), &scene.show(&id).await["version"]), (1, &json!(1)));
    scene.pass(1);
    scene.host.keep_house().await.unwrap();
    assert_eq!((scene.refreshes().len(), &scene.show(&id).await["version"]), (2, &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nothing_renews_nears_its_end_and_ends() {
    let scene = Fronted::start().await;
    // Without `offline_access` the provider gives no refresh token.
    let (_, link) = scene.host.session(&scene.tenant, "openid-connect", &["sign-in"], "alice").await.unwrap();
    let id = scene.consent(&link, "alice").await.text("/id").unwrap();
    scene.pass(LIFE / 2);
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.show(&id).await["status"], "active");
    scene.pass(LIFE / 2 - 600);
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.show(&id).await["status"], "expiring");
    assert_eq!(told(&scene, &id).await[0].0, "nears-end");
    scene.token(&id, 60).await;
    scene.pass(600);
    scene.host.keep_house().await.unwrap();
    let connection = scene.show(&id).await;
    assert_eq!(
        (&connection["status"], &connection["failure"]["code"]),
        (&json!("needs-reauthorization"), &json!("ended"))
    );
    let told_before = told(&scene, &id).await;
    assert!(told_before[0].1.contains("reauthorize"), "{told_before:?}");
    scene.pass(LIFE);
    scene.host.keep_house().await.unwrap();
    assert_eq!(told(&scene, &id).await, told_before, "it is said once");
    assert_eq!(scene.refreshes().len(), 0);
}
