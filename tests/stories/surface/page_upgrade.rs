//! Another component of an installed connector, on the operator's page: kept aside, compared, refused or put in its place.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use http::Method;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::components::component;
use jackfield_tests::host::{Answer, Setting, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::json;

const PATH: &str = "/admin/connectors";

/// An operator at the page of connectors.
async fn operator(host: &TestHost) -> (Browser, Page) {
    let made = host.post(host.operator(), "/v1/operator-sessions", json!({ "person": "grace" })).await.unwrap();
    let mut browser = Browser::new(Wire::loopback());
    let asked = browser.open(&made.text("/url").unwrap()).await.unwrap().page().unwrap();
    let page = browser.submit(&asked, &asked.form().unwrap()).await.unwrap().page().unwrap();
    assert_eq!(page.url.path(), PATH, "{}", page.body);
    (browser, page)
}

/// Sends a component as the page's form does.
async fn send(host: &TestHost, browser: &Browser, page: &Page, component: &[u8]) -> Answer {
    let mark = page.form_with("Sign out").unwrap().value("mark").unwrap().to_owned();
    let mut body = format!("--x\r\ncontent-disposition: form-data; name=\"mark\"\r\n\r\n{mark}\r\n").into_bytes();
    body.extend(b"--x\r\ncontent-disposition: form-data; name=\"component\"; filename=\"c.wasm\"\r\n\r\n");
    body.extend(component);
    body.extend(b"\r\n--x--\r\n");
    let cookie = format!("session={}", browser.jar.value("session").unwrap());
    let headers = [
        ("content-type", "multipart/form-data; boundary=x"),
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/html"),
        ("cookie", &cookie),
    ];
    crate::stage::raw(host, Method::POST, PATH, &headers, &body).await
}

async fn digest(host: &TestHost) -> String {
    host.get(host.operator(), "/v1/connectors/api-token").await.unwrap().text("/digest").unwrap()
}

/// The components the host keeps machine code of, by digest.
fn compiled(host: &TestHost) -> BTreeSet<String> {
    let kept = std::fs::read_dir(host.folder().join("data/compiled")).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    kept.map(name).map(|name| name.split('-').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_component_runs_when_it_was_compared_and_approved() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("api-token").await.unwrap();
    let before = digest(&host).await;
    let (mut browser, page) = operator(&host).await;
    // An empty custom section: the same connector, other bytes.
    let changed = [component("api-token").unwrap(), vec![0, 2, 1, b'x']].concat();
    for verb in ["refuse", "approve"] {
        let kept = send(&host, &browser, &page, &changed).await;
        assert_eq!(kept.status, 303, "{}", String::from_utf8_lossy(&kept.body));
        assert_eq!(digest(&host).await, before, "nothing runs that nobody approved");
        let place = kept.headers["location"].to_str().unwrap().to_owned();
        let version = browser.open(&format!("{}{place}", host.url().unwrap())).await.unwrap().page().unwrap();
        assert_eq!(version.status, 200, "{}", version.body);
        let form = version.forms().unwrap().into_iter().find(|form| form.action.path().ends_with("/approve")).unwrap();
        let form = if verb == "refuse" { form.press("Keep the installed version").unwrap() } else { form };
        let after = browser.submit(&version, &form).await.unwrap().page().unwrap();
        assert_eq!((after.status.as_u16(), after.url.path()), (200, "/admin/connectors/api-token"), "{}", after.body);
        assert_eq!(digest(&host).await == before, verb == "refuse");
        assert_eq!(
            compiled(&host),
            [digest(&host).await].into(),
            "machine code of what nobody runs stays after {verb}"
        );
    }
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &changed);
    assert_eq!(digest(&host).await, HEXLOWER.encode(sum.as_ref()));
    // What the API refuses because another component is installed leaves nothing either; nor does a connector that is removed.
    let refused = host.upload(component("api-token").unwrap()).await.unwrap();
    assert_eq!(refused.status, 409, "{}", refused.json);
    assert_eq!(compiled(&host), [digest(&host).await].into());
    let removed = host.api(host.operator(), Method::DELETE, "/v1/connectors/api-token", None).await.unwrap();
    assert!(removed.status.is_success(), "{}", removed.json);
    assert!(compiled(&host).is_empty(), "{:?}", compiled(&host));
}
