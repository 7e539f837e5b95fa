//! The picker in the application's own page: consent opens in a window of its own, and the application hears how it went.

use jackfield_tests::chrome::Chrome;
use jackfield_tests::host::RETURN_URL;
use serde_json::{Value, json};
use url::Url;

use crate::application::ORIGIN;
use crate::stage::{Stage, agree, consent};

async fn framed(stage: &Stage, chrome: &Chrome, origin: &str) {
    let link = stage.link_for(json!({ "opener_origin": ORIGIN })).await;
    let mut url = Url::parse(&format!("{origin}/frame")).unwrap();
    url.query_pairs_mut().append_pair("link", &link);
    chrome.open(url.as_str()).await.unwrap();
    chrome.client.enter_frame(0).await.unwrap();
}

async fn press_openid(chrome: &Chrome) {
    chrome.until_said("Connect a service").await.unwrap();
    chrome.find("a[href*=openid-connect]").await.unwrap().click().await.unwrap();
}

/// What the application was told, and by whom.
async fn heard(chrome: &Chrome) -> Value {
    chrome.until("a message", async || Ok(!chrome.find("#heard").await?.text().await?.is_empty())).await.unwrap();
    serde_json::from_str(&chrome.find("#heard").await.unwrap().text().await.unwrap()).unwrap()
}

async fn finish(stage: &Stage, heard: &Value) -> Value {
    assert_eq!((&heard["by"], &heard["said"]["type"]), (&json!(stage.url()), &json!("connection")), "{heard}");
    assert_eq!(heard["said"]["result"], "ticket");
    let said = |name: &str| heard["said"][name].as_str().unwrap();
    let returned = format!("{RETURN_URL}?session={}&ticket={}", said("session"), said("ticket"));
    stage.complete(&Url::parse(&returned).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_opens_in_a_window_and_the_application_is_told() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    framed(&stage, &chrome, ORIGIN).await;
    press_openid(&chrome).await;
    let application = chrome.client.window().await.unwrap();
    chrome.turn_to_last(2).await.unwrap();
    chrome.until_said("Continue to OpenID Connect").await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    agree(&chrome, "alice").await;
    chrome.until("one window", async || Ok(chrome.client.windows().await?.len() == 1)).await.unwrap();
    chrome.client.switch_to_window(application).await.unwrap();
    let made = finish(&stage, &heard(&chrome).await).await;
    assert_eq!(made["account"]["id"], "alice");

    // Next time there is one to take, inside the frame.
    framed(&stage, &chrome, ORIGIN).await;
    chrome.until_said("Use one you already have").await.unwrap();
    chrome.press("Use this").await.unwrap();
    chrome.until_said("Nearly done").await.unwrap();
    chrome.client.enter_parent_frame().await.unwrap();
    assert_eq!(finish(&stage, &heard(&chrome).await).await["id"], made["id"]);
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_window_goes_on_in_the_same_one() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    framed(&stage, &chrome, ORIGIN).await;
    chrome.until_said("Connect a service").await.unwrap();
    chrome.ask("window.open = () => null").await.unwrap();
    press_openid(&chrome).await;
    chrome.client.enter_frame(0).await.unwrap_err();
    chrome.until_at(&format!("{}/connect/", stage.url())).await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    // Nobody opened this window, so it goes back by address.
    let returned = consent(&chrome, "alice").await;
    assert_eq!(stage.complete(&returned).await["status"], "active");
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_may_frame_it_and_nothing_else_is_framed() {
    let stage = Stage::with_services().await;
    let chrome = stage.chrome().await;
    framed(&stage, &chrome, "https://evil.example.net").await;
    assert!(!chrome.text().await.unwrap().contains("Connect a service"));
    let complaints = chrome.complaints().await.unwrap().join("\n");
    assert!(complaints.contains("frame-ancestors"), "{complaints}");
    // The form itself asks for secrets: never in a frame, not even in the application's.
    let link = stage.link_for(json!({ "connector": "api-token" })).await;
    let mut url = Url::parse(&format!("{ORIGIN}/frame")).unwrap();
    url.query_pairs_mut().append_pair("link", &link);
    chrome.open(url.as_str()).await.unwrap();
    chrome.client.enter_frame(0).await.unwrap();
    assert!(!chrome.text().await.unwrap().contains("API token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_a_page_too_where_no_script_runs() {
    let stage = Stage::with_services().await;
    let habits = jackfield_tests::chrome::Habits { without_script: true, ..Default::default() };
    let chrome = stage.chrome_with(habits).await;
    let link = stage.link_for(json!({ "connector": "openid-connect", "opener_origin": ORIGIN })).await;
    chrome.open(&link).await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    agree(&chrome, "alice").await;
    chrome.until_said("Nearly done").await.unwrap();
    chrome.keep("connect-way-back").await.unwrap();
    chrome.press("Back to Acme").await.unwrap();
    assert_eq!(stage.complete(&crate::stage::back(&chrome).await).await["status"], "active");
}
