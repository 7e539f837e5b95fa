//! Cursors and filters: lists go on where they stopped, for the one they were made for, and for a day.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::bodies::assert_problem;
use crate::stage::{Stage, wanted};

async fn read(stage: &Stage, key: &str, path: &str) -> Value {
    let answer = stage.host.get(key, path).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.json);
    answer.json
}

fn names(page: &Value, field: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

async fn connect(stage: &Stage, name: &str, end_user: &str) -> String {
    let mut body = wanted(end_user);
    body["name"] = json!(name);
    let made = stage.host.post(&stage.tenant.key, "/v1/connections", body).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.json);
    stage.host.clock.advance(SignedDuration::from_secs(1));
    made.text("/id").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_goes_on_where_it_stopped() {
    let stage = Stage::set().await;
    let operator = stage.host.operator().to_owned();
    for number in 0..3 {
        let name = format!("tenant {number}");
        stage.host.tenant(&name).await.unwrap();
        stage.host.client("api-token", &format!("client-{number}"), "secret", json!({})).await.unwrap();
    }
    stage.host.install("openid-connect").await.unwrap();
    let id = connect(&stage, "One", "u1").await;
    connect(&stage, "Two", "u1").await;
    let tenant = stage.tenant.key.clone();
    let timeline = format!("/v1/connections/{id}/timeline");
    for (key, path, field) in [
        (&operator, "/v1/tenants", "id"),
        (&operator, "/v1/clients", "id"),
        (&operator, "/v1/api-keys", "id"),
        (&operator, "/v1/connectors", "name"),
        (&operator, "/v1/audit", "id"),
        (&tenant, "/v1/audit", "id"),
        (&tenant, "/v1/connections", "id"),
        (&tenant, timeline.as_str(), "id"),
    ] {
        let whole = names(&read(&stage, key, path).await, field);
        assert!(whole.len() > 1, "{path}: {whole:?}");
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = read(&stage, key, &format!("{path}?limit=1{cursor}")).await;
            seen.extend(names(&page, field));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, whole, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_and_deleted_meanwhile_moves_nothing() {
    let stage = Stage::set().await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.push(connect(&stage, &format!("c{number}"), "u1").await);
    }
    let key = &stage.tenant.key;
    let page = read(&stage, key, "/v1/connections?limit=2").await;
    let next = page["next"].as_str().unwrap().to_owned();
    assert_eq!(names(&page, "name"), ["c0", "c1"]);
    let gone = format!("/v1/connections/{}", ids[1]);
    stage.host.api(key, http::Method::DELETE, &gone, None).await.unwrap();
    connect(&stage, "c4", "u1").await;
    let rest = read(&stage, key, &format!("/v1/connections?limit=9&cursor={next}")).await;
    assert_eq!(names(&rest, "name"), ["c2", "c3", "c4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_forged_foreign_or_old_goes_nowhere() {
    let stage = Stage::set().await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    for _ in 0..2 {
        connect(&stage, "Mine", "u1").await;
        stage.connect(&other, "u1").await;
    }
    let get = async |key: &str, path: String| stage.host.get(key, &path).await.unwrap();
    let page = read(&stage, &stage.tenant.key, "/v1/connections?limit=1&end_user=u1").await;
    let cursor = page["next"].as_str().unwrap().to_owned();
    let mut forged = cursor.clone().into_bytes();
    let last = forged.len() - 1;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let id = page["items"][0]["id"].as_str().unwrap();
    for bad in [forged.as_str(), id, "x", "", &cursor[1..], &format!("{cursor}A")] {
        let path = format!("/v1/connections?end_user=u1&cursor={bad}");
        assert_problem(&get(&stage.tenant.key, path).await, 400, "cursor-unknown");
    }
    // Another filter, another order, another list and another tenant: not what it was given for.
    for query in ["", "end_user=u2&", "end_user=u1&sort=-created_at&", "end_user=u1&status=active&"] {
        let path = format!("/v1/connections?{query}cursor={cursor}");
        assert_problem(&get(&stage.tenant.key, path).await, 400, "cursor-unknown");
    }
    let path = format!("/v1/connections?end_user=u1&cursor={cursor}");
    assert_problem(&get(&other.key, path.clone()).await, 400, "cursor-unknown");
    assert_problem(&get(&stage.tenant.key, format!("/v1/audit?cursor={cursor}")).await, 400, "cursor-unknown");
    // Another size is the same list.
    assert_eq!(get(&stage.tenant.key, format!("{path}&limit=7")).await.status, 200);
    stage.host.clock.advance(SignedDuration::from_hours(24));
    let old = get(&stage.tenant.key, path).await;
    assert_problem(&old, 400, "cursor-old");
    assert!(old.text("/detail").unwrap().contains("begin again"), "{}", old.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_found_by_what_a_page_asks_for() {
    let stage = Stage::set().await;
    let first = connect(&stage, "Straße", "u1").await;
    connect(&stage, "Payroll", "u2").await;
    connect(&stage, "payments", "u2").await;
    let found =
        async |query: &str| names(&read(&stage, &stage.tenant.key, &format!("/v1/connections?{query}")).await, "name");
    assert_eq!(found("q=PAY").await, ["Payroll", "payments"]);
    assert_eq!(found("q=stra%C3%9Fe").await, ["Straße"]);
    assert_eq!(found("q=alice").await.len(), 3, "the account's label is looked at");
    assert_eq!(found("sort=-created_at").await, ["payments", "Payroll", "Straße"]);
    assert_eq!(found("sort=-created_at&end_user=u2&limit=1").await, ["payments"]);
    assert_eq!(found("method=header&connector=api-token&status=active").await.len(), 3);
    assert_eq!(found("status=failing,active").await.len(), 3);
    assert_eq!(found("status=failing").await, [""; 0]);
    assert_eq!(found("method=query").await, [""; 0]);
    let made = read(&stage, &stage.tenant.key, &format!("/v1/connections/{first}")).await;
    let moment = made["created_at"].as_str().unwrap();
    assert_eq!(found(&format!("created_since={moment}")).await.len(), 3);
    assert_eq!(found(&format!("created_before={moment}")).await, [""; 0]);
    assert_eq!(found("expiring_before=2099-01-01T00:00:00Z").await, [""; 0], "nobody knows of an end");
    for bad in
        ["colour=red", "status=great", "sort=name", "created_since=yesterday", "limit=0", "limit=201", "client=x"]
    {
        let refused = stage.host.get(&stage.tenant.key, &format!("/v1/connections?{bad}")).await.unwrap();
        assert_problem(&refused, 400, "invalid-query");
    }
}
