//! What the stories of the Connections page begin with: a tenant with connections to a service with tokens, and people who sign in.

use std::collections::BTreeMap;

use anyhow::Result;
use http::StatusCode;
use jackfield_server::config::Config;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::chrome::Chrome;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};

/// A token the service takes.
pub(crate) const TOKEN: &str = "s3cret-token-of-alice-0123456789";

/// A host with `api-token`, the service behind it, and a tenant.
pub(crate) struct Desk {
    pub(crate) host: TestHost,
    pub(crate) api: Api,
    pub(crate) tenant: Tenant,
}

impl Desk {
    pub(crate) async fn set() -> Self {
        Self::configured(|_| {}).await
    }

    /// With a changed configuration of the host.
    pub(crate) async fn configured(configure: fn(&mut Config)) -> Self {
        let authority = Authority::new().unwrap();
        let placement = Placement::Header("authorization".into(), "Bearer ".into());
        let api = Api::start(&authority, "api.example.com", placement).await.unwrap();
        api.accept(TOKEN, "alice");
        let hosts = BTreeMap::from([("api.example.com".to_owned(), api.double().address())]);
        let host = TestHost::start(Setting {
            configure: Some(configure),
            ..Setting::with_doubles(crate::PROGRAM, &authority, hosts)
        })
        .await
        .unwrap();
        host.install("api-token").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        Self { host, api, tenant }
    }

    /// A working connection; nobody's where it is shared. Answers its id.
    pub(crate) async fn connect(&self, tenant: &Tenant, end_user: Option<&str>, name: &str) -> String {
        let fields = json!({
            "base_url": "https://api.example.com", "token": TOKEN, "verify_path": "/me", "account_pointer": "/id",
        });
        let wanted = json!({
            "connector": "api-token", "method": "header", "end_user": end_user, "name": name, "fields": fields,
        });
        let made = self.host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }
}

/// The link that signs somebody in.
pub(crate) async fn sign_in_link(host: &TestHost, tenant: &Tenant, role: &str, person: &str) -> String {
    let wanted =
        json!({ "role": role, "person": person, "name": format!("{}{}", person[..1].to_uppercase(), &person[1..]) });
    host.post(&tenant.key, "/v1/page-sessions", wanted).await.unwrap().text("/url").unwrap()
}

/// A browser in which somebody is signed in, and the page they start at.
pub(crate) async fn signed_in(host: &TestHost, tenant: &Tenant, role: &str, person: &str) -> (Browser, Page) {
    let mut browser = Browser::new(Wire::loopback());
    let page = browser.open(&sign_in_link(host, tenant, role, person).await).await.unwrap().page().unwrap();
    let page = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
    assert!(page.url.path().starts_with("/connections"), "{}", page.url);
    (browser, page)
}

/// The same in a real one.
pub(crate) async fn chrome_signed_in(
    chrome: &Chrome,
    host: &TestHost,
    tenant: &Tenant,
    role: &str,
    person: &str,
) -> Result<()> {
    chrome.open(&sign_in_link(host, tenant, role, person).await).await?;
    let button = chrome.find("main button").await?;
    button.click().await?;
    chrome.until_at(&format!("{}/connections", host.url()?)).await?;
    Ok(())
}

/// A page of the host's.
pub(crate) async fn open(browser: &mut Browser, host: &TestHost, path: &str) -> Page {
    browser.open(&format!("{}{path}", host.url().unwrap())).await.unwrap().page().unwrap()
}

/// The form of a page that is sent to this path, whatever its query.
pub(crate) fn form_to(page: &Page, path: &str) -> jackfield_tests::browser::Form {
    let forms = page.forms().unwrap();
    let found = forms.into_iter().find(|form| form.action.path() == path);
    found.unwrap_or_else(|| panic!("no form to {path} at {}: {}", page.url, page.body))
}

/// A connection as the application sees it.
pub(crate) async fn read(host: &TestHost, tenant: &Tenant, id: &str) -> Value {
    host.get(&tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
}

/// One form, as whoever's browser sends it from wherever.
pub(crate) async fn post(desk: &Desk, browser: &Browser, path: &str, body: &str, from: &str) -> StatusCode {
    let request = http::Request::post("/")
        .header("cookie", format!("session={}", browser.jar.value("session").unwrap()))
        .header("accept", "text/html")
        .header("sec-fetch-site", from)
        .header("content-type", "application/x-www-form-urlencoded");
    desk.host.send(path, request.body(body.to_owned().into()).unwrap()).await.unwrap().status
}
