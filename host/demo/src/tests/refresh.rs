//! Refresh: expiry, rotation, and a family that ends when a token comes twice.

use serde_json::json;

use super::peer;
use super::stage::{SCOPE, Stage, Tokens};
use crate::DemoSecret;

#[tokio::test]
async fn an_access_token_ends_and_a_refresh_brings_a_new_pair() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    stage.pass(4);
    assert_eq!(stage.knock(&tokens.access).await, 200);
    stage.pass(1);
    assert_eq!(stage.knock(&tokens.access).await, 401);

    // Long after the access token's end, and ten minutes after the consent.
    stage.pass(86_400);
    let renewed = Tokens::of(&stage.refresh(&tokens.refresh).await);
    assert_ne!(renewed.access, tokens.access);
    assert_ne!(renewed.refresh, tokens.refresh);
    assert_eq!(stage.knock(&renewed.access).await, 200);
    assert_eq!(stage.provider.counts().refreshes, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn the_old_access_token_lives_on_until_its_own_end() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let renewed = Tokens::of(&stage.refresh(&tokens.refresh).await);
    assert_eq!(stage.knock(&tokens.access).await, 200);
    assert_eq!(stage.knock(&renewed.access).await, 200);
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_its_family_and_no_other() {
    let stage = Stage::set().await;
    let bystander = stage.connect().await;
    let first = stage.connect().await;
    let second = Tokens::of(&stage.refresh(&first.refresh).await);
    let third = Tokens::of(&stage.refresh(&second.refresh).await);

    let reuse = stage.refresh(&first.refresh).await;
    assert_eq!(reuse.refusal(), (400, "invalid_grant".into()));
    for token in [&first.access, &second.access, &third.access] {
        assert_eq!(stage.knock(token).await, 401);
    }
    let latest = stage.refresh(&third.refresh).await;
    assert_eq!(latest.refusal(), (400, "invalid_grant".into()));
    assert_eq!(stage.provider.counts().refresh_reuses, 1);

    assert_eq!(stage.knock(&bystander.access).await, 200);
    Tokens::of(&stage.refresh(&bystander.refresh).await);
    stage.provider.stop().await;
}

#[tokio::test]
async fn another_client_can_neither_use_nor_kill_a_refresh_token() {
    let stage = Stage::set().await;
    let other = DemoSecret::new("other secret".into());
    stage.provider.register_client("other", &other, &[]).unwrap();
    let tokens = stage.connect().await;
    let renewed = Tokens::of(&stage.refresh(&tokens.refresh).await);
    for token in [&tokens.refresh, &renewed.refresh] {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let client = Some(("other", other.expose()));
        let answer = peer::post(&stage.at("/token"), client, &form).await;
        assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    }
    Tokens::of(&stage.refresh(&renewed.refresh).await);
    stage.provider.stop().await;
}

#[tokio::test]
async fn a_refresh_may_narrow_the_scope_for_once_but_never_widen_it() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let with_scope = async |token: &str, scope: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        peer::post(&stage.at("/token"), Some(stage.client()), &form).await
    };
    let wide = with_scope(&tokens.refresh, "items:read items:write").await;
    assert_eq!(wide.refusal(), (400, "invalid_scope".into()));
    let narrow = with_scope(&tokens.refresh, "openid").await;
    assert_eq!(narrow.json()["scope"], json!("openid"));
    let full = stage.refresh(&narrow.text("refresh_token")).await;
    assert_eq!(full.json()["scope"], json!(SCOPE));
    stage.provider.stop().await;
}

#[tokio::test]
async fn an_unknown_refresh_token_is_an_invalid_grant() {
    let stage = Stage::set().await;
    let answer = stage.refresh("made up").await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    stage.provider.stop().await;
}
