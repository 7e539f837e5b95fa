//! Bodies that do not fit, routes that are not there, and the shape of every refusal.

use http::Method;
use jackfield_tests::host::Answer;
use serde_json::json;

use crate::stage::{Stage, json_headers, raw};

/// Every route that takes JSON; an id that names nothing is never reached.
const TAKES_JSON: [(&str, &str); 14] = [
    ("POST", "/v1/tenants"),
    ("PATCH", "/v1/tenants/{tenant}"),
    ("POST", "/v1/clients"),
    ("PATCH", "/v1/clients/cli_00000000000000000000000000"),
    ("POST", "/v1/clients/cli_00000000000000000000000000/rotate"),
    ("POST", "/v1/api-keys"),
    ("POST", "/v1/connectors/api-token/approve"),
    ("POST", "/v1/connect-sessions"),
    ("POST", "/v1/connections"),
    ("POST", "/v1/connections/import"),
    ("PUT", "/v1/connections/conn_00000000000000000000000000/uses/flow-7"),
    ("PATCH", "/v1/connections/conn_00000000000000000000000000"),
    ("POST", "/v1/connections/conn_00000000000000000000000000/lease"),
    ("POST", "/v1/connections/conn_00000000000000000000000000/unauthorized"),
];

/// The shape of RFC 9457, and what this API adds to it.
pub(crate) fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.json);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert!(answer.text("/type").unwrap().ends_with(&format!("/docs/problems/{code}")), "{}", answer.json);
    assert_eq!(answer.json["status"], status);
    assert!(!answer.text("/title").unwrap().is_empty());
    let detail = answer.text("/detail").unwrap();
    assert!(detail.ends_with(['.', '…', '?']) && detail.starts_with(|first: char| !first.is_lowercase()), "{detail}");
    let request = answer.text("/request_id").unwrap();
    assert!(request.starts_with("req_"), "{request}");
    let named = answer.headers.get("jackfield-request-id").or(answer.headers.get("x-request-id")).unwrap();
    assert_eq!(named, request.as_str());
}

pub(crate) async fn send(stage: &Stage, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Answer {
    let bearer = format!("Bearer {}", stage.host.operator());
    let mut headers = vec![("authorization", bearer.as_str()), ("jackfield-tenant", stage.tenant.id.as_str())];
    headers.extend(kind.map(|kind| ("content-type", kind)));
    let path = path.replace("{tenant}", &stage.tenant.id);
    raw(&stage.host, Method::from_bytes(method.as_bytes()).unwrap(), &path, &headers, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_json_route_refuses_what_is_no_json_of_its_shape() {
    let stage = Stage::set().await;
    let json = Some("application/json");
    for (method, path) in TAKES_JSON {
        let refused = async |kind, body: &[u8]| send(&stage, method, path, kind, body).await;
        assert_problem(&refused(json, b"{").await, 400, "malformed-json");
        assert_problem(&refused(json, b"").await, 400, "malformed-json");
        assert_problem(&refused(json, b"\xff\xfe").await, 400, "malformed-json");
        let unknown = refused(json, b"{\"surprise\": 1}").await;
        assert_problem(&unknown, 422, "invalid-body");
        assert!(unknown.text("/detail").unwrap().contains("surprise"), "{method} {path}: {}", unknown.json);
        for other in [&b"[1, 2]"[..], b"[\"x\"]", b"[]", b"7", b"null", b"\"x\""] {
            assert_problem(&refused(json, other).await, 422, "invalid-body");
        }
        assert_problem(&refused(None, b"{}").await, 415, "not-json");
        assert_problem(&refused(Some("text/plain"), b"{}").await, 415, "not-json");
        assert_problem(&refused(Some("application/x-www-form-urlencoded"), b"name=x").await, 415, "not-json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_body_says_where() {
    let stage = Stage::set().await;
    let post = async |body: &str| send(&stage, "POST", "/v1/tenants", Some("application/json"), body.as_bytes()).await;
    let said = post("{\n\"name\": oops}").await;
    assert!(said.text("/detail").unwrap().contains("line 2"), "{}", said.json);
    for (body, place) in [
        (r#"{"name": 7}"#, "expected a string"),
        (r#"{"return_urls": []}"#, "missing field `name`"),
        (r#"{"name": "a", "name": "b"}"#, "duplicate field `name`"),
        (r#"{"name": "a", "return_urls": "https://app.example.com"}"#, "expected a sequence"),
    ] {
        let refused = post(body).await;
        assert_problem(&refused, 422, "invalid-body");
        assert!(refused.text("/detail").unwrap().contains(place), "{place} in {}", refused.json);
    }
    let deep = format!("{{\"fields\": {}", "[".repeat(100_000));
    let deep = send(&stage, "POST", "/v1/connections", Some("application/json"), deep.as_bytes()).await;
    assert_problem(&deep, 422, "invalid-body");
    let name = post(&json!({ "name": "x".repeat(121) }).to_string()).await;
    assert_problem(&name, 422, "invalid");
    assert_eq!(name.json["errors"][0]["field"], "name");
    // The charset parameter and the case of the type are the caller's own business.
    let typed =
        send(&stage, "POST", "/v1/tenants", Some("Application/JSON; charset=utf-8"), br#"{"name": "Ok"}"#).await;
    assert_eq!(typed.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_in_words() {
    let stage = Stage::set().await;
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    let refused = send(&stage, "POST", "/v1/tenants", Some("application/json"), large.as_bytes()).await;
    assert_problem(&refused, 413, "too-large");
    assert!(refused.text("/detail").unwrap().contains("1048576 bytes"));
    let component = vec![0_u8; 64 * 1024 * 1024 + 1];
    let refused = send(&stage, "POST", "/v1/connectors", Some("application/wasm"), &component).await;
    assert_problem(&refused, 413, "too-large");
    let tenants = stage.host.get(stage.host.operator(), "/v1/tenants").await.unwrap();
    assert_eq!(tenants.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_a_refused_body_is_not_repeated() {
    let stage = Stage::set().await;
    let secret = "8675309123456";
    let bodies = [
        ("/v1/clients", format!(r#"{{"connector": "api-token", "client_id": "x", "client_secret": {secret}}}"#)),
        ("/v1/clients", format!(r#"{{"client_secret": ["{secret}"]}}"#)),
        (
            "/v1/connections",
            format!(r#"{{"connector": "api-token", "method": "header", "fields": {{"token": {secret}}}}}"#),
        ),
        (
            "/v1/connections",
            format!(r#"{{"connector": "api-token", "method": "header", "fields": {{"toke": "{secret}"}}}}"#),
        ),
        (
            "/v1/connections",
            format!(r#"{{"connector": "api-token", "method": "header", "fields": {{"token": "{secret}\n"}}}}"#),
        ),
        ("/v1/connections", format!(r#"{{"connector": "api-token", "fields": {{"token": "{secret}"}}, "oops"}}"#)),
        (
            "/v1/connect-sessions/ses_00000000000000000000000000/complete",
            format!(r#"{{"ticket": {secret}, "end_user": "u"}}"#),
        ),
    ];
    for (path, body) in bodies {
        let refused = send(&stage, "POST", path, Some("application/json"), body.as_bytes()).await;
        assert!(refused.status.is_client_error(), "{path}: {}", refused.json);
        let told = String::from_utf8_lossy(&refused.body);
        assert!(!told.contains(secret), "{path}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_is_not_done_there() {
    let stage = Stage::set().await;
    let host = &stage.host;
    for path in ["/v1", "/v1/nothing", "/v1/connections/", "/nothing", "/v1/tenants/x/y", "//v1/tenants", "/V1/tenants"]
    {
        assert_problem(&host.get(host.operator(), path).await.unwrap(), 404, "no-route");
    }
    for (method, path) in [
        ("PUT", "/v1/tenants"),
        ("DELETE", "/v1/connections"),
        ("GET", "/v1/connections/x/lease"),
        ("POST", "/v1/tenants/x"),
        ("PATCH", "/v1/api-keys/x"),
        ("POST", "/healthz"),
    ] {
        let refused = send(&stage, method, path, None, b"").await;
        assert_problem(&refused, 405, "method-not-allowed");
        assert!(refused.headers.contains_key("allow"), "{method} {path} names no method that works");
    }
    let bearer = format!("Bearer {}", host.operator());
    let mut headers = json_headers(&bearer).to_vec();
    headers.push(("accept", "text/html"));
    let for_a_person = raw(host, Method::GET, "/nothing", &headers, b"").await;
    assert_eq!(
        (for_a_person.status.as_u16(), for_a_person.headers["content-type"].to_str().unwrap()),
        (404, "text/html; charset=utf-8")
    );
    let for_a_program = raw(host, Method::GET, "/v1/nothing", &headers, b"").await;
    assert_problem(&for_a_program, 404, "no-route");
}
