//! In the middle of connecting: back and forth, twice, in two tabs, without cookies, and a provider that does not play along.

use jackfield_tests::chrome::Chrome;
use serde_json::json;

use crate::stage::{Stage, agree, consent, look, parameter};

const GO_ON: &str = "Continue to OpenID Connect";

async fn at_provider(chrome: &Chrome, link: &str) {
    chrome.open(link).await.unwrap();
    chrome.press(GO_ON).await.unwrap();
    chrome.until_said("Sign-in").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_again_and_a_provider_that_never_returns_lose_nothing() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    let link = stage.link().await;
    at_provider(&chrome, &link).await;
    // Nobody comes back from there; the link works as before.
    chrome.open(&link).await.unwrap();
    chrome.fill("Name of this connection", "Second try").await.unwrap();
    chrome.press(GO_ON).await.unwrap();
    chrome.until_said("Sign-in").await.unwrap();
    // The back button: past the page that goes on by itself, to the form, with what was typed.
    chrome.client.back().await.unwrap();
    if chrome.text().await.unwrap().contains("Sign-in") {
        chrome.client.back().await.unwrap();
    }
    chrome.open(&link).await.unwrap();
    // Two presses in one moment are one.
    let twice = "const button = document.querySelector('main form button'); button.click(); button.click();";
    chrome.ask(twice).await.unwrap();
    let returned = consent(&chrome, "alice").await;
    let made = stage.complete(&returned).await;
    assert_eq!(made["status"], "active");
    let all = stage.read("/v1/connections").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    // Back from the application to the provider's answer: it is spent, and says so.
    let spent = format!("{}/oauth/callback/openid-connect/{}?code=x&state=y", stage.url(), stage.openid.client.0);
    chrome.open(&spent).await.unwrap();
    chrome.says(&["Nothing is waiting for this answer", "Nothing was changed"]).await.unwrap();
    look(&chrome, "refusal-spent-answer").await;
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_do_not_disturb_each_other() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    let (one, two) = (stage.link().await, stage.link().await);
    at_provider(&chrome, &one).await;
    let first = chrome.client.window().await.unwrap();
    let second = chrome.client.new_window(true).await.unwrap().handle;
    chrome.client.switch_to_window(second).await.unwrap();
    at_provider(&chrome, &two).await;
    let second = consent(&chrome, "alice").await;
    chrome.client.switch_to_window(first).await.unwrap();
    // The provider knows its person by now, and may ask less.
    chrome.client.refresh().await.unwrap();
    chrome
        .until("the provider's page or the application", async || {
            let text = chrome.text().await?;
            Ok(["Sign-in", "Authorize", "Back in the application"].iter().any(|said| text.contains(said)))
        })
        .await
        .unwrap();
    if chrome.text().await.unwrap().contains("Sign-in") {
        agree(&chrome, "alice").await;
    } else if chrome.offers("Continue").await.unwrap() {
        chrome.press("Continue").await.unwrap();
    }
    let first = crate::stage::back(&chrome).await;
    assert_ne!(parameter(&first, "session"), parameter(&second, "session"));
    let (one, two) = (stage.complete(&first).await, stage.complete(&second).await);
    assert_ne!(one["id"], two["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookie_is_told_so() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    at_provider(&chrome, &stage.link().await).await;
    assert_eq!(chrome.forget_cookies(&stage.url(), "jf-").await.unwrap(), 1);
    agree(&chrome, "alice").await;
    chrome.until_said("This answer came in another browser").await.unwrap();
    chrome.says(&["with cookies allowed", "Nothing was changed"]).await.unwrap();
    look(&chrome, "refusal-other-browser").await;
    assert_eq!(stage.read("/v1/connections").await["items"], json!([]));
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_is_told_of_in_the_application() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    let link = stage.link().await;
    at_provider(&chrome, &link).await;
    chrome.press("[ Cancel ]").await.unwrap();
    let returned = crate::stage::back(&chrome).await;
    assert_eq!(parameter(&returned, "error").unwrap(), "access_denied");
    chrome.open(&link).await.unwrap();
    chrome.says(&["This link is finished", "ended without a connection"]).await.unwrap();
    look(&chrome, "refusal-ended-link").await;
    stage.clean(&chrome).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_shows_an_error_of_its_own_loses_nothing() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    let link = stage.link().await;
    let known_as = async |id: &str| {
        let path = format!("/v1/clients/{}", stage.openid.client.0);
        let body = Some(json!({ "client_id": id }));
        let changed = stage.host().api(stage.host().operator(), http::Method::PATCH, &path, body).await.unwrap();
        assert_eq!(changed.status, 200, "{}", changed.json);
    };
    known_as("nobody").await;
    chrome.open(&link).await.unwrap();
    chrome.press(GO_ON).await.unwrap();
    chrome.until_said("invalid_client").await.unwrap();
    known_as("jack").await;
    chrome.open(&link).await.unwrap();
    chrome.press(GO_ON).await.unwrap();
    assert_eq!(stage.complete(&consent(&chrome, "alice").await).await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_line_of_text_and_never_markup() {
    let stage = Stage::start().await;
    let chrome = stage.chrome().await;
    let link = stage.link().await;
    chrome.open(&link).await.unwrap();
    let field = chrome.field("Name of this connection").await.unwrap();
    field.clear().await.unwrap();
    chrome.press(GO_ON).await.unwrap();
    chrome.until_said("Give the connection a name.").await.unwrap();
    // What no page would send, sent all the same.
    for (name, said) in [("   ", "Give the connection a name."), ("LONG", "at most 120 characters")] {
        let set = format!(
            "const name = document.getElementById('connection-name'); name.removeAttribute('maxlength');
             name.value = '{name}'.replace('LONG', 'x'.repeat(10000)); name.required = false;"
        );
        chrome.ask(&set).await.unwrap();
        chrome.press(GO_ON).await.unwrap();
        chrome.until(said, async || Ok(chrome.count(".summary").await? == 1)).await.unwrap();
        chrome.until_said(said).await.unwrap();
    }
    look(&chrome, "connect-name-fault").await;
    chrome.fill("Name of this connection", "<b>Bold</b> \"name\" & <script>alert(1)</script>").await.unwrap();
    chrome.press(GO_ON).await.unwrap();
    let made = stage.complete(&consent(&chrome, "alice").await).await;
    assert_eq!(made["name"], "<b>Bold</b> \"name\" & <script>alert(1)</script>");
    let again = json!({ "end_user": "u-1", "return_url": jackfield_tests::host::RETURN_URL });
    let again = stage.post(&format!("/v1/connections/{}/reauthorize", made["id"].as_str().unwrap()), again).await;
    chrome.open(again["url"].as_str().unwrap()).await.unwrap();
    chrome.says(&["This renews <b>Bold</b> \"name\""]).await.unwrap();
    assert_eq!(chrome.count("main b, main script").await.unwrap(), 0);
    stage.clean(&chrome).await;
}
