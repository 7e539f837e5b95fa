//! Connecting from our own pages, signed in: finished here, with what it points at and what becomes of another account asked here.

use serde_json::json;

use crate::stage::{Stage, TOKEN, agree, look};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_connects_and_reads_as_whom() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    stage.sign_in(&chrome, "/connections/new").await;
    chrome.says(&["Which service do you want to connect?", "Signed in as Ada"]).await.unwrap();
    look(&chrome, "new-connection").await;
    chrome.press("OpenID Connect").await.unwrap();
    chrome.until_said("What is it for?").await.unwrap();
    look(&chrome, "new-connection-actions").await;
    chrome.press("Continue").await.unwrap();
    chrome.until_said("Continue to OpenID Connect").await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    agree(&chrome, "alice").await;
    chrome.until_said("Connected as alice of the peer.").await.unwrap();
    chrome.says(&["My OpenID Connect connection"]).await.unwrap();
    look(&chrome, "connected").await;
    let all = stage.read("/v1/connections?end_user=u-1").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    // Back to the spent answer: it says so, and does nothing.
    chrome.client.back().await.unwrap();
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_are_several_targets_the_person_says_which() {
    let stage = Stage::with_services().await;
    stage.host().install("targets").await.unwrap();
    let chrome = stage.chrome().await;
    stage.sign_in(&chrome, "/connections/new/targets").await;
    chrome.press("Continue").await.unwrap();
    chrome.until_said("Name of this connection").await.unwrap();
    chrome.fill("API token", TOKEN).await.unwrap();
    chrome.press("Connect").await.unwrap();
    chrome.until_said("What should this connection point at?").await.unwrap();
    chrome.says(&["Site alpha", "Site beta", "Site gamma"]).await.unwrap();
    look(&chrome, "target").await;
    chrome.find("input[name=target][value='2']").await.unwrap().click().await.unwrap();
    chrome.press("Take this one").await.unwrap();
    chrome.until_said("It points at what you chose.").await.unwrap();
    let all = stage.read("/v1/connections?end_user=u-1").await;
    assert_eq!(all["items"][0]["target"], json!({ "is": "chosen", "id": "2", "label": "Site beta" }));
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_kept_out_taken_over_or_put_beside() {
    let stage = Stage::with_services().await;
    let made = stage.openid.connect("u-1", "alice").await.unwrap();
    let id = made["id"].as_str().unwrap();
    let chrome = stage.chrome().await;
    stage.sign_in(&chrome, &format!("/connections/{id}")).await;
    chrome.press("Reauthorize").await.unwrap();
    chrome.until_said("Reconnect OpenID Connect").await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    agree(&chrome, "bob").await;
    chrome.until_said("That is another account").await.unwrap();
    chrome.says(&["belongs to alice of the peer, and you signed in as bob of the peer"]).await.unwrap();
    look(&chrome, "other-account").await;
    chrome.find("button[value='connect-as-new']").await.unwrap().click().await.unwrap();
    chrome.until_said("A new connection was made, as bob of the peer.").await.unwrap();
    look(&chrome, "other-account-beside").await;
    let all = stage.read("/v1/connections?end_user=u-1").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let kept = stage.read(&format!("/v1/connections/{id}")).await;
    assert_eq!(kept["account"]["id"], "alice");
    stage.clean(&chrome).await;
}
