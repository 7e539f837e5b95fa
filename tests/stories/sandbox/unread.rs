//! Tokens that a connector has not read, or cannot use at once: nothing forgets them.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::Answer;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::scene::Scene;

const OLD: (&str, &str) = ("at-of-before-2rT7wZ5nB8cL", "rt-of-before-8uG3eK0oX5iN");
const NEW: (&str, &str) = ("at-of-after-qW4eR7tY1uI8", "rt-of-after-zX6cV3bN0mL7");

/// A scene in which people connect with the guest.
async fn scene() -> Scene {
    let scene = Scene::start().await;
    scene.host.install("unread").await.unwrap();
    scene.host.client("unread", "client-1", "secret-of-client-1", json!({})).await.unwrap();
    for (access, _) in [OLD, NEW] {
        scene.provider.accept(access, "alice");
    }
    scene
}

async fn connected(scene: &Scene) -> String {
    scene.login.issues("code-1", [OLD, NEW]);
    let made = scene.consent("unread", "code", "u-1").await;
    assert_eq!(made.json["status"], "active", "{}", made.json);
    made.text("/id").unwrap()
}

async fn import(scene: &Scene, tokens: Value) -> Answer {
    let asked = json!({ "connector": "unread", "method": "code", "actions": [], "tokens": tokens });
    scene.host.post(&scene.tenant.key, "/v1/connections/import", asked).await.unwrap()
}

async fn delete(scene: &Scene, id: &str) -> Value {
    let path = format!("/v1/connections/{id}");
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert!(deleted.status.is_success(), "{}", deleted.json);
    deleted.json["revocation"]["outcome"].clone()
}

async fn refresh(scene: &Scene, id: &str) -> Answer {
    scene.host.post(&scene.tenant.key, &format!("/v1/connections/{id}/refresh"), json!({})).await.unwrap()
}

/// The tokens the provider was asked to end, by now and by what waits.
async fn ended(scene: &Scene) -> Vec<String> {
    scene.host.clock.advance(SignedDuration::from_secs(60));
    scene.host.keep_house().await.unwrap();
    let log = scene.login.double().log().to("/revoke");
    log.iter().map(|request| request.form_value("token").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_reads_is_ended_when_its_connection_is_deleted_meanwhile() {
    let scene = scene().await;
    let id = connected(&scene).await;
    let gate = Gate::default();
    scene.login.is_unread();
    scene.login.double().faults().once(On::path("/token"), Fault::Held(gate.clone()));
    let meanwhile = async {
        gate.reached(1).await;
        assert_eq!(delete(&scene, &id).await, "revoked");
        gate.open();
    };
    let (refreshed, ()) = tokio::join!(refresh(&scene, &id), meanwhile);
    assert_eq!((refreshed.status.as_u16(), refreshed.code()), (404, "not-found"), "{}", refreshed.json);
    let ended = ended(&scene).await;
    assert!([OLD.1, OLD.0, NEW.1, NEW.0].iter().all(|token| ended.contains(&(*token).to_owned())), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_finds_nothing_out_is_refreshed_before_it_is_called_dead() {
    let scene = scene().await;
    scene.login.issues("", [NEW]);
    let made = import(&scene, json!({ "access_token": "at-over", "refresh_token": OLD.1 })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("active")), "{}", made.json);
    assert_eq!((&made.json["version"], &made.json["target"]["id"]), (&json!(2), &json!("1")), "{}", made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_whose_newer_tokens_nobody_reads_is_kept_with_them() {
    let scene = scene().await;
    scene.login.issues("", [NEW]);
    scene.login.is_unread();
    scene.provider.double().faults().always(On::path("/me"), Fault::Status(StatusCode::UNAUTHORIZED));
    let made = import(&scene, json!({ "access_token": OLD.0, "refresh_token": OLD.1 })).await;
    assert_eq!((made.status.as_u16(), &made.json["status"]), (201, &json!("needs-reauthorization")), "{}", made.json);
    assert_eq!(delete(&scene, &made.text("/id").unwrap()).await, "revoked");
    let ended = ended(&scene).await;
    assert!([NEW.1, NEW.0].iter().all(|token| ended.contains(&(*token).to_owned())), "{ended:?}");
}
