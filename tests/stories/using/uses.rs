//! Where a connection is used: said by the application, named before a delete.

use http::Method;
use jackfield_tests::host::Answer;
use serde_json::{Value, json};

use crate::token_service::TokenService;

async fn call(scene: &TokenService, method: Method, path: &str, body: Option<Value>) -> Answer {
    scene.host.api(&scene.tenant.key, method, path, body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_says_where_it_is_used_and_is_not_deleted_under_it() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let path = format!("/v1/connections/{id}");
    let flow = format!("{path}/uses/flow-7");
    let words = json!({ "label": "Invoices", "url": "https://app.example.com/flows/7" });
    let noted = call(&scene, Method::PUT, &flow, Some(words.clone())).await;
    assert_eq!((noted.status.as_u16(), &noted.json["label"]), (201, &json!("Invoices")), "{}", noted.json);
    scene.moment();
    // Said again, it is the same use; in other words, it keeps its age.
    let again = call(&scene, Method::PUT, &flow, Some(words)).await;
    assert_eq!((again.status.as_u16(), &again.json), (200, &noted.json));
    let renamed = call(&scene, Method::PUT, &flow, Some(json!({ "label": "Bills" }))).await;
    assert_eq!((&renamed.json["since"], &renamed.json["url"]), (&noted.json["since"], &Value::Null));
    // A reference is the application's own text, whatever it holds.
    let odd = format!("{path}/uses/report%2F2026%20%E2%82%AC");
    let odd_use = call(&scene, Method::PUT, &odd, Some(json!({ "label": "Report" }))).await;
    assert_eq!(odd_use.json["reference"], "report/2026 €", "{}", odd_use.json);
    assert_eq!(scene.show(&id).await["uses"], 2);
    let listed = call(&scene, Method::GET, &format!("{path}/uses"), None).await;
    let mut labels: Vec<&str> =
        listed.json["items"].as_array().unwrap().iter().map(|used| used["label"].as_str().unwrap()).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["Bills", "Report"]);

    let refused = scene.delete(&id).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "connection-used"), "{}", refused.json);
    let named = refused.json["errors"].to_string();
    assert!(named.contains("flow-7") && named.contains("Bills") && named.contains("Report"), "{named}");
    assert!(refused.text("/detail").unwrap().contains("force=true"), "{}", refused.json);
    assert_eq!(scene.show(&id).await["status"], "active", "nothing was revoked");
    assert_eq!(call(&scene, Method::DELETE, &odd, None).await.status, 204);
    assert_eq!(call(&scene, Method::DELETE, &odd, None).await.code(), "not-found");
    assert_eq!(scene.delete(&id).await.code(), "connection-used");
    assert_eq!(call(&scene, Method::DELETE, &flow, None).await.status, 204);
    assert_eq!(scene.show(&id).await["uses"], 0);
    assert_eq!(scene.delete(&id).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_insists_deletes_and_the_timeline_says_so() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let path = format!("/v1/connections/{id}");
    let noted = call(&scene, Method::PUT, &format!("{path}/uses/flow-7"), Some(json!({ "label": "Invoices" }))).await;
    assert_eq!(noted.status, 201, "{}", noted.json);
    scene.moment();
    assert_eq!(call(&scene, Method::DELETE, &format!("{path}?force=perhaps"), None).await.code(), "invalid-query");
    let deleted = call(&scene, Method::DELETE, &format!("{path}?force=true"), None).await;
    assert_eq!(deleted.status, 200, "{}", deleted.json);
    let timeline = call(&scene, Method::GET, &format!("{path}/timeline"), None).await;
    let told: Vec<(&str, &str)> = timeline.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["kind"].as_str().unwrap(), event["note"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told[0].0, "deleted");
    assert!(told[0].1.contains("places: 1"), "{told:?}");
    assert_eq!(told[1], ("used", "Invoices"));
    assert_eq!(call(&scene, Method::GET, &format!("{path}/uses"), None).await.code(), "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_describes_no_place_is_refused() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let path = format!("/v1/connections/{id}/uses");
    let put = async |reference: &str, body: Value| {
        call(&scene, Method::PUT, &format!("{path}/{reference}"), Some(body)).await
    };
    for (reference, body, field) in [
        ("flow-7", json!({ "label": " " }), "label"),
        ("flow-7", json!({ "label": "x".repeat(121) }), "label"),
        ("flow-7", json!({ "label": "Invoices", "url": "javascript:alert(1)" }), "url"),
        ("flow-7", json!({ "label": "Invoices", "url": "/flows/7" }), "url"),
        (&"x".repeat(201), json!({ "label": "Invoices" }), "reference"),
        ("a%0Ab", json!({ "label": "Invoices" }), "reference"),
    ] {
        let refused = put(reference, body).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], field, "{}", refused.json);
    }
    assert_eq!(put("flow-7", json!({ "label": "Invoices", "colour": "red" })).await.code(), "invalid-body");
    let other = scene.host.tenant("Other").await.unwrap();
    let foreign =
        scene.host.api(&other.key, Method::PUT, &format!("{path}/flow-7"), Some(json!({ "label": "Mine" }))).await;
    assert_eq!(foreign.unwrap().code(), "not-found");
    assert_eq!(scene.show(&id).await["uses"], 0);
}
