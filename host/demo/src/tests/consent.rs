//! The consent page and where it leads.

use super::peer;
use super::stage::{REDIRECT, Stage, parameter, ticket};

#[tokio::test]
async fn the_page_names_the_client_and_the_permissions_in_words() {
    let stage = Stage::set().await;
    let page = peer::get(stage.request(&[]).as_str()).await;
    assert_eq!(page.status, 200);
    for said in ["jackfield-demo", "Know who you are", "Read your items"] {
        assert!(page.body.contains(said), "{said}");
    }
    assert!(!page.body.contains("Add items"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.header("cache-control"), "no-store");
    stage.provider.stop().await;
}

#[tokio::test]
async fn allowing_leads_back_with_code_state_and_iss() {
    let stage = Stage::set().await;
    let answer = stage.decide(&stage.request(&[]), "demo", "allow").await;
    assert_eq!(answer.status, 303);
    let back = answer.location();
    assert!(back.as_str().starts_with(REDIRECT));
    assert!(parameter(&back, "code").is_some());
    assert_eq!(parameter(&back, "state").as_deref(), Some("s t&te"));
    let iss = parameter(&back, "iss");
    assert_eq!(iss.as_deref(), Some(stage.provider.issuer()));
    assert_eq!(stage.provider.counts().allowed, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn denying_leads_back_with_the_error_state_and_iss() {
    let stage = Stage::set().await;
    let answer = stage.decide(&stage.request(&[]), "demo", "deny").await;
    let back = answer.location();
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "state").as_deref(), Some("s t&te"));
    assert!(parameter(&back, "iss").is_some());
    assert_eq!(parameter(&back, "code"), None);
    assert_eq!(stage.provider.counts().denied, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_page_is_answered_once_and_in_time() {
    let stage = Stage::set().await;
    let post = async |ticket: &str| {
        let form = [("ticket", ticket), ("login", "demo"), ("decision", "allow")];
        peer::post(&stage.at("/authorize"), None, &form).await
    };
    let first = ticket(&peer::get(stage.request(&[]).as_str()).await.body);
    assert_eq!(post(&first).await.status, 303);
    assert_eq!(post(&first).await.status, 400);
    assert_eq!(post("never given out").await.status, 400);

    let late = ticket(&peer::get(stage.request(&[]).as_str()).await.body);
    stage.pass(601);
    assert_eq!(post(&late).await.status, 400);
    stage.provider.stop().await;
}

#[tokio::test]
async fn an_unknown_client_or_address_is_never_redirected_to() {
    let stage = Stage::set().await;
    for change in [("client_id", "stranger"), ("redirect_uri", "http://127.0.0.1:9/elsewhere"), ("redirect_uri", "")] {
        let page = peer::get(stage.request(&[change]).as_str()).await;
        assert_eq!(page.status, 400, "{change:?}");
        assert!(!page.headers.contains_key("location"));
    }
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_request_without_s256_or_with_another_response_type_leads_back_with_an_error() {
    let stage = Stage::set().await;
    for (change, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "admin"), "invalid_scope"),
    ] {
        let answer = peer::get(stage.request(&[change]).as_str()).await;
        let back = answer.location();
        assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{change:?}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("s t&te"));
        assert!(parameter(&back, "iss").is_some());
    }
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_login_that_is_markup_is_refused() {
    let stage = Stage::set().await;
    let answer = stage.decide(&stage.request(&[]), "<b>", "allow").await;
    assert_eq!(answer.status, 400);
    assert!(!answer.body.contains("<b>"));
    stage.provider.stop().await;
}
