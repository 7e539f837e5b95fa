//! The proxy: places the credential, and lets nothing else of either side through.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::Answer;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::token_service::{NAME, TOKEN, TokenService};

async fn send(scene: &TokenService, id: &str, request: http::request::Builder, body: &str) -> Answer {
    let request = request.header("authorization", format!("Bearer {}", scene.tenant.key));
    let path = format!("/v1/connections/{id}/proxy{}", request.uri_ref().unwrap());
    scene.host.send(&path, request.body(Bytes::from(body.to_owned())).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_between_the_caller_and_the_host_stays_there() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let request = Request::get("/me")
        .header("cookie", "session=caller")
        .header("proxy-authorization", "Basic Y2FsbGVy")
        .header("x-forwarded-for", "192.0.2.7")
        .header("forwarded", "for=192.0.2.7")
        .header("jackfield-tenant", &scene.tenant.id)
        .header("te", "trailers")
        .header("keep-alive", "timeout=5")
        .header("connection", "keep-alive, x-hop")
        .header("x-hop", "1")
        .header("x-custom", "kept")
        .header("accept", "application/json");
    let answer = send(&scene, &id, request, "").await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let seen = scene.api.double().log().to("/me").pop().unwrap();
    assert_eq!(seen.header("host"), Some(NAME));
    assert_eq!(seen.header("x-custom"), Some("kept"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("authorization").unwrap(), format!("Bearer {TOKEN}"));
    let gone = [
        "cookie",
        "proxy-authorization",
        "x-forwarded-for",
        "forwarded",
        "jackfield-tenant",
        "te",
        "keep-alive",
        "x-hop",
    ];
    for name in gone {
        assert!(seen.header(name).is_none(), "{name} was passed on");
    }
    let whole = format!("{:?}", seen.headers);
    assert!(!whole.contains(&scene.tenant.key), "the caller's key left");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cannot_act_in_the_hosts_name() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let answer = scene.through(&id, "/echo").await;
    assert_eq!(answer.status, 200);
    assert!(answer.headers.get("set-cookie").is_none());
    assert_eq!(answer.headers["content-security-policy"], "sandbox");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["jackfield-answered-by"], "provider");
    assert!(answer.headers.contains_key("x-echo"), "the provider's own headers pass");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_refusals_pass_as_they_are() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    for (status, body) in [(401, "invalid_token"), (403, "insufficient_scope"), (404, "none"), (500, "broken")] {
        let status = StatusCode::from_u16(status).unwrap();
        scene.api.double().faults().once(On::path("/me"), Fault::Json(status, json!({ "error": body })));
        let answer = scene.through(&id, "/me").await;
        assert_eq!((answer.status, &answer.json["error"]), (status, &json!(body)));
        assert_eq!(answer.headers["jackfield-answered-by"], "provider");
    }
    assert_eq!(scene.show(&id).await["status"], "active", "a caller's request says nothing about the grant");
    // A redirect is the caller's to judge; the credential does not follow it.
    let elsewhere = url::Url::parse("https://elsewhere.example.com/").unwrap();
    scene.api.double().faults().once(On::path("/me"), Fault::Redirect(StatusCode::FOUND, elsewhere));
    let answer = scene.through(&id, "/me").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["location"]),
        (302, &"https://elsewhere.example.com/".parse().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_a_clear_problem_of_ours() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    scene.api.double().faults().once(On::path("/me"), Fault::Dropped);
    let answer = scene.through(&id, "/me").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (502, "provider-down"), "{}", answer.json);
    assert_eq!(answer.headers["jackfield-answered-by"], "host");
    assert!(!answer.json.to_string().contains(TOKEN));
}

/// One request whose target no URL library has touched; the answer's head and body as text.
async fn raw(scene: &TokenService, target: &str, more: &str) -> String {
    let address = scene.host.running().unwrap().address;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let key = &scene.tenant.key;
    let head = format!(
        "GET {target} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n{more}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_3_no_path_leaves_the_origin() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let tricks = [
        "//evil.example.com/me",
        "///evil.example.com/me",
        "/\\evil.example.com/me",
        "/@evil.example.com/me",
        "@evil.example.com/me",
        ":pw@evil.example.com/me",
        ".evil.example.com/me",
        "/../../../me",
        "/%2e%2e/%2e%2e/me",
        "/..%2f..%2fme",
        "/%2f%2fevil.example.com/me",
        "/https://evil.example.com/me",
        "/me%00",
        "/me%0d%0ahost:%20evil.example.com",
        "/me?next=https://evil.example.com/#x",
        "/;@evil.example.com/me",
    ];
    for trick in tricks {
        let answer = raw(&scene, &format!("/v1/connections/{id}/proxy{trick}"), "").await;
        assert!(answer.starts_with("HTTP/1.1 "), "{trick}: {answer}");
    }
    for request in scene.api.double().log().all() {
        assert_eq!(request.host, NAME);
        assert_eq!(request.headers.get_all("host").iter().count(), 1);
        assert_eq!(request.header("authorization").unwrap(), format!("Bearer {TOKEN}"));
    }
    assert_eq!(scene.asked_names().len(), 1);
    // An absolute target names the host's own route all the same.
    let absolute = raw(&scene, &format!("http://evil.example.com/v1/connections/{id}/proxy/me"), "").await;
    assert!(absolute.contains("alice"), "{absolute}");
}

#[tokio::test(flavor = "multi_thread")]
async fn upgrades_and_tunnels_are_refused() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let before = scene.api.double().log().all().len();
    let socket = Request::get("/me").header("connection", "Upgrade").header("upgrade", "websocket");
    let refused = send(&scene, &id, socket, "").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "upgrade-refused"), "{}", refused.json);
    assert!(refused.text("/detail").unwrap().contains("take a lease"), "{}", refused.json);
    let asked = send(&scene, &id, Request::get("/me").header("connection", "upgrade"), "").await;
    assert_eq!(asked.code(), "upgrade-refused", "{}", asked.json);
    for method in [Method::TRACE, Method::CONNECT] {
        let path = format!("/v1/connections/{id}/proxy/me");
        let refused = scene.host.api(&scene.tenant.key, method, &path, None).await;
        assert!(refused.is_ok_and(|answer| !answer.status.is_success()));
    }
    assert_eq!(scene.api.double().log().all().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_bodies_and_queries_pass_unchanged() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let posted =
        send(&scene, &id, Request::post("/notes?a=1&b=%2F&a=2").header("content-type", "text/plain"), "hello").await;
    assert_eq!((posted.status.as_u16(), &posted.json), (201, &json!({ "bytes": 5, "content_type": "text/plain" })));
    let seen = scene.api.double().log().to("/notes").pop().unwrap();
    assert_eq!((seen.query.as_str(), &seen.body[..]), ("a=1&b=%2F&a=2", &b"hello"[..]));
    assert_eq!(seen.header("content-length"), Some("5"));
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS] {
        let answer = send(&scene, &id, Request::builder().method(&method).uri("/notes"), "").await;
        assert_eq!(answer.headers["jackfield-answered-by"], "provider", "{method}");
        assert_eq!(scene.api.double().log().to("/notes").pop().unwrap().method, method);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_is_chosen_by_its_id_among_those_that_take_the_credential() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let chosen = send(&scene, &id, Request::get("/me").header("jackfield-origin", "service"), "").await;
    assert_eq!(chosen.json["id"], "alice");
    let unknown = send(&scene, &id, Request::get("/me").header("jackfield-origin", "evil"), "").await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (422, "origin-unknown"), "{}", unknown.json);
    assert!(unknown.text("/detail").unwrap().contains("service"));
    assert_eq!(unknown.headers["jackfield-answered-by"], "host");
    let two = Request::get("/me").header("jackfield-origin", "service").header("jackfield-origin", "service");
    assert_eq!(send(&scene, &id, two, "").await.code(), "invalid-query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_the_permission_does_not_get_through() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let wanted = json!({ "name": "reader", "tenant": scene.tenant.id, "permissions": ["read", "connect", "lease"] });
    let made = scene.host.post(scene.host.operator(), "/v1/api-keys", wanted).await.unwrap();
    let before = scene.api.double().log().all().len();
    let path = format!("/v1/connections/{id}/proxy/me");
    let refused = scene.host.get(&made.text("/key").unwrap(), &path).await.unwrap();
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "permission-missing"), "{}", refused.json);
    assert_eq!(scene.host.get("", &path).await.unwrap().status, 401);
    assert_eq!(scene.api.double().log().all().len(), before);
}
