//! The pages of those who run the host: from an empty one to a connector in use, as an operator does it.

use jackfield_tests::chrome::{Chrome, Habits};
use jackfield_tests::components;
use jackfield_tests::host::{Setting, TestHost};
use serde_json::json;

use crate::stage::look;

async fn operator(host: &TestHost, habits: &Habits) -> Chrome {
    let chrome = Chrome::start(habits).await.unwrap();
    let made = host.post(host.operator(), "/v1/operator-sessions", json!({ "person": "grace" })).await.unwrap();
    chrome.open(&made.text("/url").unwrap()).await.unwrap();
    chrome.client.find(fantoccini::Locator::Css("button.button")).await.unwrap().click().await.unwrap();
    chrome.until_at(&format!("{}/admin/connectors", host.url().unwrap())).await.unwrap();
    chrome
}

async fn upload(chrome: &Chrome, name: &str) {
    let file = components::path(name).unwrap();
    chrome.find("#component").await.unwrap().send_keys(file.to_str().unwrap()).await.unwrap();
    chrome.press("Look at it").await.unwrap();
}

#[allow(clippy::too_many_lines, reason = "one operator's first day")]
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_installs_registers_and_hands_out_keys() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let url = host.url().unwrap();
    let chrome = operator(&host, &Habits::default()).await;
    chrome.says(&["No connector is installed yet", "Signed in as grace"]).await.unwrap();
    look(&chrome, "admin-connectors-empty").await;

    upload(&chrome, "github").await;
    chrome.until_said("Nothing of it runs before you approve").await.unwrap();
    chrome
        .says(&["Waits for approval", "Receives credentials", "https://api.github.com", "Check report"])
        .await
        .unwrap();
    look(&chrome, "admin-connector-asks").await;
    chrome.press("Approve all of this").await.unwrap();
    chrome.until_said("can be used from now on").await.unwrap();
    chrome.says(&["Approved by operator:grace", "Nobody has connected through it yet"]).await.unwrap();
    look(&chrome, "admin-connector").await;
    chrome.open(&format!("{url}/admin/connectors")).await.unwrap();
    look(&chrome, "admin-connectors").await;

    chrome.open(&format!("{url}/admin/tenants")).await.unwrap();
    chrome.fill("Name", "North Wind").await.unwrap();
    chrome.fill("Return addresses", "ftp://nowhere").await.unwrap();
    chrome.press("Make it").await.unwrap();
    chrome.until_said("is no return address").await.unwrap();
    look(&chrome, "admin-tenants-fault").await;
    assert_eq!(
        chrome.field("Name").await.unwrap().prop("value").await.unwrap().unwrap(),
        "North Wind",
        "what was typed stays"
    );
    chrome.fill("Return addresses", "https://app.example.com/connected").await.unwrap();
    chrome.press("Make it").await.unwrap();
    chrome.until_said("The tenant is there").await.unwrap();
    chrome.fill("Host name", "north.localhost").await.unwrap();
    chrome.press("Save").await.unwrap();
    chrome.until_said("http://north.localhost").await.unwrap();
    look(&chrome, "admin-tenant").await;
    chrome.open(&format!("{url}/admin/tenants")).await.unwrap();
    look(&chrome, "admin-tenants").await;

    chrome.open(&format!("{url}/admin/clients")).await.unwrap();
    look(&chrome, "admin-clients-empty").await;
    chrome.press("GitHub").await.unwrap();
    chrome.until_said("A client at GitHub").await.unwrap();
    look(&chrome, "admin-client-new").await;
    chrome.press("Register").await.unwrap();
    chrome.until_said("Give the provider the redirect URI").await.unwrap();
    chrome.says(&["Not finished", "/oauth/callback/github/cli_"]).await.unwrap();
    assert!(chrome.offers("Copy").await.unwrap());
    chrome.fill("Client id", "Iv1.8a61f9b3a7aba766").await.unwrap();
    chrome.fill("Client secret", "s3cret-of-github").await.unwrap();
    chrome.press("Save").await.unwrap();
    chrome.until_said("The client is saved").await.unwrap();
    chrome.says(&["Ready", "A secret is kept"]).await.unwrap();
    assert!(!chrome.client.source().await.unwrap().contains("s3cret-of-github"));
    look(&chrome, "admin-client").await;
    chrome.open(&format!("{url}/admin/clients")).await.unwrap();
    look(&chrome, "admin-clients").await;

    chrome.open(&format!("{url}/admin/keys")).await.unwrap();
    chrome.fill("Name", "application").await.unwrap();
    chrome.press("Make the key").await.unwrap();
    chrome.until_said("Tick at least one").await.unwrap();
    for permission in ["connect", "read"] {
        chrome.find(&format!("#permission-{permission}")).await.unwrap().click().await.unwrap();
    }
    chrome.press("Make the key").await.unwrap();
    chrome.until_said("shown this once").await.unwrap();
    let key = chrome.find(".copy-value").await.unwrap().text().await.unwrap();
    assert_eq!(host.get(&key, "/v1/connections").await.unwrap().status, 400, "an operator's key names a tenant");
    look(&chrome, "admin-keys").await;
    chrome.open(&format!("{url}/admin/keys")).await.unwrap();
    assert!(!chrome.client.source().await.unwrap().contains(&key));

    chrome.open(&format!("{url}/admin/audit?kind=client.")).await.unwrap();
    chrome.says(&["Client registered", "operator:grace"]).await.unwrap();
    look(&chrome, "admin-audit").await;
    chrome.clean(&url).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_pages_in_german_and_without_script() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let url = host.url().unwrap();
    host.install("mailchimp").await.unwrap();
    let habits = Habits { without_script: true, languages: Some("de,en"), ..Habits::default() };
    let chrome = operator(&host, &habits).await;
    for (page, said) in [
        ("/admin/connectors", "Konnektoren"),
        ("/admin/connectors/mailchimp", "Was er verlangt"),
        ("/admin/tenants", "Mandanten"),
        ("/admin/keys", "API-Schlüssel"),
        ("/admin/audit", "Wer was getan hat"),
        ("/admin/clients/new?connector=mailchimp", "Client-ID"),
    ] {
        chrome.open(&format!("{url}{page}")).await.unwrap();
        chrome.until_said(said).await.unwrap();
        let shown = chrome.client.source().await.unwrap();
        assert!(!shown.contains(">admin-") && !shown.contains("Jackfield"), "{page}");
    }
    // axe-core is a script itself, so here there are pictures only.
    chrome.keep("admin-german").await.unwrap();
}

#[allow(clippy::too_many_lines, reason = "one visit")]
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_dresses_the_tenant_s_pages() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let tenant = host.tenant("Boostwerk").await.unwrap();
    let body = json!({ "role": "administrator", "person": "ada", "name": "Ada", "to": "/admin/brand" });
    let made = host.post(&tenant.key, "/v1/page-sessions", body).await.unwrap();
    let chrome = Chrome::start(&Habits::default()).await.unwrap();
    chrome.open(&made.text("/url").unwrap()).await.unwrap();
    chrome.press("Yes, continue as Ada").await.unwrap();
    chrome.until_said("How your pages and mails look").await.unwrap();
    look(&chrome, "admin-brand").await;

    chrome.fill("Name", "Boostwerk Integrator").await.unwrap();
    chrome.fill("Colour on light ground", "#ffe600").await.unwrap();
    chrome.says(&["too faint"]).await.unwrap();
    chrome.fill("Sender’s name", "Boostwerk").await.unwrap();
    chrome.fill("Help", "javascript:alert(1)").await.unwrap();
    chrome.press("Save").await.unwrap();
    chrome.until_said("Nothing was changed").await.unwrap();
    chrome
        .says(&["The nearest of its hue that reads is #", "Give a whole https address", "This is no mail address"])
        .await
        .unwrap();
    assert_eq!(chrome.field("Colour on light").await.unwrap().prop("value").await.unwrap().unwrap(), "#ffe600");
    look(&chrome, "admin-brand-faults").await;
    chrome.fill("Colour on light ground", "#6a1b9a").await.unwrap();
    chrome.says(&["reads well"]).await.unwrap();
    chrome.fill("Colour on dark ground", "#ce93d8").await.unwrap();
    chrome.fill("Help", "mailto:help@boostwerk.example").await.unwrap();
    chrome.fill("Sender’s address", "connections@boostwerk.example").await.unwrap();
    chrome.fill("Origins", "https://app.boostwerk.example").await.unwrap();
    chrome.press("Save").await.unwrap();
    chrome.until_said("This page shows it already").await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (logo, script) = (folder.path().join("logo.png"), folder.path().join("logo.svg"));
    std::fs::write(&logo, jackfield_tests::pictures::png(240, 60, "#6a1b9a")).unwrap();
    std::fs::write(&script, "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>").unwrap();
    for (file, said) in [(&script, "can run script"), (&logo, "The file is in use")] {
        chrome.find("#logo").await.unwrap().send_keys(file.to_str().unwrap()).await.unwrap();
        chrome.find("form[action$='/files/logo'] button").await.unwrap().click().await.unwrap();
        chrome.until_said(said).await.unwrap();
    }
    assert_eq!(chrome.count("img.logo").await.unwrap(), 1);
    look(&chrome, "admin-brand-branded").await;
    chrome.clean(&host.url().unwrap()).await.unwrap();
    let kept = host.get(host.operator(), &format!("/v1/tenants/{}", tenant.id)).await.unwrap();
    assert_eq!(kept.json["brand"]["colours"]["accent"], "#6a1b9a");
    assert_eq!(kept.json["name"], "Boostwerk Integrator");
}
