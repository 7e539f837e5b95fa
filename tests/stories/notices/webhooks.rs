//! Webhooks as an application sees them: what is said, how it is signed, new secrets, tests, and addresses that are refused.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use jiff::SignedDuration;
use serde_json::json;

use crate::stage::{HOOKS, Stage, verified};

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_a_connection_is_heard_in_order_and_holds_no_secret() {
    let stage = Stage::set().await;
    let hook = stage.hook("/all", &[]).await;
    let id = stage.connect("ada").await;
    let renamed = stage.patch(&format!("/v1/connections/{id}"), json!({ "name": "Books" })).await;
    assert_eq!(renamed.status, 200, "{}", renamed.json);
    stage.break_down(&id, "ada").await;
    stage.delete(&format!("/v1/connections/{id}")).await;
    assert!(stage.heard(&hook).is_empty(), "no request waits for a webhook");
    stage.round().await;
    let types = [
        "connection.created",
        "connection.active",
        "connection.renamed",
        "connection.needs-reauthorization",
        "connection.deleted",
    ];
    assert_eq!(stage.types(&hook), types);
    let heard = stage.heard(&hook);
    let broken = &heard[3];
    assert_eq!(broken["data"]["connection"], json!(id));
    assert_eq!(broken["data"]["status"], "needs-reauthorization");
    assert_eq!((&broken["data"]["name"], &broken["data"]["end_user"]), (&json!("Books"), &json!("ada")));
    assert_eq!(
        (&broken["data"]["connector"], &broken["data"]["account"]),
        (&json!("api-token"), &json!("api.example.com"))
    );
    assert_eq!(broken["data"]["reason"]["advice"], "reauthorize", "{broken}");
    assert!(broken["data"]["link"].as_str().unwrap().ends_with(&format!("/connections/{id}")), "{broken}");
    let all = serde_json::to_string(&heard).unwrap();
    assert!(!all.contains("s3cret"), "{all}");
    // A round later nothing is said again.
    stage.round().await;
    assert_eq!(stage.heard(&hook).len(), 5);
    assert!(stage.messages("sent").await.len() == 5 && stage.messages("waiting").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_hears_what_it_asked_for_and_nobody_hears_another_tenant_s() {
    let stage = Stage::set().await;
    let narrow = stage.hook("/narrow", &["connection.deleted"]).await;
    let other = stage.host.tenant("Other").await.unwrap();
    let foreign = json!({ "url": format!("https://{HOOKS}/foreign") });
    stage.host.post(&other.key, "/v1/webhooks", foreign).await.unwrap();
    let id = stage.connect("ada").await;
    stage.delete(&format!("/v1/connections/{id}")).await;
    stage.round().await;
    assert_eq!(stage.types(&narrow), ["connection.deleted"]);
    assert!(stage.hooks.log().to("/foreign").is_empty());
    let listed = stage.host.get(&other.key, "/v1/messages").await.unwrap();
    assert_eq!(listed.json["items"], json!([]));
    let peeked = stage.host.get(&other.key, &format!("/v1/webhooks/{}", narrow.id)).await.unwrap();
    assert_eq!(peeked.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_and_the_old_one_both_sign_for_a_day() {
    let stage = Stage::set().await;
    let hook = stage.hook("/rotating", &[]).await;
    let rotated = stage.ask(&format!("/v1/webhooks/{}/secret", hook.id)).await;
    let fresh = rotated.text("/secret").unwrap();
    assert!(fresh.starts_with("whsec_") && fresh != hook.secret);
    stage.connect("ada").await;
    stage.round().await;
    for message in stage.hooks.log().to("/rotating") {
        verified(&message, &[&fresh, &hook.secret]);
    }
    stage.host.clock.advance(SignedDuration::from_hours(25));
    stage.hooks.log().clear();
    stage.connect("bob").await;
    stage.round().await;
    let after = stage.hooks.log().to("/rotating");
    assert_eq!(after.len(), 2);
    for message in after {
        verified(&message, &[&fresh]);
    }
    let shown = stage.get(&format!("/v1/webhooks/{}", hook.id)).await;
    assert!(!shown.json.to_string().contains("whsec_"), "{}", shown.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_at_once_what_came_of_it() {
    let stage = Stage::set().await;
    let hook = stage.hook("/tried", &["connection.deleted"]).await;
    let path = format!("/v1/webhooks/{}/test", hook.id);
    let sent = stage.ask(&path).await;
    assert_eq!(
        (&sent.json["state"], &sent.json["attempts"][0]["status"]),
        (&json!("sent"), &json!(200)),
        "{}",
        sent.json
    );
    assert_eq!(stage.types(&hook), ["webhook.test"]);
    stage.hooks.faults().once(On::path("/tried"), Fault::Status(StatusCode::IM_A_TEAPOT));
    let failed = stage.ask(&path).await;
    assert_eq!((&failed.json["state"], &failed.json["attempts"][0]["failure"]), (&json!("failed"), &json!("refused")));
    assert_eq!(failed.json["attempts"][0]["status"], 418);
    stage.later(24 * 60).await;
    assert_eq!(stage.hooks.log().to("/tried").len(), 2, "a test is tried once");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_plain_http_and_other_tricks_are_refused() {
    let stage = Stage::set().await;
    for url in [
        "https://127.0.0.1/hook",
        "https://10.0.0.7/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest",
        "http://app.example.com/hook",
        "https://user:pass@app.example.com/hook",
        "https://app.example.com:22/hook",
        "https://localhost/hook",
        "ftp://app.example.com/hook",
        "hook",
    ] {
        let refused = stage.post("/v1/webhooks", json!({ "url": url })).await;
        assert_eq!((refused.status.as_u16(), refused.text("/errors/0/field").unwrap().as_str()), (422, "url"), "{url}");
    }
    let unknown = json!({ "url": format!("https://{HOOKS}/x"), "events": ["connection.exploded"] });
    assert_eq!(stage.post("/v1/webhooks", unknown).await.code(), "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed() {
    let stage = Stage::set().await;
    let hook = stage.hook("/moved", &[]).await;
    stage.hooks.faults().once(
        On::path("/moved"),
        Fault::Redirect(StatusCode::FOUND, format!("https://{HOOKS}/elsewhere").parse().unwrap()),
    );
    stage.ask(&format!("/v1/webhooks/{}/test", hook.id)).await;
    assert!(stage.hooks.log().to("/elsewhere").is_empty());
    assert_eq!(stage.messages("failed").await[0]["attempts"][0]["failure"], "redirected");
}
