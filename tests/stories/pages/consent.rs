//! Connecting with consent: the page says what will be allowed, the provider asks, and the person is back in the application.

use jackfield_tests::chrome::Habits;
use serde_json::json;

use crate::stage::{Stage, consent, look};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_connects_and_is_back_in_the_application() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    chrome.open(&stage.link().await).await.unwrap();
    let said = ["Acme", "What Acme will be able to do", "Read the profile", "Needed to: Read the profile"];
    chrome.says(&said).await.unwrap();
    look(&chrome, "connect-consent").await;
    // The same in another brand; what was open goes on.
    let colours = json!({ "accent": "#6d00cc", "accent_dark": "#b488ff" });
    stage
        .brand(json!({ "colours": colours, "typeface": "rounded", "links": { "support": "https://help.example.com" } }))
        .await;
    chrome.client.refresh().await.unwrap();
    chrome.says(&["Help"]).await.unwrap();
    look(&chrome, "connect-consent-branded").await;
    chrome.fill("Name of this connection", "Work sign-in").await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    let returned = consent(&chrome, "alice").await;
    let made = stage.complete(&returned).await;
    assert_eq!((&made["name"], &made["account"]["id"]), (&json!("Work sign-in"), &json!("alice")), "{made}");

    // Later more is needed: the same connection, which the page names, with the account to take.
    let path = format!("/v1/connections/{}/reauthorize", made["id"].as_str().unwrap());
    let again = json!({ "end_user": "u-1", "return_url": jackfield_tests::host::RETURN_URL });
    let again = stage.post(&path, again).await;
    chrome.open(again["url"].as_str().unwrap()).await.unwrap();
    chrome
        .says(&["Reconnect OpenID Connect", "This renews Work sign-in, connected as alice of the peer."])
        .await
        .unwrap();
    look(&chrome, "connect-again").await;
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_the_readers_language_and_works_without_script() {
    let stage = Stage::start().await;
    let habits = Habits { languages: Some("de-AT,de,en"), without_script: true, ..Habits::default() };
    let chrome = stage.chrome_with(habits).await;
    chrome.open(&stage.link().await).await.unwrap();
    let said = ["OpenID Connect verbinden", "Was Acme tun kann", "Worum OpenID Connect gebeten wird", "liest"];
    chrome.says(&said).await.unwrap();
    assert_eq!(chrome.find("html").await.unwrap().attr("lang").await.unwrap().unwrap(), "de");
    chrome.keep("connect-consent-german").await.unwrap();
    chrome.fill("Name dieser Verbindung", "").await.unwrap();
    chrome.press("Weiter zu OpenID Connect").await.unwrap();
    // The browser itself asks for what is required; then the page goes on by itself, without script.
    chrome.fill("Name dieser Verbindung", "Anmeldung").await.unwrap();
    chrome.press("Weiter zu OpenID Connect").await.unwrap();
    let made = stage.complete(&consent(&chrome, "alice").await).await;
    assert_eq!(made["name"], "Anmeldung");
}
