//! Connections as records: names, lists, cursors, the timeline.

use http::Method;
use jackfield_tests::host::Answer;
use serde_json::{Value, json};

use crate::token_service::TokenService;

async fn make(scene: &TokenService, name: &str, end_user: &str) -> String {
    let fields =
        json!({ "base_url": "https://api.example.com", "token": crate::token_service::TOKEN, "verify_path": "/me" });
    let wanted =
        json!({ "connector": "api-token", "method": "header", "name": name, "end_user": end_user, "fields": fields });
    scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap().text("/id").unwrap()
}

async fn list(scene: &TokenService, query: &str) -> Answer {
    scene.host.get(&scene.tenant.key, &format!("/v1/connections{query}")).await.unwrap()
}

fn ids(answer: &Answer) -> Vec<&str> {
    answer.json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_and_paged_without_gaps() {
    let scene = TokenService::start().await;
    let mut made = Vec::new();
    for place in 0..7 {
        scene.moment();
        made.push(make(&scene, &format!("Number {place}"), if place % 2 == 0 { "even" } else { "odd" }).await);
    }
    let whole = list(&scene, "").await;
    assert_eq!(ids(&whole), made);
    assert!(whole.json["next"].is_null());
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = list(&scene, &query).await;
        assert!(ids(&page).len() <= 3);
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(next) = page.json["next"].as_str() else { break };
        query = format!("?limit=3&cursor={next}");
    }
    assert_eq!(seen, made);
    assert_eq!(ids(&list(&scene, "?end_user=odd").await), [&made[1], &made[3], &made[5]]);
    assert_eq!(ids(&list(&scene, "?connector=github").await), Vec::<&str>::new());
    scene.api.refuse(crate::token_service::TOKEN);
    scene.ask(&made[4], "verify").await;
    assert_eq!(ids(&list(&scene, "?status=needs-reauthorization").await), [&made[4]]);
    assert_eq!(
        ids(&list(&scene, "?status=active&end_user=even&connector=api-token").await),
        [&made[0], &made[2], &made[6]]
    );
    assert_eq!(list(&scene, "?cursor=conn_x").await.code(), "cursor-unknown");
    for bad in ["?limit=0", "?limit=201", "?limit=x", "?status=great", "?colour=red"] {
        let refused = list(&scene, bad).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid-query"), "{bad}: {}", refused.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_line_that_a_person_can_read() {
    let scene = TokenService::start().await;
    let id = make(&scene, "Before", "u-1").await;
    let path = format!("/v1/connections/{id}");
    let rename = |name: Value| scene.host.api(&scene.tenant.key, Method::PATCH, &path, Some(json!({ "name": name })));
    for bad in [json!(""), json!("  \t "), json!("two\nlines"), json!("nul\u{0}"), json!("x".repeat(10_000))] {
        let refused = rename(bad.clone()).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], "name");
    }
    assert_eq!(rename(json!(7)).await.unwrap().code(), "invalid-body");
    assert_eq!(scene.show(&id).await["name"], "Before");
    let named = rename(json!("  Straße <b>& 日本 ")).await.unwrap();
    assert_eq!((named.status.as_u16(), &named.json["name"]), (200, &json!("Straße <b>& 日本")));
    let version = named.json["version"].clone();
    assert_eq!(version, 1, "a new name is no new credential");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenant_sees_and_changes_nothing() {
    let scene = TokenService::start().await;
    let id = make(&scene, "Mine", "u-1").await;
    let other = scene.host.tenant("Other").await.unwrap();
    let path = format!("/v1/connections/{id}");
    for (method, tail, body) in [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(json!({ "name": "Taken" }))),
        (Method::DELETE, "", None),
        (Method::POST, "/verify", Some(json!({}))),
        (Method::POST, "/refresh", Some(json!({}))),
        (Method::POST, "/lease", Some(json!({}))),
        (Method::POST, "/unauthorized", Some(json!({ "version": 1 }))),
        (Method::GET, "/proxy/me", None),
        (Method::GET, "/timeline", None),
        (Method::GET, "/permissions", None),
    ] {
        let answer = scene.host.api(&other.key, method, &format!("{path}{tail}"), body).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not-found"), "{tail}: {}", answer.json);
    }
    assert_eq!(scene.host.get(&other.key, "/v1/connections").await.unwrap().json["items"], json!([]));
    assert_eq!(scene.show(&id).await["name"], "Mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_tells_what_happened_and_who_did_it() {
    let scene = TokenService::start().await;
    let id = make(&scene, "Before", "u-1").await;
    let path = format!("/v1/connections/{id}");
    scene.moment();
    scene.host.api(&scene.tenant.key, Method::PATCH, &path, Some(json!({ "name": "After" }))).await.unwrap();
    scene.api.refuse(crate::token_service::TOKEN);
    scene.moment();
    scene.ask(&id, "verify").await;
    let timeline = scene.host.get(&scene.tenant.key, &format!("{path}/timeline")).await.unwrap().json;
    let told: Vec<(&Value, &Value)> =
        timeline["items"].as_array().unwrap().iter().map(|event| (&event["kind"], &event["status"])).collect();
    let (verified, renamed) = (json!("verified"), json!("renamed"));
    assert_eq!(told[0], (&verified, &json!("needs-reauthorization")));
    assert_eq!(told[1], (&renamed, &json!("active")));
    // Made and verified in the same moment, so in either order.
    assert!(told[2..].contains(&(&verified, &json!("active"))));
    assert!(told[2..].contains(&(&json!("created"), &json!("pending"))));
    for event in timeline["items"].as_array().unwrap() {
        assert!(event["by"].as_str().unwrap().starts_with("key_"), "{event}");
        assert!(event["id"].is_string() && event["at"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_given_directly_belongs_to_a_person_who_can_be_named() {
    let scene = TokenService::start().await;
    let fields = json!({ "base_url": "https://api.example.com", "token": "never-sent-anywhere" });
    for end_user in ["", "u\n1", &"u".repeat(201)] {
        let wanted = json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields });
        let refused = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{}", refused.json);
        assert_eq!(refused.json["errors"][0]["field"], "end_user");
    }
}
