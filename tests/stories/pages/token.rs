//! Connecting with a token: the form as the manifest draws it, and what was typed wrongly is said where it was typed.

use jackfield_tests::host::RETURN_URL;

use crate::stage::{Stage, back, look};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_types_a_token_and_is_told_what_is_wrong_with_it() {
    let stage = Stage::start().await;
    stage.host().install("api-token").await.unwrap();
    let chrome = stage.chrome().await;
    let tenant = &stage.openid.tenant;
    let (_, link) = stage.host().session(tenant, "api-token", &["read", "write"], "u-1").await.unwrap();
    chrome.open(&link).await.unwrap();
    chrome.says(&["Acme cannot narrow what a token allows"]).await.unwrap();
    chrome.press("Show advanced settings").await.unwrap();
    chrome.says(&["Path to check the token", "A JSON pointer"]).await.unwrap();
    look(&chrome, "connect-token").await;

    // While it is typed: said beside the field, announced, and nothing is sent.
    chrome.fill("Path to check the token", "no slash").await.unwrap();
    let place = "#field-verify_path-fault";
    chrome.until_said("Path to check the token does not have the expected form").await.unwrap();
    assert_eq!(chrome.find(place).await.unwrap().attr("aria-live").await.unwrap().unwrap(), "polite");
    chrome.press("Connect").await.unwrap();
    chrome.until_said("Address of the service is needed").await.unwrap();
    assert_eq!(chrome.at().await.unwrap().as_str(), link);
    assert_eq!(chrome.ask("return document.activeElement.id").await.unwrap(), "field-base_url");
    look(&chrome, "connect-token-typing").await;
    chrome.fill("Path to check the token", "/").await.unwrap();
    assert_eq!(chrome.find(place).await.unwrap().text().await.unwrap(), "");

    // The host looks again, at what a browser cannot know.
    chrome.fill("Address of the service", "http://10.0.0.1/").await.unwrap();
    chrome.fill("API token", "t0p-secret").await.unwrap();
    chrome.press("Connect").await.unwrap();
    chrome.until_said("Please look at this again").await.unwrap();
    chrome.says(&["Address of the service must be a whole https address"]).await.unwrap();
    look(&chrome, "connect-token-fault").await;
    assert!(!chrome.client.source().await.unwrap().contains("t0p-secret"));
    chrome.fill("Address of the service", stage.openid.peer.listening().as_str()).await.unwrap();
    chrome.fill("API token", "t0p-secret").await.unwrap();
    chrome.press("Connect").await.unwrap();
    let returned = back(&chrome).await;
    assert!(returned.as_str().starts_with(RETURN_URL) && returned.as_str().contains("ticket="), "{returned}");
    stage.clean(&chrome).await;
}
