//! Ids of another noun, cursors, limits and filters: what is not understood is refused, and pages have no holes.

use http::Method;
use serde_json::Value;

use crate::bodies::assert_problem;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_noun_or_spelling_names_nothing() {
    let stage = Stage::set().await;
    let host = &stage.host;
    let connection = stage.connect(&stage.tenant, "u1").await;
    let tenant = stage.tenant.id.as_str();
    let (session, _) = host.session(&stage.tenant, "api-token", &[], "u1").await.unwrap();
    for id in [
        tenant,
        session.as_str(),
        &connection.to_lowercase(),
        &connection[5..],
        "conn_",
        "..%2Ftenants",
        "%00",
        "conn_%F0%9F%98%80",
    ] {
        let shown = host.get(&stage.tenant.key, &format!("/v1/connections/{id}")).await.unwrap();
        assert_problem(&shown, 404, "not-found");
    }
    for id in [connection.as_str(), tenant] {
        assert_problem(
            &host.get(&stage.tenant.key, &format!("/v1/connect-sessions/{id}")).await.unwrap(),
            404,
            "not-found",
        );
    }
    for noun in ["tenants", "clients"] {
        for id in [connection.as_str(), session.as_str(), "x"] {
            assert_problem(&host.get(host.operator(), &format!("/v1/{noun}/{id}")).await.unwrap(), 404, "not-found");
        }
    }
    let removed = host.api(host.operator(), Method::DELETE, &format!("/v1/api-keys/{tenant}"), None).await.unwrap();
    assert_problem(&removed, 404, "not-found");
    for name in ["API-TOKEN", "api-token%20", "github", "..", "%2e%2e"] {
        let shown = host.get(host.operator(), &format!("/v1/connectors/{name}")).await.unwrap();
        assert_eq!(shown.status, 404, "{name}: {}", shown.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_limits_and_filters_are_checked() {
    let stage = Stage::set().await;
    let bad = [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=many",
        "limit=",
        "limit=99999999999999999999",
        "cursor=x",
        "cursor=",
        "cursor=ten_00000000000000000000000000",
        "cursor=..%2F..%2Ftenant",
        "status=broken",
        "offset=3",
        "connector=a&connector=b",
    ];
    for query in bad {
        let refused = stage.host.get(&stage.tenant.key, &format!("/v1/connections?{query}")).await.unwrap();
        let code = if query.starts_with("cursor=") { "cursor-unknown" } else { "invalid-query" };
        assert_problem(&refused, 400, code);
    }
    for good in ["limit=1", "limit=200", "status=active", "connector=nothing", "end_user=nobody%20here"] {
        let listed = stage.host.get(&stage.tenant.key, &format!("/v1/connections?{good}")).await.unwrap();
        assert_eq!((listed.status.as_u16(), &listed.json["items"]), (200, &serde_json::json!([])), "{good}");
    }
}

async fn walk(stage: &Stage, key: &str, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = stage.host.get(key, &format!("/v1/connections?{query}{cursor}")).await.unwrap();
        let items = answer.json["items"].as_array().unwrap().clone();
        assert!(items.len() <= 2, "{}", answer.json);
        found.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match &answer.json["next"] {
            Value::Null => return found,
            next => cursor = format!("&cursor={}", next.as_str().unwrap()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_every_connection_once() {
    let stage = Stage::set().await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    let mut made = Vec::new();
    let mut of_u1 = Vec::new();
    let mut foreign = String::new();
    for number in 0..5 {
        let id = stage.connect(&stage.tenant, &format!("u{}", number % 2)).await;
        made.push(id.clone());
        if number % 2 == 1 {
            of_u1.push(id);
        }
        if number == 2 {
            foreign = stage.connect(&other, "u1").await;
        }
        stage.host.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    assert_eq!(walk(&stage, &stage.tenant.key, "limit=2").await, made);
    assert_eq!(walk(&stage, &stage.tenant.key, "limit=1").await, made);
    assert_eq!(walk(&stage, &stage.tenant.key, "limit=2&end_user=u1").await, of_u1);
    assert_eq!(walk(&stage, &stage.tenant.key, "limit=2&status=active&connector=api-token").await, made);
    assert_eq!(walk(&stage, &other.key, "limit=2").await, std::slice::from_ref(&foreign));
    // Another tenant's id is no cursor.
    let after = stage.host.get(&stage.tenant.key, &format!("/v1/connections?cursor={foreign}")).await.unwrap();
    assert_eq!((after.status.as_u16(), after.code()), (400, "cursor-unknown"), "{}", after.json);
}
