//! `GET /v1/audit`: who did what to what — everything for the operator, its own for each tenant.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::bodies::assert_problem;
use crate::stage::Stage;

async fn lines(stage: &Stage, key: &str, query: &str) -> Vec<Value> {
    let answer = stage.host.get(key, &format!("/v1/audit{query}")).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["items"].as_array().unwrap().clone()
}

fn kinds(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["kind"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_reads_everything_and_a_tenant_its_own() {
    let stage = Stage::set().await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    stage.host.clock.advance(SignedDuration::from_secs(10));
    let id = stage.connect(&stage.tenant, "u1").await;
    let foreign = stage.connect(&other, "u1").await;
    stage.host.post(&stage.tenant.key, &format!("/v1/connections/{id}/lease"), json!({})).await.unwrap();

    let mine = lines(&stage, &stage.tenant.key, "").await;
    assert_eq!(kinds(&mine), ["connection.leased", "connection.created", "api-key.created", "tenant.created"]);
    assert!(mine.iter().all(|line| line["tenant"] == stage.tenant.id.as_str()), "{mine:?}");
    assert_eq!((&mine[0]["subject"], mine[0]["by"].as_str().unwrap().starts_with("key_")), (&json!(id), true));
    assert!(!json!(mine).to_string().contains(&foreign));

    let operator = stage.host.operator().to_owned();
    let all = lines(&stage, &operator, "").await;
    let seen = kinds(&all);
    assert!(seen.contains(&"connector.installed") && seen.contains(&"connector.approved"), "{seen:?}");
    let created = lines(&stage, &operator, "?kind=connection.created").await;
    assert_eq!(created.iter().map(|line| line["subject"].as_str().unwrap()).collect::<Vec<_>>(), [&foreign, &id]);
    assert_eq!(
        kinds(&lines(&stage, &operator, "?kind=connector.").await),
        ["connector.approved", "connector.installed"]
    );
    assert_eq!(kinds(&lines(&stage, &operator, "?subject=api-token").await).len(), 2);
    let of_other = lines(&stage, &operator, &format!("?tenant={}", other.id)).await;
    assert_eq!(kinds(&of_other), ["connection.created", "api-key.created", "tenant.created"]);
    let by = mine[0]["by"].as_str().unwrap();
    assert_eq!(lines(&stage, &operator, &format!("?by={by}")).await.len(), 2);
    let since = mine[0]["at"].as_str().unwrap();
    assert_eq!(lines(&stage, &operator, &format!("?since={since}")).await.len(), 3);
    assert!(!kinds(&lines(&stage, &operator, &format!("?until={since}")).await).contains(&"connection.leased"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_what_is_not_theirs() {
    let stage = Stage::set().await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    let get = async |key: &str, path: String| stage.host.get(key, &path).await.unwrap();
    let foreign = get(&stage.tenant.key, format!("/v1/audit?tenant={}", other.id)).await;
    assert_problem(&foreign, 404, "not-found");
    let own = get(&stage.tenant.key, format!("/v1/audit?tenant={}", stage.tenant.id)).await;
    assert_eq!(own.status, 200, "{}", own.json);
    let lease_only = stage.key(Some(&stage.tenant.id), &["lease"]).await;
    assert_problem(&get(&lease_only, "/v1/audit".to_owned()).await, 403, "permission-missing");
    assert_problem(&get("jf_nobody", "/v1/audit".to_owned()).await, 401, "key-unknown");
    for bad in ["colour=red", "since=yesterday", "limit=0", "tenant=x"] {
        let refused = get(stage.host.operator(), format!("/v1/audit?{bad}")).await;
        assert_problem(&refused, 400, "invalid-query");
    }
}
