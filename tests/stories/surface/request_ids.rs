//! Every answer carries the id of its request, and it is never the caller's.

use std::collections::BTreeSet;

use http::Method;

use crate::stage::{Stage, browser, raw};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_its_own_request_id() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let bearer = format!("Bearer {}", stage.tenant.key);
    let forged = "req_00000000000000000000000000";
    let headers = [("authorization", bearer.as_str()), ("jackfield-request-id", forged), ("x-request-id", forged)];
    let mut seen = BTreeSet::from([forged.to_owned()]);
    let proxied = format!("/v1/connections/{id}/proxy/me");
    let shown = format!("/v1/connections/{id}");
    let paths =
        ["/v1/connections", &shown, "/v1/nothing", "/v1/tenants", "/healthz", "/readyz", "/connect/x", &proxied];
    for path in [&paths[..], &["/assets/page.css", "/oauth/callback/a/b", "/"][..]].concat() {
        let answer = raw(&stage.host, Method::GET, path, &headers, b"").await;
        // What people look at names nobody.
        let api = ["/v1/", "/healthz", "/readyz"].iter().any(|top| path.starts_with(top));
        let name = if api { "jackfield-request-id" } else { "x-request-id" };
        let request = answer.headers[name].to_str().unwrap().to_owned();
        assert!(request.starts_with("req_"), "{path}: {request}");
        assert!(seen.insert(request), "{path} repeats a request id");
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{path}");
    }
    // What was forged went no further either.
    for request in stage.api.double().log().to("/me") {
        assert!(request.headers.keys().all(|name| !name.as_str().starts_with("jackfield-")));
    }
    let page = stage.page(&mut browser(), "u1").await;
    assert!(seen.insert(page.headers["x-request-id"].to_str().unwrap().to_owned()));
}
