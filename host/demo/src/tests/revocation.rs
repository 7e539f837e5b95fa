//! Revocation (RFC 7009).

use super::peer::{self, Answer};
use super::stage::Stage;
use crate::DemoSecret;

async fn revoke(stage: &Stage, client: Option<(&str, &str)>, token: &str) -> Answer {
    let form = [("token", token), ("token_type_hint", "refresh_token")];
    peer::post(&stage.at("/revoke"), client, &form).await
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_everything() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let answer = revoke(&stage, Some(stage.client()), &tokens.refresh).await;
    assert_eq!(answer.status, 200);
    assert_eq!(stage.knock(&tokens.access).await, 401);
    let refreshed = stage.refresh(&tokens.refresh).await;
    assert_eq!(refreshed.refusal(), (400, "invalid_grant".into()));
    assert_eq!(stage.provider.counts().revocations, 1);
    stage.provider.stop().await;
}

#[tokio::test]
async fn revoking_an_access_token_ends_it_alone() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let answer = revoke(&stage, Some(stage.client()), &tokens.access).await;
    assert_eq!(answer.status, 200);
    assert_eq!(stage.knock(&tokens.access).await, 401);
    assert_eq!(stage.refresh(&tokens.refresh).await.status, 200);
    stage.provider.stop().await;
}

#[tokio::test]
async fn an_unknown_token_counts_as_revoked() {
    let stage = Stage::set().await;
    let answer = revoke(&stage, Some(stage.client()), "made up").await;
    assert_eq!(answer.status, 200);
    assert_eq!(stage.provider.counts().revocations, 0);
    stage.provider.stop().await;
}

#[tokio::test]
async fn only_the_tokens_own_client_may_revoke_it() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let other = DemoSecret::new("other secret".into());
    stage.provider.register_client("other", &other, &[]).unwrap();
    let nobody = revoke(&stage, None, &tokens.refresh).await;
    assert_eq!(nobody.refusal(), (401, "invalid_client".into()));
    let stranger = revoke(&stage, Some(("other", other.expose())), &tokens.refresh).await;
    assert_eq!(stranger.refusal(), (400, "unauthorized_client".into()));
    assert_eq!(stage.knock(&tokens.access).await, 200);
    stage.provider.stop().await;
}
