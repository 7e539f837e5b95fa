//! Links that lead nowhere: each says what happened and what to do, with one button.

use jackfield_tests::chrome::Chrome;
use jiff::SignedDuration;
use serde_json::json;
use url::Url;

use crate::stage::{Stage, back, consent, look, parameter};

/// Presses the page's only button, which leads back to the application, and answers where that was.
async fn return_by_button(chrome: &Chrome) -> Url {
    assert_eq!(chrome.count("main .button").await.unwrap(), 1);
    chrome.press("Back to Acme").await.unwrap();
    back(chrome).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_unknown_used_or_expired_says_so() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    chrome.open(&format!("{}/connect/nobodys", stage.url())).await.unwrap();
    chrome.says(&["We do not know this link", "Nothing was changed"]).await.unwrap();
    assert_eq!(chrome.count("main .button").await.unwrap(), 1);
    look(&chrome, "refusal-unknown-link").await;

    let link = stage.link().await;
    chrome.open(&link).await.unwrap();
    chrome.press("Continue to OpenID Connect").await.unwrap();
    let returned = consent(&chrome, "alice").await;
    stage.complete(&returned).await;
    chrome.open(&link).await.unwrap();
    chrome.says(&["Acme", "This link was used"]).await.unwrap();
    look(&chrome, "refusal-used-link").await;
    let used = return_by_button(&chrome).await;
    assert_eq!(parameter(&used, "session"), parameter(&returned, "session"));
    assert_eq!(parameter(&used, "ticket"), None);

    let link = stage.link().await;
    stage.host().clock.advance(SignedDuration::from_mins(31));
    chrome.open(&link).await.unwrap();
    chrome.says(&["This link has expired"]).await.unwrap();
    look(&chrome, "refusal-expired-link").await;
    assert_eq!(parameter(&return_by_button(&chrome).await, "error").unwrap(), "expired");
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_on_another_tenants_name_is_one_we_do_not_know() {
    let stage = Stage::start().await;
    let other = stage.host().tenant("Beta").await.unwrap();
    let brand = json!({ "brand": { "host": "beta.localhost" } });
    let path = format!("/v1/tenants/{}", other.id);
    let kept = stage.host().api(stage.host().operator(), http::Method::PATCH, &path, Some(brand)).await.unwrap();
    assert_eq!(kept.status, 200, "{}", kept.json);
    let link = stage.link().await.replace("127.0.0.1", "beta.localhost");
    let chrome = stage.chrome().await;
    chrome.open(&link).await.unwrap();
    chrome.says(&["Beta", "We do not know this link"]).await.unwrap();
    assert!(!chrome.text().await.unwrap().contains("Acme"));
    look(&chrome, "refusal-foreign-link").await;
    stage.host().clock.advance(SignedDuration::from_mins(31));
    chrome.open(&link).await.unwrap();
    chrome.says(&["We do not know this link"]).await.unwrap();
}
