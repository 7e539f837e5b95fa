//! The service picker: found by typing, by a search without script, by kind; and a connection there is already is taken instead.

use jackfield_tests::chrome::Habits;
use serde_json::json;

use crate::stage::{Stage, back, consent, look};

const SERVICES: [&str; 2] = ["API token", "OpenID Connect"];

async fn shown(chrome: &jackfield_tests::chrome::Chrome) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#services > li')].filter(item => !item.hidden)
        .map(item => item.querySelector('strong').textContent)";
    serde_json::from_value(chrome.ask(script).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_finds_a_service_by_typing_and_connects_it() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    let link = stage
        .link_for(json!({ "connectors": [
        { "connector": "openid-connect", "actions": ["sign-in", "read-profile"] },
        { "connector": "api-token", "actions": ["read"] },
    ] }))
        .await;
    chrome.open(&link).await.unwrap();
    chrome.says(&["Connect a service", "Acme asks you for a connection.", "2 services"]).await.unwrap();
    assert_eq!(shown(&chrome).await, SERVICES);
    look(&chrome, "picker").await;
    chrome.fill("Search services", "openid").await.unwrap();
    chrome.until_said("One service").await.unwrap();
    assert_eq!(shown(&chrome).await, ["OpenID Connect"]);
    chrome.fill("Search services", "zzz").await.unwrap();
    chrome.until_said("No service here matches that.").await.unwrap();
    look(&chrome, "picker-nothing").await;
    chrome.fill("Search services", "o").await.unwrap();
    chrome.find("#services > li:not([hidden]) a[href*=openid]").await.unwrap().click().await.unwrap();
    chrome.until_said("What Acme will be able to do").await.unwrap();
    chrome.says(&["Read the profile", "Choose another service"]).await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    let made = stage.complete(&consent(&chrome, "alice").await).await;
    assert_eq!(made["connector"], "openid-connect");
    stage.clean(&chrome).await;

    // What is not offered cannot be had by its address either.
    let narrow = stage.link_for(json!({ "connectors": [{ "connector": "api-token" }] })).await;
    chrome.open(&format!("{narrow}?service=openid-connect")).await.unwrap();
    chrome.says(&["This cannot be connected now"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_the_search_is_a_form() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome_with(Habits { without_script: true, ..Habits::default() }).await;
    chrome.open(&stage.link_for(json!({})).await).await.unwrap();
    chrome.says(&["API token", "OpenID Connect"]).await.unwrap();
    chrome.fill("Search services", "openid").await.unwrap();
    chrome.press("Search").await.unwrap();
    chrome.until_said("One service").await.unwrap();
    assert!(!chrome.text().await.unwrap().contains("API token"));
    chrome.press("Developers").await.unwrap();
    chrome.until_said("API token").await.unwrap();
    assert!(!chrome.text().await.unwrap().contains("OpenID Connect"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_there_is_already_comes_first_and_is_taken_by_the_application() {
    let stage = Stage::with_services().await;
    let had = stage.openid.connect("u-1", "alice").await.unwrap();
    let others = stage.openid.connect("u-2", "bob").await.unwrap();
    let chrome = stage.chrome().await;
    let link = stage
        .link_for(json!({ "connectors": [{ "connector": "openid-connect", "actions": ["read-profile"] }, { "connector": "api-token" }] }))
        .await;
    chrome.open(&link).await.unwrap();
    chrome.says(&["Use one you already have", "alice of the peer", "Make a new one"]).await.unwrap();
    let text = chrome.text().await.unwrap();
    assert!(!text.contains("bob"), "another person's is nobody's business: {text}");
    look(&chrome, "picker-had").await;
    chrome.press("Use this").await.unwrap();
    let returned = back(&chrome).await;
    // The link alone completed nothing.
    let session = crate::stage::parameter(&returned, "session").unwrap();
    assert_eq!(stage.read(&format!("/v1/connect-sessions/{session}")).await["stage"]["at"], "parked");
    let stranger = stage.host().complete(&stage.openid.tenant, &returned, "u-2").await.unwrap();
    assert_eq!(stranger.code(), "other-end-user");
    let taken = stage.complete(&returned).await;
    assert_eq!((&taken["id"], &taken["version"]), (&had["id"], &had["version"]));
    assert_eq!(stage.read("/v1/connections").await["items"].as_array().unwrap().len(), 2);
    stage.clean(&chrome).await;

    // Somebody else's cannot be taken, whatever is sent.
    let link = stage.link_for(json!({})).await;
    chrome.open(&link).await.unwrap();
    let others = others["id"].as_str().unwrap();
    chrome.ask(&format!("document.querySelector('[name=take]').value = '{others}'")).await.unwrap();
    chrome.press("Use this").await.unwrap();
    chrome.until_said("This connection cannot be used here").await.unwrap();
    look(&chrome, "refusal-not-taken").await;
}
