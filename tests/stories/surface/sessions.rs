//! Connect sessions that cannot be: each is refused with the field or the reason, and no link is made.

use http::Method;
use jackfield_tests::components::component;
use jackfield_tests::host::{Answer, RETURN_URL};
use serde_json::{Value, json};

use crate::bodies::assert_problem;
use crate::stage::{Stage, browser, wanted};

async fn session(stage: &Stage, change: Value) -> Answer {
    let mut body = json!({ "connector": "api-token", "actions": ["read"], "end_user": "u1", "return_url": RETURN_URL });
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            given => body[key] = given.clone(),
        }
    }
    stage.host.post(&stage.tenant.key, "/v1/connect-sessions", body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_names_must_be_there() {
    let stage = Stage::set().await;
    assert_problem(&session(&stage, json!({ "end_user": null })).await, 422, "invalid-body");
    assert_problem(&session(&stage, json!({ "return_url": null })).await, 422, "invalid-body");
    for (change, field) in [
        (json!({ "connector": null }), "actions"),
        (json!({ "end_user": "" }), "end_user"),
        (json!({ "end_user": "u\n1" }), "end_user"),
        (json!({ "end_user": "u".repeat(201) }), "end_user"),
        (json!({ "actions": ["read", "fly"] }), "actions"),
        (json!({ "fields": { "token": "typed by the application" } }), "fields"),
        (json!({ "fields": { "unheard_of": "x" } }), "fields"),
        (json!({ "return_url": "https://elsewhere.example.com/" }), "return_url"),
    ] {
        let refused = session(&stage, change).await;
        assert_problem(&refused, 422, "invalid");
        assert_eq!(refused.json["errors"][0]["field"], field, "{}", refused.json);
    }
    let made = session(&stage, json!({})).await;
    assert_eq!(made.status, 201, "{}", made.json);
    assert_eq!(made.headers["location"], format!("/v1/connect-sessions/{}", made.text("/id").unwrap()).as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_an_unapproved_and_a_removed_connector_connect_nothing() {
    let stage = Stage::set().await;
    let host = &stage.host;
    assert_problem(&session(&stage, json!({ "connector": "nothing" })).await, 422, "unknown-connector");
    let uploaded = host.upload(component("github").unwrap()).await.unwrap();
    assert_eq!((uploaded.status.as_u16(), &uploaded.json["approved"]), (201, &json!(false)));
    let unapproved = session(&stage, json!({ "connector": "github", "actions": [] })).await;
    assert_problem(&unapproved, 409, "connector-not-approved");
    let client = json!({ "connector": "github", "client_id": "x", "client_secret": "y" });
    let refused = host.post(host.operator(), "/v1/clients", client).await.unwrap();
    assert_problem(&refused, 409, "connector-not-approved");
    let digest = json!({ "digest": "0".repeat(64) });
    let other = host.post(host.operator(), "/v1/connectors/github/approve", digest).await.unwrap();
    assert_problem(&other, 409, "other-digest");

    let (_, link) = host.session(&stage.tenant, "api-token", &["read"], "u1").await.unwrap();
    let page = browser().open(&link).await.unwrap().page().unwrap();
    let removed = host.api(host.operator(), Method::DELETE, "/v1/connectors/api-token", None).await.unwrap();
    assert_eq!(removed.status, 204);
    assert_problem(&session(&stage, json!({})).await, 422, "unknown-connector");
    let made = host.post(&stage.tenant.key, "/v1/connections", wanted("u1")).await.unwrap();
    assert_problem(&made, 422, "unknown-connector");
    // Whoever had the page open, and whoever opens the link now, reads it kindly and loses nothing.
    let form = page
        .form()
        .unwrap()
        .fill("field.base_url", "https://api.example.com")
        .unwrap()
        .fill("field.token", "t0ken")
        .unwrap();
    for page in [browser().open(&link).await, browser().submit(&page, &form).await] {
        let page = page.unwrap().page().unwrap();
        let text = page.text().unwrap();
        assert!(page.status.is_client_error() && text.contains("switched off here at the moment"), "{text}");
        assert!(text.contains("Nothing was changed") && !text.contains("t0ken"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_client_the_page_says_kindly_that_it_is_not_set_up() {
    let stage = Stage::set().await;
    let host = &stage.host;
    host.install("openid-connect").await.unwrap();
    // A client of another tenant's own is none of this one's.
    let other = host.tenant("Borealis").await.unwrap();
    let client = json!({ "connector": "openid-connect", "tenant": other.id, "client_id": "theirs", "client_secret": "their-secret",
        "fields": { "issuer": "https://login.example.com" } });
    assert_eq!(host.post(host.operator(), "/v1/clients", client).await.unwrap().status, 201);
    let (id, link) = host.session(&stage.tenant, "openid-connect", &["sign-in"], "u1").await.unwrap();
    let page = browser().open(&link).await.unwrap().page().unwrap();
    let text = page.text().unwrap();
    assert_eq!(page.status, 422, "{text}");
    assert!(text.contains("OpenID Connect is not set up yet") && text.contains("Tell Acme"), "{text}");
    assert!(!text.contains("theirs") && page.forms().unwrap().is_empty());
    let shown = host.get(&stage.tenant.key, &format!("/v1/connect-sessions/{id}")).await.unwrap();
    assert_eq!(shown.json["stage"]["at"], "open", "the link works once the client is there");
    let direct = json!({ "connector": "openid-connect", "method": "machine" });
    assert_problem(&host.post(&stage.tenant.key, "/v1/connections", direct).await.unwrap(), 409, "client-gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_given_directly_is_checked_field_by_field() {
    let stage = Stage::set().await;
    let create = async |change: Value| {
        let mut body = wanted("u1");
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        stage.host.post(&stage.tenant.key, "/v1/connections", body).await.unwrap()
    };
    let fields =
        json!({ "base_url": "http://api.example.com", "verify_path": "no slash", "header_name": "a b", "odd": "x" });
    let refused = create(json!({ "fields": fields })).await;
    assert_problem(&refused, 422, "invalid");
    let errors = refused.json["errors"].as_array().unwrap();
    let named: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(
        named,
        ["fields.base_url", "fields.verify_path", "fields.token", "fields.header_name", "fields.odd"],
        "{errors:?}"
    );
    for (change, field) in [
        (json!({ "method": "carrier-pigeon" }), "method"),
        (json!({ "actions": ["fly"] }), "actions"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(121) }), "name"),
    ] {
        let refused = create(change).await;
        assert_problem(&refused, 422, "invalid");
        assert_eq!(refused.json["errors"][0]["field"], field);
    }
    stage.host.install("openid-connect").await.unwrap();
    let consent = create(json!({ "connector": "openid-connect", "method": "code", "fields": {} })).await;
    assert_problem(&consent, 422, "invalid");
    assert!(consent.text("/detail").unwrap().contains("consent"), "{}", consent.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_sent_to_no_private_address() {
    let stage = Stage::set().await;
    for host in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "localhost", "2130706433"] {
        let mut body = wanted("u1");
        body["fields"]["base_url"] = json!(format!("https://{host}"));
        let made = stage.host.post(&stage.tenant.key, "/v1/connections", body).await.unwrap();
        assert!(made.json["status"] != "active", "{host}: {}", made.json);
        assert!(!made.status.is_server_error() || made.code() == "provider-down", "{host}: {}", made.json);
    }
}
