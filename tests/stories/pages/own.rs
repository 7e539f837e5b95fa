//! Connecting from our own pages, signed in: completed here, with what it points at and what becomes of another account asked here.

use serde_json::{Value, json};

use crate::stage::{Stage, TOKEN, agree, look};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_connects_and_reads_as_whom() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    stage.sign_in(&chrome, "/connections/new").await;
    chrome.says(&["Connect a service", "Signed in as Ada"]).await.unwrap();
    look(&chrome, "new-connection").await;
    chrome.find("a[href*=openid-connect]").await.unwrap().click().await.unwrap();
    chrome.until_said("What is it for?").await.unwrap();
    look(&chrome, "new-connection-actions").await;
    chrome.press("Continue").await.unwrap();
    chrome.until_said("Continue to OpenID Connect").await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    agree(&chrome, "alice").await;
    chrome.until_said("OpenID Connect is connected").await.unwrap();
    chrome.says(&["Connected as alice of the peer.", "My OpenID Connect connection"]).await.unwrap();
    look(&chrome, "connected").await;
    // Reloaded, it says the same and does nothing.
    chrome.client.refresh().await.unwrap();
    chrome.until_said("Connected as alice of the peer.").await.unwrap();
    let all = stage.read("/v1/connections?end_user=u-1").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_are_several_targets_the_person_says_which() {
    let stage = Stage::with_services().await;
    stage.host().install("targets").await.unwrap();
    let chrome = stage.chrome().await;
    stage.sign_in(&chrome, "/connections/new").await;
    chrome.find("a[href*='service=targets']").await.unwrap().click().await.unwrap();
    chrome.until_said("What is it for?").await.unwrap();
    chrome.press("Continue").await.unwrap();
    chrome.until_said("Name of this connection").await.unwrap();
    chrome.fill("API token", TOKEN).await.unwrap();
    chrome.press("Connect").await.unwrap();
    chrome.until_said("Which one?").await.unwrap();
    chrome.says(&["Site alpha", "Site beta", "Site gamma"]).await.unwrap();
    look(&chrome, "target").await;
    chrome.find("input[value='2']").await.unwrap().click().await.unwrap();
    chrome.press("Use this one").await.unwrap();
    chrome.until_said("Connected as Account alice at beta.").await.unwrap();
    let all = stage.read("/v1/connections?end_user=u-1").await;
    assert_eq!(all["items"][0]["target"], json!({ "is": "chosen", "id": "2", "label": "Site beta" }));
    // A second tab that still asks is answered with how it stands.
    let id = all["items"][0]["id"].as_str().unwrap();
    chrome.open(&format!("{}/connections/{id}/target", stage.url())).await.unwrap();
    chrome.says(&["Connected as Account alice at beta."]).await.unwrap();
    stage.clean(&chrome).await;
}

/// Alice's connection of `u-1`, renewed on our own pages by somebody who consents as bob.
async fn as_bob(stage: &Stage, chrome: &jackfield_tests::chrome::Chrome) -> Value {
    let made = stage.openid.connect("u-1", "alice").await.unwrap();
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let service = &stage.host().running().unwrap().service;
    let person = jackfield_model::person::Person {
        role: jackfield_model::person::Role::EndUser,
        tenant: Some(stage.openid.tenant.id.parse().unwrap()),
        subject: "u-1".to_owned(),
        name: Some("Ada".to_owned()),
    };
    let wanted = jackfield_server::service::OwnSession {
        connector: "openid-connect".to_owned(),
        actions: std::collections::BTreeSet::new(),
        connection: Some(id),
    };
    let link = service.own_session(&person, wanted).await.unwrap();
    chrome.open(&link).await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    agree(chrome, "bob").await;
    chrome.until_said("That is another account").await.unwrap();
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_kept_out_taken_over_or_put_beside() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    stage.sign_in(&chrome, "/connections/new").await;
    let made = as_bob(&stage, &chrome).await;
    chrome.says(&["belongs to alice of the peer", "You have just agreed as bob of the peer"]).await.unwrap();
    look(&chrome, "other-account").await;
    chrome.find("input[value='connect-as-new']").await.unwrap().click().await.unwrap();
    chrome.press("Continue").await.unwrap();
    chrome.until_said("Connected as bob of the peer.").await.unwrap();
    let all = stage.read("/v1/connections?end_user=u-1").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let kept = stage.read(&format!("/v1/connections/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(kept["account"]["id"], "alice");
    // Chosen is chosen: the back button and another press change nothing.
    chrome.client.back().await.unwrap();
    stage.clean(&chrome).await;
}
