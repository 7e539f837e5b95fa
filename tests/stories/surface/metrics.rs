//! `/metrics`: an operator's figures, which nobody else reads and which tell nothing of whose something is.

use http::Method;
use jackfield_tests::host::{Setting, TestHost};
use jackfield_tests::scene::OpenId;
use serde_json::json;

use crate::bodies::assert_problem;

async fn figures(host: &TestHost) -> String {
    let answer = host.get(host.operator(), "/metrics").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json);
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn holds(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|given| given == *line), "no `{line}` in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_and_nobody_is_named() {
    let mut scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let connection = scene.connect("u-1", "alice").await.unwrap();
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    let ask = async |host: &TestHost, verb: &str| {
        host.post(&scene.tenant.key, &format!("{path}/{verb}"), json!({})).await.unwrap()
    };
    assert_eq!(ask(&scene.host, "refresh").await.status, 200);
    assert_eq!(ask(&scene.host, "verify").await.status, 200);
    let me = scene.host.get(&scene.tenant.key, &format!("{path}/proxy/me")).await.unwrap();
    assert_eq!(me.status, 200, "{}", me.json);
    assert_eq!(scene.host.get("", "/v1/connections/conn_made-up").await.unwrap().status, 401);
    let text = figures(&scene.host).await;
    holds(
        &text,
        &[
            "jackfield_connections 1",
            "jackfield_upkeep_waiting 0",
            "jackfield_upkeep_overdue_seconds 0",
            r#"jackfield_refreshes_total{outcome="refreshed"} 1"#,
            r#"jackfield_verifications_total{outcome="works"} 2"#,
            r#"jackfield_requests_total{method="POST",route="/v1/connections/{id}/refresh",status="200"} 1"#,
            r#"jackfield_requests_total{method="GET",route="/v1/connections/{id}",status="401"} 1"#,
            &format!(r#"jackfield_proxied_bytes_total{{direction="response"}} {}"#, me.body.len()),
            "# EOF",
        ],
    );
    for named in ["alice", "u-1", "Acme", "conn_", scene.tenant.id.as_str(), scene.tenant.key.as_str()] {
        assert!(!text.contains(named), "{named} in\n{text}");
    }
    // Counted anew after a restart, and kept right by each change.
    scene.host.stop().await.unwrap();
    scene.host.start_again().await.unwrap();
    holds(&figures(&scene.host).await, &["jackfield_connections 1"]);
    let deleted = scene.host.api(&scene.tenant.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(deleted.status, 200, "{}", deleted.json);
    holds(&figures(&scene.host).await, &["jackfield_connections 0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_the_operators_until_the_operator_opens_them() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    assert_problem(&host.get("", "/metrics").await.unwrap(), 401, "key-missing");
    assert_problem(&host.get(&tenant.key, "/metrics").await.unwrap(), 403, "permission-missing");
    let mut setting = Setting::plain(crate::PROGRAM);
    setting.configure = Some(|config| config.api.open_metrics = true);
    let open = TestHost::start(setting).await.unwrap();
    let answer = open.send("/metrics", http::Request::get("/").body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(answer.status, 200);
}
