//! A refresh outlives whoever asked for it: a caller who hangs up, a host that stops, a host that is killed.

use bytes::Bytes;
use http::Request;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::wire::Wire;
use serde_json::json;
use url::Url;

use crate::front::{Fronted, LIFE, Tapped};
use jackfield_tests::process::Process;

fn refresh(scene: &Fronted) -> Request<Bytes> {
    let request = Request::post("/").header("authorization", format!("Bearer {}", scene.tenant.key));
    request.body(Bytes::new()).unwrap()
}

/// Asks for a refresh and hangs up once it has reached the provider's gate.
async fn hang_up_at(scene: &Fronted, base: &str, id: &str, gate: &Gate) {
    let url = Url::parse(&format!("{base}/v1/connections/{id}/refresh")).unwrap();
    let request = refresh(scene);
    let asking = tokio::spawn(async move { Wire::loopback().send(&url, request).await });
    gate.reached(1).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_2_a_caller_who_hangs_up_loses_nothing() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    hang_up_at(&scene, &scene.host.url().unwrap(), &id, &gate).await;
    assert_eq!(scene.show(&id).await["version"], 1);
    gate.open();
    // Joins the refresh, or finds it stored.
    let report = scene.ask(&id, "unauthorized", json!({ "version": 1 })).await;
    assert_eq!((&report.json["version"], scene.refreshes().len()), (&json!(2), 1), "{}", report.json);
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
}

/// Security rule 4: an answer that lost the race to a person's consent takes nothing from it.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_consents_while_a_refresh_is_under_way_has_the_last_word() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let (gate, tapped) = (Gate::default(), Tapped::default());
    scene.strike(Fault::HeldAnswer(gate.clone()));
    scene.tap(&tapped);
    let (refreshed, again) = tokio::join!(scene.ask(&id, "refresh", json!({})), async {
        gate.reached(1).await;
        let again = scene.consent(&scene.again(&id, "alice").await, "alice").await;
        gate.open();
        again
    });
    assert_eq!((&again.json["id"], &again.json["version"]), (&json!(id), &json!(2)), "{}", again.json);
    assert_eq!(refreshed.json["version"], 2, "{}", refreshed.json);
    assert_eq!(scene.token(&id, 60).await, tapped.text(0, "access_token"));
    // Its refresh token is the new grant's, which nobody used yet.
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
    assert_eq!(scene.refreshes().pop().unwrap().form_value("refresh_token"), Some(tapped.text(0, "refresh_token")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_stops_waits_for_its_refreshes() {
    let mut scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let gate = Gate::default();
    scene.strike(Fault::HeldAnswer(gate.clone()));
    hang_up_at(&scene, &scene.host.url().unwrap(), &id, &gate).await;
    let (stopped, ()) = tokio::join!(scene.host.stop(), async {
        tokio::task::yield_now().await;
        gate.open();
    });
    stopped.unwrap();
    scene.host.start_again().await.unwrap();
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)));
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
}

/// Lets another process take the host's store, ask for a refresh, and be killed while `fault` holds it at the gate.
async fn killed_at(scene: &mut Fronted, id: &str, on: On, fault: Fault, gate: &Gate) {
    scene.host.stop().await.unwrap();
    scene.front.faults().once(on, fault);
    let process = Process::serve(crate::PROGRAM, scene.host.folder(), &scene.front.placed()).await.unwrap();
    hang_up_at(scene, &process.url, id, gate).await;
    process.kill().await.unwrap();
    gate.open();
    scene.host.start_again().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_2_an_answer_that_arrived_before_a_crash_is_used_after_it() {
    let mut scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let gate = Gate::default();
    // The answer lies in the journal; the issuer's keys, needed to read it, are what the process still waits for.
    killed_at(&mut scene, &id, On::path("/jwks"), Fault::Held(gate.clone()), &gate).await;
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)), "{connection}");
    assert_eq!(scene.refreshes().len(), 1);
    // The provider ends the whole grant when a refresh token is used twice: this one is the new one.
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.json["version"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_6_an_answer_a_crash_swallowed_is_uncertain_and_then_lost() {
    let mut scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let token = scene.token(&id, 60).await;
    let gate = Gate::default();
    killed_at(&mut scene, &id, On::path("/token"), Fault::HeldAnswer(gate.clone()), &gate).await;
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("uncertain"), &json!(1)), "{connection}");
    assert_eq!(scene.ask(&id, "refresh", json!({})).await.code(), "try-later");
    assert_eq!((scene.token(&id, 60).await, scene.refreshes().len()), (token, 1));
    scene.pass(LIFE - 50);
    assert_eq!(scene.lease(&id, 60).await.code(), "needs-reauthorization");
    assert_eq!(scene.show(&id).await["failure"]["code"], "rotation-lost");
    assert_eq!(scene.refreshes().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_6_a_request_a_crash_stopped_on_its_way_succeeds_later() {
    let mut scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let gate = Gate::default();
    killed_at(&mut scene, &id, On::path("/token"), Fault::Held(gate.clone()), &gate).await;
    assert_eq!(scene.show(&id).await["status"], "uncertain");
    scene.pass(LIFE - 50);
    scene.token(&id, 60).await;
    let connection = scene.show(&id).await;
    assert_eq!((&connection["status"], &connection["version"]), (&json!("active"), &json!(2)), "{connection}");
}
