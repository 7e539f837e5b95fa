//! `Idempotency-Key`: a request that creates makes one thing, however often it is sent.

use http::Method;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::{Answer, RETURN_URL};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::bodies::assert_problem;
use crate::stage::{Stage, raw, wanted};

async fn post(stage: &Stage, bearer: &str, path: &str, key: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {bearer}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    raw(&stage.host, Method::POST, path, &headers, body.to_string().as_bytes()).await
}

async fn count(stage: &Stage, key: &str, path: &str) -> usize {
    stage.host.get(key, path).await.unwrap().json["items"].as_array().unwrap().len()
}

fn assert_same(first: &Answer, again: &Answer) {
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    for name in ["location", "content-type", "cache-control", "x-content-type-options", "etag"] {
        assert_eq!(first.headers.get(name), again.headers.get(name), "{name}");
    }
    assert!(first.headers.get("idempotency-replayed").is_none());
    assert_eq!(again.headers["idempotency-replayed"], "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_is_answered_again_and_makes_nothing() {
    let stage = Stage::set().await;
    let (operator, tenant) = (stage.host.operator().to_owned(), stage.tenant.key.clone());
    let session = json!({ "connector": "api-token", "actions": ["read"], "end_user": "u1", "return_url": RETURN_URL });
    let key = json!({ "name": "second", "tenant": stage.tenant.id, "permissions": ["read"] });
    let client = json!({ "connector": "api-token", "client_id": "x", "client_secret": "y" });
    for (bearer, path, body) in [
        (&operator, "/v1/tenants", json!({ "name": "Borealis" })),
        (&operator, "/v1/api-keys", key),
        (&operator, "/v1/clients", client),
        (&tenant, "/v1/connect-sessions", session),
        (&tenant, "/v1/connections", wanted("u1")),
    ] {
        let first = post(&stage, bearer, path, "\"once-1\"", &body).await;
        assert_eq!(first.status, 201, "{path}: {}", first.json);
        let listed = path != "/v1/connect-sessions";
        let before = if listed { count(&stage, bearer, path).await } else { 0 };
        // With quotes or without, it is the same key.
        assert_same(&first, &post(&stage, bearer, path, "once-1", &body).await);
        if listed {
            assert_eq!(count(&stage, bearer, path).await, before, "{path}");
        }
    }
    // A fresh API key is shown again, and it is the one that works.
    let body = json!({ "name": "third", "tenant": stage.tenant.id, "permissions": ["read"] });
    let first = post(&stage, &operator, "/v1/api-keys", "again", &body).await.text("/key").unwrap();
    let again = post(&stage, &operator, "/v1/api-keys", "again", &body).await.text("/key").unwrap();
    assert_eq!(first, again);
    assert_eq!(stage.host.get(&again, "/v1/connections").await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_and_two_bodies_is_a_mistake_that_is_said() {
    let stage = Stage::set().await;
    let operator = stage.host.operator().to_owned();
    let first = post(&stage, &operator, "/v1/tenants", "k", &json!({ "name": "One" })).await;
    assert_eq!(first.status, 201);
    let other = post(&stage, &operator, "/v1/tenants", "k", &json!({ "name": "Two" })).await;
    assert_problem(&other, 422, "idempotency-key-reused");
    assert!(other.text("/detail").unwrap().contains("use a new key"), "{}", other.json);
    assert_eq!(count(&stage, &operator, "/v1/tenants").await, 2);
    // Another route and another caller have keys of their own.
    let elsewhere =
        post(&stage, &operator, "/v1/api-keys", "k", &json!({ "name": "n", "permissions": ["operate"] })).await;
    assert_eq!(elsewhere.status, 201, "{}", elsewhere.json);
    let colleague = elsewhere.text("/key").unwrap();
    let theirs = post(&stage, &colleague, "/v1/tenants", "k", &json!({ "name": "Two" })).await;
    assert_eq!(theirs.status, 201, "{}", theirs.json);
    // In the name of another tenant it is another request.
    let bearer = format!("Bearer {operator}");
    for (tenant, status) in [(stage.tenant.id.as_str(), 201), (theirs.json["id"].as_str().unwrap(), 422)] {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", "k"),
            ("jackfield-tenant", tenant),
        ];
        let body = wanted("u1").to_string();
        let made = raw(&stage.host, Method::POST, "/v1/connections", &headers, body.as_bytes()).await;
        assert_eq!(made.status, status, "{}", made.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_makes_nothing_and_leaves_the_key_free() {
    let stage = Stage::set().await;
    let operator = stage.host.operator().to_owned();
    assert_problem(&post(&stage, &operator, "/v1/tenants", "k", &json!({ "name": "" })).await, 422, "invalid");
    assert_problem(&post(&stage, &operator, "/v1/tenants", "k", &json!({ "nam": "" })).await, 422, "invalid-body");
    let made = post(&stage, &operator, "/v1/tenants", "k", &json!({ "name": "Mended" })).await;
    assert_eq!(made.status, 201, "{}", made.json);
    assert!(made.headers.get("idempotency-replayed").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_outlives_the_host_for_a_day() {
    let mut stage = Stage::set().await;
    let tenant = stage.tenant.key.clone();
    let first = post(&stage, &tenant, "/v1/connections", "k", &wanted("u1")).await;
    assert_eq!(first.status, 201, "{}", first.json);
    stage.host.stop().await.unwrap();
    stage.host.start_again().await.unwrap();
    assert_same(&first, &post(&stage, &tenant, "/v1/connections", "k", &wanted("u1")).await);
    stage.host.clock.advance(SignedDuration::from_hours(23));
    stage.host.running().unwrap().service.tick().await.unwrap();
    assert_same(&first, &post(&stage, &tenant, "/v1/connections", "k", &wanted("u1")).await);
    stage.host.clock.advance(SignedDuration::from_hours(1));
    stage.host.running().unwrap().service.tick().await.unwrap();
    let another = post(&stage, &tenant, "/v1/connections", "k", &wanted("u1")).await;
    assert_eq!(another.status, 201, "{}", another.json);
    assert_ne!(another.json["id"], first.json["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_is_being_done_the_second_waits_its_turn() {
    let stage = Stage::set().await;
    let tenant = stage.tenant.key.clone();
    let gate = Gate::default();
    stage.api.double().faults().once(On::path("/me"), Fault::Held(gate.clone()));
    let body = wanted("u1");
    let first = post(&stage, &tenant, "/v1/connections", "k", &body);
    let second = async {
        gate.reached(1).await;
        let second = post(&stage, &tenant, "/v1/connections", "k", &body).await;
        let other = post(&stage, &tenant, "/v1/connections", "k", &wanted("u2")).await;
        gate.open();
        (second, other)
    };
    let (first, (second, other)) = tokio::join!(first, second);
    assert_problem(&second, 409, "idempotency-in-flight");
    assert_eq!(second.headers["retry-after"], "1");
    assert_problem(&other, 422, "idempotency-key-reused");
    assert_eq!(first.status, 201, "{}", first.json);
    assert_same(&first, &post(&stage, &tenant, "/v1/connections", "k", &body).await);
    assert_eq!(count(&stage, &tenant, "/v1/connections").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_and_asks_again_gets_the_one_that_was_made() {
    let stage = Stage::set().await;
    let gate = Gate::default();
    stage.api.double().faults().once(On::path("/me"), Fault::Held(gate.clone()));
    let url = url::Url::parse(&format!("{}/v1/connections", stage.host.url().unwrap())).unwrap();
    let request = http::Request::post("/")
        .header("authorization", format!("Bearer {}", stage.tenant.key))
        .header("content-type", "application/json")
        .header("idempotency-key", "k")
        .body(bytes::Bytes::from(wanted("u1").to_string()))
        .unwrap();
    let wire = stage.host.wire.clone();
    let asking = tokio::spawn(async move { wire.send(&url, request).await });
    gate.reached(1).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    gate.open();
    let answer = loop {
        let answer = post(&stage, &stage.tenant.key, "/v1/connections", "k", &wanted("u1")).await;
        if answer.code() != "idempotency-in-flight" {
            break answer;
        }
    };
    assert_eq!((answer.status.as_u16(), &answer.json["status"]), (201, &json!("active")), "{}", answer.json);
    assert_eq!(answer.headers["idempotency-replayed"], "true");
    assert_eq!(count(&stage, &stage.tenant.key, "/v1/connections").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_before_anything_is_made() {
    let stage = Stage::set().await;
    let operator = stage.host.operator().to_owned();
    let body = json!({ "name": "Borealis" });
    for bad in ["", "\"\"", "\"open", "a b", "\"a\"; b", &"x".repeat(256)] {
        let refused = post(&stage, &operator, "/v1/tenants", bad, &body).await;
        assert_problem(&refused, 400, "idempotency-key-invalid");
    }
    assert_eq!(count(&stage, &operator, "/v1/tenants").await, 1);
    // Who may not call learns nothing about keys; what makes nothing takes no notice of them.
    let stranger = post(&stage, "jf_nobody", "/v1/tenants", "", &body).await;
    assert_problem(&stranger, 401, "key-unknown");
    let id = stage.connect(&stage.tenant, "u1").await;
    let verify = post(&stage, &stage.tenant.key, &format!("/v1/connections/{id}/verify"), "", &json!({})).await;
    assert_eq!(verify.status, 200, "{}", verify.json);
}
