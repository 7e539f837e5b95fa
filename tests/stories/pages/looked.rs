//! The Connections page as people see it: in a real browser, in two brands and two languages, looked at and kept as pictures.

use http::Method;
use jackfield_tests::chrome::{Chrome, Habits};
use jackfield_tests::scene::OpenId;
use serde_json::json;

use crate::desk::{Desk, chrome_signed_in};
use crate::stage::look;

async fn with_everything() -> (Desk, Vec<String>) {
    let desk = Desk::set().await;
    let mut ids = vec![];
    for (owner, name) in [
        (Some("ada"), "Monthly report"),
        (None, "Company calendar"),
        (Some("ada"), "Billing for the warehouse in Rotterdam and everything that belongs to it"),
    ] {
        ids.push(desk.connect(&desk.tenant, owner, name).await);
    }
    let place = json!({ "label": "Month end", "url": "https://app.example.com/flows/7" });
    let path = format!("/v1/connections/{}/uses/flow-7", ids[0]);
    desk.host.api(&desk.tenant.key, Method::PUT, &path, Some(place)).await.unwrap();
    (desk, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_keeps_their_connections_in_order() {
    let (desk, ids) = with_everything().await;
    let chrome = Chrome::start(&Habits::default()).await.unwrap();
    let base = desk.host.url().unwrap();
    chrome_signed_in(&chrome, &desk.host, &desk.tenant, "end-user", "ada").await.unwrap();
    chrome.says(&["Monthly report", "Company calendar", "Shared"]).await.unwrap();
    look(&chrome, "connections-list").await;
    // Verified on the row, without leaving the page; what came of it is said.
    desk.api.refuse(crate::desk::TOKEN);
    chrome.find(&format!("[id='{}'] form.verify button", ids[0])).await.unwrap().click().await.unwrap();
    chrome.until_said("Verified just now: it does not work").await.unwrap();
    assert_eq!(chrome.at().await.unwrap().as_str(), format!("{base}/connections"));
    let spoken = chrome.ask("return document.getElementById('told').textContent").await.unwrap();
    assert!(spoken.as_str().unwrap().contains("does not work"), "{spoken}");
    look(&chrome, "connections-list-verified").await;
    chrome.open(&format!("{base}/connections/{}", ids[0])).await.unwrap();
    chrome.says(&["Needs your consent again", "Month end", "What happened"]).await.unwrap();
    look(&chrome, "connection-one").await;
    chrome.open(&format!("{base}/connections/{}/delete", ids[0])).await.unwrap();
    look(&chrome, "connection-delete").await;
    chrome.open(&format!("{base}/connections/{}/rename", ids[0])).await.unwrap();
    chrome.ask("document.querySelector('#connection-name').value = ' '").await.unwrap();
    chrome.press("Save").await.unwrap();
    chrome.until_said("Give the connection a name").await.unwrap();
    look(&chrome, "connection-rename").await;
    chrome.clean(&base).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_connects_from_the_page_and_sees_what_it_may_do() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let brand =
        json!({ "brand": { "colours": { "accent": "#a8441f", "accent_dark": "#ffb08a" }, "typeface": "serif" } });
    let path = format!("/v1/tenants/{}", scene.tenant.id);
    let changed = scene.host.api(scene.host.operator(), Method::PATCH, &path, Some(brand)).await.unwrap();
    assert!(changed.status.is_success(), "{}", changed.json);
    let chrome = Chrome::start(&Habits { languages: Some("de,en"), ..Habits::default() }).await.unwrap();
    let base = scene.host.url().unwrap();
    chrome_signed_in(&chrome, &scene.host, &scene.tenant, "administrator", "eve").await.unwrap();
    chrome.says(&["Sie haben noch keine Verbindungen"]).await.unwrap();
    look(&chrome, "connections-empty").await;
    chrome.open(&format!("{base}/connections/new")).await.unwrap();
    look(&chrome, "connections-new").await;
    chrome.press("OpenID Connect").await.unwrap();
    chrome.until_said("Wofür ist sie da?").await.unwrap();
    look(&chrome, "connections-new-actions").await;
    let id = scene.connect("ada", "alice").await.unwrap()["id"].as_str().unwrap().to_owned();
    chrome.open(&format!("{base}/connections/{id}")).await.unwrap();
    chrome.says(&["Zugriffsrechte", "Wer welche Berechtigung braucht", "Die letzten 30 Tage"]).await.unwrap();
    look(&chrome, "connection-rights").await;
    chrome.open(&format!("{base}/connections?status=attention")).await.unwrap();
    chrome.says(&["Nichts passt zu Ihrer Suche"]).await.unwrap();
    look(&chrome, "connections-none-fit").await;
    chrome.open(&format!("{base}/connections")).await.unwrap();
    look(&chrome, "connections-list-other-brand").await;
    chrome.clean(&base).await.unwrap();
}
