//! The API: which credentials it takes, and how it refuses.

use axum::http::Method;
use serde_json::json;

use super::peer;
use super::stage::Stage;
use crate::{DemoOptions, DemoProvider};

#[tokio::test]
async fn an_api_token_is_taken_in_each_of_its_places() {
    let stage = Stage::set().await;
    let token = stage.provider.api_token().expose().to_owned();
    let bearer = peer::get_with(&stage.api("/whoami"), &token).await;
    let header = [("x-api-key", token.as_str())];
    let header = peer::ask(Method::GET, &stage.api("/whoami"), &header, "").await;
    let query = peer::get(&stage.api(&format!("/whoami?api_key={token}"))).await;
    for answer in [bearer, header, query] {
        assert_eq!(answer.json()["sub"], json!("demo"), "{}", answer.body);
        assert_eq!(answer.json()["via"], json!("API token"));
    }
    assert_eq!(stage.provider.counts().api_calls, 3);
    stage.provider.stop().await;
}

#[tokio::test]
async fn refusals_name_their_reason_in_the_challenge() {
    let stage = Stage::set().await;
    let nothing = peer::get(&stage.api("/whoami")).await;
    assert_eq!(nothing.status, 401);
    let challenge = nothing.header("www-authenticate");
    assert_eq!(challenge, r#"Bearer realm="jackfield-demo""#);

    let wrong = peer::get_with(&stage.api("/whoami"), "made up").await;
    assert_eq!(wrong.refusal(), (401, "invalid_token".into()));
    let challenge = wrong.header("www-authenticate");
    assert!(challenge.contains(r#"error="invalid_token""#), "{challenge}");

    let twice = [("authorization", "Bearer a"), ("x-api-key", "b")];
    let twice = peer::ask(Method::GET, &stage.api("/whoami"), &twice, "").await;
    assert_eq!(twice.refusal(), (400, "invalid_request".into()));
    assert_eq!(stage.provider.counts().api_refusals, 3);
    stage.provider.stop().await;
}

#[tokio::test]
async fn an_access_token_is_not_an_api_key() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let header = [("x-api-key", tokens.access.as_str())];
    let answer = peer::ask(Method::GET, &stage.api("/whoami"), &header, "").await;
    assert_eq!(answer.refusal(), (401, "invalid_token".into()));
    stage.provider.stop().await;
}

#[tokio::test]
async fn items_are_read_and_added_within_the_scope() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let items = peer::get_with(&stage.api("/items"), &tokens.access).await;
    assert_eq!(items.json()["items"][0]["id"], json!(1));

    let add = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = r#"{"title":"Label the rack"}"#;
        peer::ask(Method::POST, &stage.api("/items"), &headers, body).await
    };
    let refused = add(&tokens.access).await;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".into()));
    let challenge = refused.header("www-authenticate");
    assert!(challenge.contains(r#"scope="items:write""#), "{challenge}");
    let added = add(stage.provider.api_token().expose()).await;
    assert_eq!(added.status, 201);
    assert_eq!(added.json(), json!({ "id": 3, "title": "Label the rack" }));
    stage.provider.stop().await;
}

#[tokio::test]
async fn echo_says_what_was_said_and_also_beside_the_issuer() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let bearer = format!("Bearer {}", tokens.access);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for url in [stage.api("/echo"), stage.at("/echo")] {
        let answer = peer::ask(Method::POST, &url, &headers, r#"{"a":[1]}"#).await;
        let said = json!({ "sub": "demo", "echo": { "a": [1] } });
        assert_eq!(answer.json(), said);
    }
    stage.provider.stop().await;
}

#[tokio::test]
async fn two_providers_run_side_by_side_on_the_machines_own_clock() {
    let one = DemoProvider::start(DemoOptions::default()).await.unwrap();
    let other = DemoProvider::start(DemoOptions::default()).await.unwrap();
    assert_ne!(one.issuer(), other.issuer());
    assert_ne!(one.api_token().expose(), other.api_token().expose());
    let url = format!("{}/whoami", one.api_url());
    let answer = peer::get_with(&url, one.api_token().expose()).await;
    assert_eq!(answer.status, 200);
    let answer = peer::get_with(&url, other.api_token().expose()).await;
    assert_eq!(answer.status, 401);
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn after_stop_nobody_answers() {
    let stage = Stage::set().await;
    let address = stage.provider.api_url().replace("http://", "");
    let listening = tokio::net::TcpStream::connect(&address).await;
    assert!(listening.is_ok());
    stage.provider.stop().await;
    let gone = tokio::net::TcpStream::connect(&address).await;
    assert!(gone.is_err());
}
