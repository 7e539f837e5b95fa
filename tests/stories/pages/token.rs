//! Connecting with a token: the form as the manifest draws it, and what was typed wrongly is said where it was typed.

use jackfield_tests::host::RETURN_URL;
use url::Url;

use crate::stage::{Stage, back, look};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_types_a_token_and_is_told_what_is_wrong_with_it() {
    let stage = Stage::start().await;
    let host = &stage.openid.host;
    host.install("api-token").await.unwrap();
    let chrome = stage.chrome().await;
    let (_, link) = host.session(&stage.openid.tenant, "api-token", &["read", "write"], "u-1").await.unwrap();
    chrome.open(&link).await.unwrap();
    look(&chrome, "connect-token").await;
    chrome.fill("Address of the service", "http://10.0.0.1/").await.unwrap();
    chrome.fill("API token", "t0p-secret").await.unwrap();
    chrome.press("Connect").await.unwrap();
    chrome.until_said("Please look at this again").await.unwrap();
    look(&chrome, "connect-token-fault").await;
    assert!(!chrome.client.source().await.unwrap().contains("t0p-secret"));
    chrome.fill("Address of the service", stage.openid.peer.listening().as_str()).await.unwrap();
    chrome.fill("API token", "t0p-secret").await.unwrap();
    chrome.press("Connect").await.unwrap();
    let returned: Url = back(&chrome).await;
    assert!(returned.as_str().starts_with(RETURN_URL) && returned.as_str().contains("ticket="), "{returned}");
    stage.clean(&chrome).await;
}
