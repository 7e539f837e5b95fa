//! Connecting with consent: the page says what will be allowed, the provider asks, and the person is back in the application.

use serde_json::json;

use crate::stage::{Stage, consent, look};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_connects_and_is_back_in_the_application() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    chrome.open(&stage.link().await).await.unwrap();
    chrome.says(&["Acme", "What Acme will be able to do", "Read the profile"]).await.unwrap();
    look(&chrome, "connect-consent").await;
    chrome.fill("Name of this connection", "Work sign-in").await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    let returned = consent(&chrome, "alice").await;
    let made = stage.complete(&returned).await;
    assert_eq!((&made["name"], &made["account"]["id"]), (&json!("Work sign-in"), &json!("alice")), "{made}");
    stage.clean(&chrome).await;
}
