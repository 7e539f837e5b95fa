//! Verify: says whether a credential works and whose it is, and never changes it.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use jiff::SignedDuration;
use serde_json::json;

use crate::front::Fronted;
use crate::token_service::TokenService;

#[tokio::test(flavor = "multi_thread")]
async fn it_records_who_when_and_how_long_and_leaves_the_credential_alone() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({ "account_pointer": "/id" })).await;
    let before = scene.ask(&id, "lease").await.json;
    scene.host.clock.advance(jiff::SignedDuration::from_hours(1));
    let verified = scene.ask(&id, "verify").await;
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
    let verification = &verified.json["verification"];
    assert!(verification["by"].as_str().unwrap().starts_with("key_"), "{verification}");
    assert_eq!(verification["at"], verified.json["updated_at"]);
    assert!(verification["latency_ms"].is_u64() && verification["failure"].is_null(), "{verification}");
    assert_eq!(scene.ask(&id, "lease").await.json, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_hour_of_the_provider_leaves_the_status() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({ "account_pointer": "/id" })).await;
    let faults = [
        (Fault::Status(StatusCode::SERVICE_UNAVAILABLE), "provider-down"),
        (Fault::Dropped, "provider-down"),
        (Fault::TooMany(60), "retry"),
    ];
    for (fault, advice) in faults {
        scene.api.double().faults().once(On::path("/me"), fault);
        let verified = scene.ask(&id, "verify").await;
        assert_eq!((verified.status.as_u16(), &verified.json["status"]), (200, &json!("active")), "{}", verified.json);
        assert_eq!(verified.json["verification"]["failure"]["advice"], advice, "{}", verified.json);
        assert!(verified.json["failure"].is_null());
        assert_eq!(verified.json["account"]["id"], "api.example.com:alice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_asks_for_a_new_one_and_says_why() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({ "account_pointer": "/id" })).await;
    scene.api.refuse(crate::token_service::TOKEN);
    let verified = scene.ask(&id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert_eq!(verified.json["failure"]["advice"], "reauthorize");
    assert_eq!(verified.json["verification"]["failure"], verified.json["failure"]);
    for verb in ["lease", "refresh"] {
        let refused = scene.ask(&id, verb).await;
        assert!(refused.status.is_client_error(), "{verb}: {}", refused.json);
    }
    let refused = scene.through(&id, "/me").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "needs-reauthorization"), "{}", refused.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_changed_hands_is_refused() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({ "account_pointer": "/id" })).await;
    scene.api.accept(crate::token_service::TOKEN, "mallory");
    let verified = scene.ask(&id, "verify").await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert_eq!(verified.json["failure"]["code"], "other-account");
    assert_eq!(verified.json["account"]["id"], "api.example.com:alice", "the connection stays whose it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_2_a_refused_access_token_is_refreshed_once_before_the_grant_counts_as_lost() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let unauthorized = || Fault::Json(StatusCode::UNAUTHORIZED, json!({ "error": "invalid_token" }));
    scene.front.faults().once(On::path("/me"), unauthorized());
    let verified = scene.ask(&id, "verify", json!({})).await;
    assert_eq!(
        (&verified.json["status"], &verified.json["version"]),
        (&json!("active"), &json!(2)),
        "{}",
        verified.json
    );
    assert_eq!(scene.refreshes().len(), 1);
    scene.front.faults().always(On::path("/me"), unauthorized());
    let verified = scene.ask(&id, "verify", json!({})).await;
    assert_eq!(verified.json["status"], "needs-reauthorization", "{}", verified.json);
    assert_eq!(scene.refreshes().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_2_a_forbidden_call_refreshes_nothing_and_leaves_the_grant() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let refused = Fault::Json(StatusCode::FORBIDDEN, json!({ "error": "access_denied" }));
    scene.front.faults().once(On::path("/me"), refused);
    let verified = scene.ask(&id, "verify", json!({})).await;
    assert_eq!(verified.json["failure"]["advice"], "misconfigured", "{}", verified.json);
    assert_eq!((&verified.json["status"], scene.refreshes().len()), (&json!("failing"), 0));
    let verified = scene.ask(&id, "verify", json!({})).await;
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verify_is_on_the_timeline() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    scene.api.double().faults().once(On::path("/me"), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    scene.moment();
    scene.ask(&id, "verify").await;
    let path = format!("/v1/connections/{id}/timeline");
    let timeline = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    let events = timeline["items"].as_array().unwrap();
    let count = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((count("verified"), count("created"), events.len()), (2, 1, 3), "{timeline}");
    assert_eq!(events[0]["kind"], "verified", "newest first");
    assert!(timeline["items"][0]["note"].is_string(), "{timeline}");
}

/// A page where the account should be, as a proxy on the way might answer.
fn garbage() -> (On, Fault) {
    (On::path("/me"), Fault::Html(StatusCode::OK))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_that_nobody_can_read_changes_no_status_and_is_asked_for_again() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let (on, fault) = garbage();
    scene.front.faults().once(on, fault);
    scene.host.clock.advance(SignedDuration::from_millis(1));
    let verified = scene.ask(&id, "verify", json!({})).await;
    assert_eq!((verified.status.as_u16(), &verified.json["status"]), (200, &json!("active")), "{}", verified.json);
    assert_eq!(verified.json["verification"]["failure"]["code"], "unexpected-answer", "{}", verified.json);
    assert!(verified.json["failure"].is_null());
    let path = format!("/v1/connections/{id}/timeline");
    let timeline = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    let note = timeline["items"][0]["note"].as_str().unwrap_or_default();
    assert!(note.contains("stays active, and is asked again"), "{timeline}");
    // Nobody asks, and the host does.
    let asked = || scene.front.log().to("/me").len();
    let before = asked();
    scene.host.clock.advance(SignedDuration::from_mins(13));
    scene.host.keep_house().await.unwrap();
    assert_eq!(asked(), before + 1);
    let shown = scene.host.get(&scene.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json;
    assert!(shown["verification"]["failure"].is_null() && shown["verification"]["by"] == "host", "{shown}");
    // Nothing else wakes it: the tenant did not ask for verifying unasked.
    scene.host.clock.advance(SignedDuration::from_mins(25));
    scene.host.keep_house().await.unwrap();
    assert_eq!(asked(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_can_read_are_a_failure_when_they_repeat() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let (on, fault) = garbage();
    scene.front.faults().always(on, fault);
    for status in ["active", "active", "failing"] {
        let verified = scene.ask(&id, "verify", json!({})).await;
        assert_eq!(verified.json["status"], status, "{}", verified.json);
        let failed = &verified.json["failure"];
        assert_eq!(failed["code"] == "unexpected-answer", status == "failing", "{failed}");
    }
    let asked = scene.front.log().to("/me").len();
    scene.host.clock.advance(SignedDuration::from_mins(35));
    scene.host.keep_house().await.unwrap();
    assert_eq!(scene.front.log().to("/me").len(), asked, "it is asked no more by itself");
    scene.front.faults().clear();
    assert_eq!(scene.ask(&id, "verify", json!({})).await.json["status"], "active");
    // Three of them with a good one between are no row.
    for bad in [true, true, false, true] {
        if bad {
            let (on, fault) = garbage();
            scene.front.faults().once(on, fault);
        }
        assert_eq!(scene.ask(&id, "verify", json!({})).await.json["status"], "active");
    }
}
