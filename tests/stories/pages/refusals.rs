//! Links that lead nowhere: each says what happened and what to do.

use jiff::SignedDuration;

use crate::stage::{Stage, consent, look};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_unknown_used_or_expired_says_so() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    chrome.open(&format!("{}/connect/nobodys", stage.openid.host.url().unwrap())).await.unwrap();
    chrome.says(&["We do not know this link"]).await.unwrap();
    look(&chrome, "refusal-unknown-link").await;

    let link = stage.link().await;
    chrome.open(&link).await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    let returned = consent(&chrome, "alice").await;
    stage.complete(&returned).await;
    chrome.open(&link).await.unwrap();
    chrome.says(&["This link was used"]).await.unwrap();
    look(&chrome, "refusal-used-link").await;

    let link = stage.link().await;
    stage.openid.host.clock.advance(SignedDuration::from_mins(31));
    chrome.open(&link).await.unwrap();
    chrome.says(&["This link has expired"]).await.unwrap();
    look(&chrome, "refusal-expired-link").await;
    stage.clean(&chrome).await;
}
