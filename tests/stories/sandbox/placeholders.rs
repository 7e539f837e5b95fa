//! Placeholders: what a hook is shown instead of a secret fills a secret's place and no other, and none can be made up.

use serde_json::json;

use crate::scene::{Scene, detail};

const PAIR: (&str, &str) = ("aV3xQ9mR2kT7wZ5nB8cL4dF6", "rJ6yH1sP8uG3eK0oX5iN7tM2");

/// Installs the guest and connects it by consent; the answer to completing.
async fn completed(guest: &str) -> (Scene, jackfield_tests::host::Answer) {
    let scene = Scene::start().await;
    let connector = scene.host.install(guest).await.unwrap();
    scene.host.client(&connector, "client-1", "vC8pL3zD6fQ1wS4x", json!({})).await.unwrap();
    scene.login.issues("code-of-alice", [PAIR]);
    scene.provider.accept(PAIR.0, "alice");
    let answer = scene.consent(&connector, "code", "u-1").await;
    (scene, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_one_stands_for_nothing() {
    let (scene, answer) = completed("forged_placeholder").await;
    assert!(answer.status.is_client_error(), "{}", answer.json);
    assert_eq!(answer.json["failure"]["code"], "placeholder-forged", "{}", answer.json);
    assert!(detail(&answer).contains("placeholder"), "{}", answer.json);
    let listed = scene.host.get(&scene.tenant.key, "/v1/connections?connector=forged-placeholder").await.unwrap();
    assert_eq!(listed.json["items"], json!([]), "{}", listed.json);
    scene.neighbour_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kept_as_a_public_value_is_refused() {
    let (scene, answer) = completed("kept_placeholder").await;
    assert!(answer.status.is_client_error(), "{}", answer.json);
    assert_eq!(answer.json["failure"]["advice"], "misconfigured", "{}", answer.json);
    assert!(detail(&answer).contains("team"), "{}", answer.json);
    assert!(!answer.json.to_string().contains(PAIR.0));
    scene.neighbour_works().await;
}
