//! The breaker: a connector that keeps breaking is left alone for a while, it alone, and tried again after.

use http::{Method, StatusCode};
use jackfield_server::config::Config;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::Tenant;
use jiff::SignedDuration;
use serde_json::json;

use crate::hostile::hooks::breaks_and_revokes;
use crate::scene::{Scene, TOKEN, failure};

/// Less time for a call than for a request of it.
fn hasty(config: &mut Config) {
    config.limits.wall_ms = 1_000;
    config.limits.request_ms = 60_000;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_is_no_fault_of_the_connector() {
    let scene = Scene::with(hasty).await;
    let connection = scene.connect("trusting").await;
    let id = connection["id"].as_str().unwrap();
    scene.provider.double().faults().always(On::path("/me"), Fault::Held(Gate::default()));
    for verified in futures::future::join_all((0..8).map(|_| scene.verify(id))).await {
        let (code, message) = failure(&verified);
        assert_eq!(code, "limit");
        assert!(message.ends_with("waited for a provider that took too long (limit `wall_ms`)"), "{message}");
        assert_eq!(verified["verification"]["failure"]["advice"], "retry");
    }
    scene.provider.double().faults().clear();
    // Nor is it to the credit of one that breaks.
    let odd = || scene.provider.double().faults().once(On::path("/me"), Fault::Json(StatusCode::OK, json!({})));
    for turn in 0..5 {
        scene.provider.double().faults().once(On::path("/me"), Fault::Held(Gate::default()));
        assert_eq!(failure(&scene.verify(id).await).0, "limit");
        odd();
        assert_eq!(failure(&scene.verify(id).await).0, "trap", "turn {turn}");
    }
    assert_eq!(failure(&scene.verify(id).await).0, "breaker-open");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_for_that_connector_alone_and_closes_when_a_call_works_again() {
    let scene = Scene::start().await;
    let connection = scene.connect("trusting").await;
    assert_eq!(connection["status"], "active", "{connection}");
    let id = connection["id"].as_str().unwrap();
    // The neighbour asks the same path: each fault is meant for one request.
    let odd = || scene.provider.double().faults().once(On::path("/me"), Fault::Json(StatusCode::OK, json!({})));

    for turn in 0..5 {
        odd();
        assert_eq!(failure(&scene.verify(id).await).0, "trap", "turn {turn}");
    }
    let asked = scene.provider.double().log().all().len();
    let left_alone = scene.verify(id).await;
    let (code, message) = failure(&left_alone);
    assert_eq!(code, "breaker-open");
    assert!(message.starts_with("the connector `trusting` failed repeatedly and is left alone until "), "{message}");
    assert_eq!(left_alone["verification"]["failure"]["advice"], "retry");
    assert_eq!(scene.provider.double().log().all().len(), asked, "nothing runs while it is open");
    scene.neighbour_works().await;

    // One call is let through; as it breaks again, the wait begins anew.
    scene.host.clock.advance(SignedDuration::from_secs(61));
    odd();
    assert_eq!(failure(&scene.verify(id).await).0, "trap");
    assert_eq!(failure(&scene.verify(id).await).0, "breaker-open");

    scene.host.clock.advance(SignedDuration::from_secs(61));
    for _ in 0..2 {
        assert_eq!(scene.verify(id).await["status"], "active");
    }
}

/// A connection of a tenant, which may belong to a person.
async fn connected(scene: &Scene, tenant: &Tenant, end_user: Option<&str>) -> String {
    let fields = json!({ "token": TOKEN });
    let wanted = json!({ "connector": "trusting", "method": "token", "fields": fields, "end_user": end_user });
    let connection = scene.made_for(tenant, wanted).await;
    assert_eq!(connection["status"], "active", "{connection}");
    connection["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_brings_about_keeps_nobody_else_from_the_connector() {
    let scene = Scene::start().await;
    scene.host.install("trusting").await.unwrap();
    let own = connected(&scene, &scene.tenant, Some("mallory")).await;
    let odd = || scene.provider.double().faults().once(On::path("/me"), Fault::Json(StatusCode::OK, json!({})));
    for turn in 0..5 {
        odd();
        assert_eq!(failure(&scene.verify(&own).await).0, "trap", "turn {turn}");
    }
    assert_eq!(failure(&scene.verify(&own).await).0, "breaker-open");
    // Whoever connects meanwhile, beside that person or in another tenant, is answered as ever.
    connected(&scene, &scene.tenant, Some("alice")).await;
    connected(&scene, &scene.tenant, None).await;
    connected(&scene, &scene.host.tenant("Other").await.unwrap(), Some("mallory")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_for_several_is_left_alone_for_their_tenant_and_for_no_other() {
    let scene = Scene::start().await;
    scene.host.install("trusting").await.unwrap();
    let other = scene.host.tenant("Other").await.unwrap();
    let (beside, theirs) = (connected(&scene, &scene.tenant, None).await, connected(&scene, &other, None).await);
    let mut own = Vec::new();
    for person in ["u-1", "u-2", "u-3", "u-4", "u-5"] {
        own.push(connected(&scene, &scene.tenant, Some(person)).await);
    }
    for id in &own {
        scene.provider.double().faults().once(On::path("/me"), Fault::Json(StatusCode::OK, json!({})));
        assert_eq!(failure(&scene.verify(id).await).0, "trap");
    }
    assert_eq!(failure(&scene.verify(&beside).await).0, "breaker-open");
    for _ in 0..2 {
        // What works there does not close it here.
        assert_eq!(scene.verify_for(&other, &theirs).await["status"], "active");
        assert_eq!(failure(&scene.verify(&beside).await).0, "breaker-open");
    }
    scene.host.clock.advance(SignedDuration::from_secs(61));
    let verified = scene.verify(&beside).await;
    assert!(verified["verification"]["failure"].is_null(), "{verified}");
}

/// As `hasty`, and one call at a time.
fn hasty_and_narrow(config: &mut Config) {
    hasty(config);
    config.limits.calls_at_once = 1;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_waits_for_one_another_is_no_fault_of_the_connector() {
    let scene = Scene::with(hasty_and_narrow).await;
    let connection = scene.connect("trusting").await;
    let id = connection["id"].as_str().unwrap();
    scene.provider.double().faults().always(On::path("/me"), Fault::Held(Gate::default()));
    let ended = futures::future::join_all((0..8).map(|_| scene.verify(id))).await;
    for verified in &ended {
        assert_eq!(
            (failure(verified).0.as_str(), &verified["verification"]["failure"]["advice"]),
            ("limit", &json!("retry"))
        );
    }
    let crowded = ended.iter().filter(|verified| failure(verified).1.contains("limit `calls_at_once`")).count();
    assert!(crowded > 5, "more than a breaker bears: {crowded} found no place");
    scene.provider.double().faults().clear();
    assert_eq!(scene.verify(id).await["status"], "active");
}

/// A grant whose connection is deleted while nobody asks its connector is ended as soon as somebody does again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_while_it_is_open_is_revoked_when_it_has_closed() {
    let scene = Scene::start().await;
    scene.host.install_bytes(breaks_and_revokes("breaking")).await.unwrap();
    let wanted = json!({ "connector": "breaking", "method": "token", "fields": { "token": TOKEN } });
    let connection = scene.made(wanted).await;
    let id = connection["id"].as_str().unwrap();
    for _ in 0..5 {
        scene.verify(id).await;
    }
    assert_eq!(failure(&scene.verify(id).await).0, "breaker-open");
    let path = format!("/v1/connections/{id}?twins=end");
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "queued", "{}", deleted.json);
    assert!(scene.provider.double().log().to("/revoke").is_empty(), "nobody asked it what to send");
    scene.host.clock.advance(SignedDuration::from_secs(61));
    scene.host.keep_house().await.unwrap();
    let sent = scene.provider.double().log().to("/revoke");
    assert_eq!((sent.len(), sent[0].form_value("token").as_deref()), (1, Some(TOKEN)));
}
