//! The code grant: PKCE, one use, and what a client must prove.

use serde_json::json;

use super::peer;
use super::stage::{REDIRECT, SCOPE, Stage, Tokens, VERIFIER, parameter};
use crate::DemoSecret;

#[tokio::test]
async fn a_code_and_its_verifier_bring_tokens_the_api_knows() {
    let stage = Stage::set().await;
    let answer = stage.redeem(&stage.code().await, VERIFIER).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json()["token_type"], json!("Bearer"));
    assert_eq!(answer.json()["expires_in"], json!(5));
    assert_eq!(answer.json()["scope"], json!(SCOPE));
    let tokens = Tokens::of(&answer);
    let who = peer::get_with(&stage.api("/whoami"), &tokens.access).await;
    assert_eq!(who.json()["sub"], json!("demo"));
    assert_eq!(who.json()["name"], json!("Demo"));
    assert_eq!(stage.provider.counts().codes_redeemed, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_wrong_verifier_is_refused_and_costs_the_code() {
    let stage = Stage::set().await;
    let code = stage.code().await;
    let wrong = VERIFIER.replace('d', "e");
    let answer = stage.redeem(&code, &wrong).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    let answer = stage.redeem(&code, VERIFIER).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_missing_verifier_is_refused() {
    let stage = Stage::set().await;
    let answer = stage.redeem(&stage.code().await, "").await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_replayed_code_is_refused_and_ends_what_it_brought() {
    let stage = Stage::set().await;
    let code = stage.code().await;
    let tokens = Tokens::of(&stage.redeem(&code, VERIFIER).await);
    assert_eq!(stage.knock(&tokens.access).await, 200);
    let replay = stage.redeem(&code, VERIFIER).await;
    assert_eq!(replay.refusal(), (400, "invalid_grant".into()));
    assert_eq!(stage.knock(&tokens.access).await, 401);
    let refreshed = stage.refresh(&tokens.refresh).await;
    assert_eq!(refreshed.refusal(), (400, "invalid_grant".into()));
    assert_eq!(stage.provider.counts().code_replays, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_code_ends_after_ten_minutes() {
    let stage = Stage::set().await;
    let code = stage.code().await;
    stage.pass(600);
    let answer = stage.redeem(&code, VERIFIER).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_code_belongs_to_its_client_and_its_redirect_uri() {
    let stage = Stage::set().await;
    let other = DemoSecret::new("other secret".into());
    stage.provider.register_client("other", &other, &[REDIRECT.parse().unwrap()]).unwrap();
    let code = stage.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let client = Some(("other", other.expose()));
    let answer = peer::post(&stage.at("/token"), client, &form).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));

    let code = stage.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "http://127.0.0.1:9/elsewhere"),
        ("code_verifier", VERIFIER),
    ];
    let answer = peer::post(&stage.at("/token"), Some(stage.client()), &form).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_client_may_prove_itself_in_the_form_and_be_registered_late() {
    let stage = Stage::set().await;
    let (id, redirect) = ("weird id:/+%", "http://127.0.0.1:9/late?x=1");
    let secret = DemoSecret::new("se:cr&et=+%".into());
    stage.provider.register_client(id, &secret, &[redirect.parse().unwrap()]).unwrap();
    let request = stage.request(&[("client_id", id), ("redirect_uri", redirect)]);
    for posted in [true, false] {
        let back = stage.decide(&request, "demo", "allow").await.location();
        assert_eq!(parameter(&back, "x").as_deref(), Some("1"));
        let code = parameter(&back, "code").unwrap();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("code_verifier", VERIFIER),
        ];
        let proof = [("client_id", id), ("client_secret", secret.expose())];
        form.extend(proof.iter().filter(|_| posted));
        let basic = (!posted).then_some((id, secret.expose()));
        let answer = peer::post(&stage.at("/token"), basic, &form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_wrong_or_missing_secret_is_refused_before_the_code_is_touched() {
    let stage = Stage::set().await;
    let code = stage.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    for client in [None, Some(("jackfield-demo", "wrong")), Some(("nobody", "x"))] {
        let answer = peer::post(&stage.at("/token"), client, &form).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    assert_eq!(stage.redeem(&code, VERIFIER).await.status, 200);
    stage.provider.stop().await;
}

#[tokio::test]
async fn client_credentials_bring_a_token_without_person_or_refresh() {
    let stage = Stage::set().await;
    let form = [("grant_type", "client_credentials")];
    let answer = peer::post(&stage.at("/token"), Some(stage.client()), &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = answer.json();
    assert_eq!(token["scope"], json!("items:read items:write"));
    assert_eq!(token.get("refresh_token"), None);
    assert_eq!(token.get("id_token"), None);
    let access = answer.text("access_token");
    let who = peer::get_with(&stage.api("/whoami"), &access).await;
    assert_eq!(who.json()["kind"], json!("client"));
    assert_eq!(who.json()["sub"], json!("jackfield-demo"));
    let info = peer::get_with(&stage.at("/userinfo"), &access).await;
    assert_eq!(info.status, 401);

    let personal = [("grant_type", "client_credentials"), ("scope", "openid")];
    let answer = peer::post(&stage.at("/token"), Some(stage.client()), &personal).await;
    assert_eq!(answer.refusal(), (400, "invalid_scope".into()));
    assert_eq!(stage.provider.counts().client_credentials, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn an_unknown_or_missing_grant_type_is_refused() {
    let stage = Stage::set().await;
    let form = [("grant_type", "password"), ("username", "demo")];
    let answer = peer::post(&stage.at("/token"), Some(stage.client()), &form).await;
    assert_eq!(answer.refusal(), (400, "unsupported_grant_type".into()));
    let answer = peer::post(&stage.at("/token"), Some(stage.client()), &[]).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into()));
    stage.provider.stop().await;
}
