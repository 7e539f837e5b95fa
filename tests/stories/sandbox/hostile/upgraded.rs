//! A version that asks for more, approved: who connected before keeps what they consented to, until they consent again.

use http::StatusCode;
use jackfield_tests::host::{Answer, RETURN_URL};
use serde_json::{Value, json};

use super::core::Core;
use super::lowering::manifest;
use crate::scene::Scene;

const NAME: &str = "growing";
const FIRST: (&str, &str) = ("aQ3nT7xV5kM9wZ2pJ8sL4rB6", "rC8vN2mK6xQ4tZ9wH5jP3sL7");
const SECOND: (&str, &str) = ("aD6yW4hG8nX2bV7mT5kR9qF3", "rF4jS9pL3vB7zK5nM8cT2wX6");
const THIRD: (&str, &str) = ("aJ2mP8tK5wS9xD4vR7nQ3bH6", "rN7bX3kW9vT5pZ2mH8sD4jQ6");

/// A connector with a method people consent by, whose action needs these scopes. Its refreshes repeat them.
fn version(number: &str, scopes: &[&str], needed: &[&str], path: &str) -> Vec<u8> {
    let mut declared = manifest(NAME);
    let scope = |id: &&str| json!({ "id": id, "title": id, "description": "A scope." });
    declared["version"] = json!(number);
    declared["scopes"] = scopes.iter().map(scope).collect();
    declared["actions"] = json!([{
        "id": "look", "title": "Look", "description": "Look.", "access": "read", "any-of": [needed],
        "requests": [{ "methods": ["GET"], "origin": "api", "path": path }],
    }]);
    let mut method = declared["methods"][0].clone();
    method["id"] = json!("code");
    method["fields"] = json!([]);
    method["kind"] = json!({ "oauth2-code": {
        "authorize-url": "https://login.test/authorize", "token-url": "https://login.test/token",
        "authorize": { "scope-separator": " " },
        "response": {
            "access-token": { "pointer": "/access_token" }, "refresh-token": { "pointer": "/refresh_token" },
            "scope-format": { "separated": " " },
        },
        "refresh": { "rotation": "unknown", "using": "refresh-token", "repeat-scope": true },
    } });
    declared["methods"].as_array_mut().unwrap().push(method);
    Core::named(NAME).declares(declared).bytes()
}

/// Connects as somebody, for the one action there is.
async fn connect(scene: &Scene, end_user: &str) -> Answer {
    let (_, link) = scene.host.session(&scene.tenant, NAME, &["look"], end_user).await.unwrap();
    let mut browser = scene.browser();
    browser.leave_at(RETURN_URL);
    let page = browser.open(&format!("{link}?method=code")).await.unwrap().page().unwrap();
    let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
    let returned = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().left().unwrap();
    scene.host.complete(&scene.tenant, &returned, end_user).await.unwrap()
}

async fn ask(scene: &Scene, id: &str, verb: &str) -> Answer {
    scene.host.post(&scene.tenant.key, &format!("/v1/connections/{id}/{verb}"), json!({})).await.unwrap()
}

/// What was last asked for at that path, as the scopes of a query or of a form.
fn scopes_at(scene: &Scene, path: &str) -> Option<String> {
    let last = scene.login.double().log().to(path).pop().unwrap();
    last.query_value("scope").or_else(|| last.form_value("scope"))
}

async fn permissions(scene: &Scene, id: &str) -> Value {
    let read = scene.host.get(&scene.tenant.key, &format!("/v1/connections/{id}/permissions")).await.unwrap();
    assert_eq!(read.status, StatusCode::OK, "{}", read.json);
    read.json
}

#[tokio::test(flavor = "multi_thread")]
async fn core_11_whoever_connected_before_an_upgrade_keeps_the_scopes_of_then() {
    let scene = Scene::start().await;
    scene.host.install_bytes(version("1.0.0", &["read"], &["read"], "/notes")).await.unwrap();
    scene.host.client(NAME, "client-1", "the-secret-of-the-client", json!({})).await.unwrap();
    scene.login.issues("the-code", [FIRST, SECOND]);
    let made = connect(&scene, "u-1").await;
    assert_eq!((made.status, &made.json["status"]), (StatusCode::OK, &json!("active")), "{}", made.json);
    let id = made.text("/id").unwrap();
    assert_eq!(scopes_at(&scene, "/authorize").as_deref(), Some("read"));

    // The wider one, kept aside: nobody is asked for more.
    let service = &scene.host.running().unwrap().service;
    let wider = version("2.0.0", &["read", "write"], &["read", "write"], "/**");
    let (_, digest) = service.keep_candidate(&wider).await.unwrap();
    assert_eq!(ask(&scene, &id, "refresh").await.json["version"], 2);
    assert_eq!(scopes_at(&scene, "/token").as_deref(), Some("read"));
    scene.login.issues("the-code", [THIRD]);
    assert_eq!(connect(&scene, "u-2").await.json["status"], "active");
    assert_eq!(scopes_at(&scene, "/authorize").as_deref(), Some("read"));

    // Approved: who connects now is asked for it, who connected then is what they were.
    service.upgrade(NAME, &digest, "the operator").await.unwrap();
    scene.login.issues("the-code", [FIRST]);
    assert_eq!(ask(&scene, &id, "refresh").await.json["version"], 3);
    assert_eq!(scopes_at(&scene, "/token").as_deref(), Some("read"));
    let granted = permissions(&scene, &id).await["granted"].clone();
    assert!(granted.as_array().unwrap().len() == 1 && granted[0]["id"] == "read", "{granted}");
    // What the action needs by now is said, not taken.
    let look = permissions(&scene, &id).await["actions"][0].clone();
    assert_eq!((&look["allowed"], &look["missing"]), (&json!(false), &json!(["write"])), "{look}");
    scene.login.issues("the-code", [SECOND]);
    assert_eq!(connect(&scene, "u-3").await.json["status"], "active");
    assert_eq!(scopes_at(&scene, "/authorize").as_deref(), Some("read write"));
}
