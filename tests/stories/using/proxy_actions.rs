//! A connection is held to the actions it was made for: other requests are refused, and the refusal names the action.

use http::{Method, Request};
use jackfield_model::path::LONGEST;
use jackfield_tests::host::Answer;
use serde_json::json;

use crate::bounded::Bounded;
use crate::token_service::TokenService;

fn refused(answer: &Answer) -> (u16, &str, String) {
    let rule = answer.json["rule"].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), answer.code(), rule)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_requests_of_the_chosen_actions_pass() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes"])).await;
    for (method, path) in [(Method::GET, "/notes"), (Method::HEAD, "/notes"), (Method::GET, "/notes/7")] {
        let answer = scene.send(&id, Request::builder().method(&method).uri(path), "").await;
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.json);
    }
    let before = scene.double.log().all().len();
    for (method, path, named) in [
        (Method::POST, "/notes", "the action `write-notes`"),
        (Method::DELETE, "/notes/7", "the action `write-notes`"),
        (Method::POST, "/graphql", "the action `query`"),
        (Method::GET, "/notes/7/history", "no action of its connector"),
        (Method::GET, "/", "no action of its connector"),
        (Method::GET, "/me", "no action of its connector"),
        (Method::OPTIONS, "/notes", "no action of its connector"),
    ] {
        let answer = scene.send(&id, Request::builder().method(&method).uri(path), "").await;
        assert_eq!(refused(&answer), (403, "action-missing", String::new()), "{method} {path}");
        assert!(answer.text("/detail").unwrap().contains(named), "{method} {path}: {}", answer.json);
        assert_eq!(answer.headers["jackfield-answered-by"], "host");
    }
    assert_eq!(scene.double.log().all().len(), before, "a refused request was sent");
    let permissions = scene.permissions(&id).await;
    assert_eq!(permissions["enforced"], "wholly", "{permissions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_path_cannot_divide_is_never_called_enforced() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes", "query"])).await;
    let asked = scene.send(&id, Request::post("/graphql"), "{ everything }").await;
    assert_eq!(asked.json["bytes"], 14, "{}", asked.json);
    assert_eq!(refused(&scene.send(&id, Request::post("/notes"), "").await).1, "action-missing");
    let permissions = scene.permissions(&id).await;
    assert_eq!(permissions["enforced"], "partly", "{permissions}");
    let enforceable = |id: &str| {
        let actions = permissions["actions"].as_array().unwrap();
        actions.iter().find(|action| action["id"] == id).unwrap()["enforceable"].clone()
    };
    assert_eq!((enforceable("read-notes"), enforceable("query")), (json!(true), json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_made_for_nothing_passes_nothing() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!([])).await;
    let answer = scene.get(&id, "/notes").await;
    assert_eq!(refused(&answer).1, "action-missing", "{}", answer.json);
    assert!(answer.text("/detail").unwrap().contains("`read-notes`"), "{}", answer.json);
    // Where nothing is named, a credential without scopes is for all its connector does.
    let made = json!({ "connector": "bounded", "method": "token", "fields": { "token": crate::bounded::LASTING } });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", made).await.unwrap();
    let all = made.text("/id").unwrap();
    assert_eq!(scene.send(&all, Request::post("/notes"), "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_lists_no_requests_is_not_called_enforced() {
    let scene = Bounded::start().await;
    scene.host.install("well_behaved").await.unwrap();
    let token = json!({ "token": crate::bounded::LASTING });
    let wanted = json!({ "connector": "well-behaved", "method": "token", "fields": token });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    let id = made.text("/id").unwrap();
    assert_eq!(scene.send(&id, Request::delete("/anything/at/all"), "").await.status, 200);
    assert_eq!(scene.permissions(&id).await["enforced"], "not");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_without_the_credential_is_reached_without_it_and_only_where_it_is_declared() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes", "see-status"])).await;
    let at = |origin: &str, path: &str| Request::get(path).header("jackfield-origin", origin);
    let status = scene.send(&id, at("status", "/now"), "").await;
    assert_eq!((&status.json["authorized"], &status.json["path"]), (&json!(false), &json!("/now")), "{}", status.json);
    let files = scene.send(&id, at("files", "/attachments/1/raw"), "").await;
    assert_eq!(files.json["authorized"], true, "{}", files.json);
    assert_eq!(refused(&scene.send(&id, at("files", "/notes"), "").await).1, "action-missing");
    assert_eq!(refused(&scene.send(&id, at("status", "/notes"), "").await).1, "action-missing");
    let log = scene.double.log();
    assert_eq!(log.to("/now").pop().unwrap().host, "status.test");
    assert_eq!(log.to("/attachments/1/raw").pop().unwrap().host, "files.test");
    // Two take the credential, so one has to be named.
    let path = format!("/v1/connections/{id}/proxy/notes");
    let unnamed = scene.host.get(&scene.tenant.key, &path).await.unwrap();
    assert_eq!((unnamed.status.as_u16(), unnamed.code()), (422, "origin-unnamed"), "{}", unnamed.json);
    let known = "api, files, status (without the credential), login (without the credential)";
    assert!(unnamed.text("/detail").unwrap().contains(known), "{}", unnamed.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_that_was_judged_is_the_path_that_is_sent() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes"])).await;
    for (written, sent) in [
        ("/notes", "/notes"),
        ("/%6eotes", "/notes"),
        ("/n%6Ftes/7", "/notes/7"),
        ("/notes/a%2cb", "/notes/a%2Cb"),
        ("/notes/caf%c3%a9;v=2", "/notes/caf%C3%A9;v=2"),
    ] {
        assert_eq!(scene.get(&id, written).await.json["path"], sent, "{written}");
    }
    let before = scene.double.log().all().len();
    for path in [
        "/notes/../me",
        "/notes/%2e%2e/me",
        "/notes/.%2e/me",
        "/notes/%252e%252e/me",
        "/notes/..;/me",
        "/notes/..%3Bx/me",
        "/notes/;x",
        "/notes//7",
        "//notes",
        "/notes/a%2fb",
        "/notes/a%5cb",
        "/notes/a%255cb",
        "/notes/%00",
        "/notes/%c0%ae",
        "/notes/%ff",
        "/./notes",
        "/notes/.",
    ] {
        let answer = raw_get(&scene, &id, path).await;
        assert!(answer.contains("\"path-ambiguous\""), "{path}: {answer}");
    }
    assert_eq!(scene.double.log().all().len(), before, "an ambiguous path was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_above_the_bound_is_refused_by_name_and_is_not_sent() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes"])).await;
    let longest = format!("/notes/{}", "a".repeat(LONGEST - "/notes/".len()));
    assert_eq!(scene.get(&id, &longest).await.status, 200);
    let before = scene.double.log().all().len();
    // Twice as long, with as many segments as there is room for.
    for path in [format!("{longest}a"), "/a".repeat(LONGEST)] {
        let answer = scene.get(&id, &path).await;
        assert_eq!(refused(&answer), (403, "egress-denied", "path-length".to_owned()), "{}", answer.json);
        assert!(answer.text("/detail").unwrap().contains("more than 16384 bytes"), "{}", answer.json);
    }
    assert_eq!(scene.double.log().all().len(), before, "a path above the bound was sent");
}

/// `GET` of a path that no URL library has touched.
async fn raw_get(scene: &Bounded, id: &str, path: &str) -> String {
    let head = format!("GET /v1/connections/{id}/proxy{path} HTTP/1.1\r\njackfield-origin: api\r\n");
    crate::raw::exchange(&scene.host, &scene.tenant.key, &head, b"").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_has_one_name() {
    let scene = Bounded::start().await;
    let id = scene.lasting(json!(["read-notes", "write-notes"])).await;
    for header in ["x-http-method-override", "x-http-method", "x-method-override", "x_http_method_override"] {
        let answer = scene.send(&id, Request::post("/notes").header(header, "PURGE"), "hello").await;
        assert_eq!(answer.json["method"], "POST", "{header}: {}", answer.json);
        assert!(scene.double.log().to("/notes").pop().unwrap().header(header).is_none(), "{header} was passed on");
    }
    let before = scene.double.log().all().len();
    for query in ["_method=PURGE", "%5Fmethod=purge", "X-HTTP-Method-Override=PURGE", "method=delete", "a=1&_Method="] {
        let answer = scene.send(&id, Request::post(format!("/notes?{query}")), "").await;
        assert_eq!(refused(&answer), (403, "egress-denied", "method-override".into()), "{query}: {}", answer.json);
    }
    assert_eq!(scene.double.log().all().len(), before);
    assert_eq!(scene.get(&id, "/notes?method=alphabetical").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_method_of_an_action_passes_with_its_body() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    for method in ["PROPFIND", "REPORT", "QUERY", "PURGE", "MKCOL", "DELETE", "OPTIONS"] {
        let request =
            Request::builder().method(method).uri("/").header("authorization", format!("Bearer {}", scene.tenant.key));
        let path = format!("/v1/connections/{id}/proxy/notes");
        let answer = scene.host.send(&path, request.body("hello".into()).unwrap()).await.unwrap();
        assert_eq!(answer.headers["jackfield-answered-by"], "provider", "{method}: {}", answer.json);
        let seen = scene.api.double().log().to("/notes").pop().unwrap();
        assert_eq!((seen.method.as_str(), &seen.body[..]), (method, &b"hello"[..]));
    }
}
