//! Wrong methods, on every route the description lists: a problem that names the right ones, and no effect.

use http::Method;
use jackfield_tests::host::Answer;

use crate::bodies::assert_problem;
use crate::stage::{Stage, raw};

const ALL: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

async fn send(stage: &Stage, method: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {}", stage.host.operator());
    let headers = [("authorization", bearer.as_str()), ("jackfield-tenant", stage.tenant.id.as_str())];
    raw(&stage.host, Method::from_bytes(method.as_bytes()).unwrap(), path, &headers, b"").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_names_the_methods_it_takes() {
    let stage = Stage::set().await;
    let described = stage.host.get(stage.host.operator(), "/openapi.json").await.unwrap();
    let paths = described.json["paths"].as_object().unwrap();
    assert!(paths.len() > 20, "{}", paths.len());
    for (path, item) in paths {
        let taken: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        let path = path.replace("{id}", "conn_00000000000000000000000000").replace("{reference}", "flow-7");
        for method in ALL.iter().filter(|method| !taken.iter().any(|taken| taken == *method)) {
            let refused = send(&stage, method, &path).await;
            assert_problem(&refused, 405, "method-not-allowed");
            let allowed = refused.headers["allow"].to_str().unwrap().to_owned();
            assert!(taken.iter().all(|method| allowed.split(',').any(|one| one == method)), "{path}: {allowed}");
        }
        if taken.iter().any(|method| method == "GET") && path.starts_with("/v1/") {
            let (whole, head) = (send(&stage, "GET", &path).await, send(&stage, "HEAD", &path).await);
            assert_eq!((head.status, head.body.len()), (whole.status, 0), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_makes_something_takes_an_idempotency_key() {
    let stage = Stage::set().await;
    let described = stage.host.get(stage.host.operator(), "/openapi.json").await.unwrap();
    let mut takers = Vec::new();
    for (path, item) in described.json["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let takes = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
            if takes {
                takers.push(format!("{method} {path}"));
            }
        }
    }
    takers.sort_unstable();
    // What this list names is said by the handlers; that the layer guards the same routes is tried here.
    for taker in &takers {
        let path = taker.strip_prefix("post ").expect("only POST makes something");
        let path = path.replace("{id}", "conn_00000000000000000000000000");
        let bearer = format!("Bearer {}", stage.host.operator());
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "not one")];
        let refused = raw(&stage.host, Method::POST, &path, &headers, b"{}").await;
        assert_problem(&refused, 400, "idempotency-key-invalid");
    }
    for makes in
        ["api-keys", "clients", "connect-sessions", "connections", "connections/import", "connectors", "tenants"]
    {
        assert!(takers.contains(&format!("post /v1/{makes}")), "{makes} is not in {takers:?}");
    }
}
