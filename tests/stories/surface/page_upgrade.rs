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
    digest_of(host, "api-token").await
}

async fn digest_of(host: &TestHost, connector: &str) -> String {
    host.get(host.operator(), &format!("/v1/connectors/{connector}")).await.unwrap().text("/digest").unwrap()
}

/// What somebody with the author's key could change in a version: a text of the component, another of its length, and where the
/// difference is read.
const OTHERWISE: [(&str, &str, &str, &str); 5] = [
    ("another host", "api.github.com", "api.gitnub.com", r#"origins["api"].place"#),
    (
        "another token endpoint",
        "https://github.com/login/oauth/access_token",
        "https://gitnub.com/login/oauth/access_token",
        r#"methods["oauth"].kind"#,
    ),
    ("another scope", "read:user", "all:users", r#"scopes["all:users"].id"#),
    (
        "an action that reaches further",
        "/user/repos",
        "/*/*/*/*/**",
        r#"actions["list-repositories"].requests[0].path"#,
    ),
    (
        "a hook that reaches further",
        "/applications/*/grant",
        "/applications/*/*/*/*",
        r#"requests["revoke"].requests[0].path"#,
    ),
];

/// The component with another text in place of each of the first's.
fn patched(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut other = component.to_vec();
    let places = component.windows(from.len()).enumerate().filter(|(_, window)| *window == from.as_bytes());
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    assert!(!places.is_empty(), "the component has no {from}");
    for place in places {
        other[place..place + to.len()].copy_from_slice(to.as_bytes());
    }
    other
}

/// Each widening is kept aside and named, whatever it widens; the way back, a narrowing, is named as what goes.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_version_declares_otherwise_waits_and_is_named() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("github").await.unwrap();
    let component = component("github").unwrap();
    let before = digest_of(&host, "github").await;
    let (mut browser, page) = operator(&host).await;
    for (what, from, to, place) in OTHERWISE {
        let wider = patched(&component, from, to);
        // The way of programs refuses another component of the same name outright.
        let refused = host.upload(wider.clone()).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "other-installed"), "{what}: {}", refused.json);
        let kept = send(&host, &browser, &page, &wider).await;
        assert_eq!(kept.status, 303, "{what}: {}", String::from_utf8_lossy(&kept.body));
        let version = format!("{}{}", host.url().unwrap(), kept.headers["location"].to_str().unwrap());
        let shown = browser.open(&version).await.unwrap().page().unwrap();
        let text = shown.text().unwrap();
        assert!(text.contains(place) && text.contains(to) && text.contains(from), "{what}: {text}");
        assert_eq!(digest_of(&host, "github").await, before, "{what}: it runs, and nobody approved it");
        let seen = host.get(host.operator(), "/v1/connectors/github").await.unwrap();
        assert!(!seen.json.to_string().contains(to), "{what}: {}", seen.json);
    }
    // Nor does the next start take one of those that were kept.
    let mut host = host;
    host.stop().await.unwrap();
    host.start_again().await.unwrap();
    assert_eq!(digest_of(&host, "github").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_changed_after_it_was_shown_is_refused() {
    let mut host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("api-token").await.unwrap();
    let before = digest(&host).await;
    let (mut browser, page) = operator(&host).await;
    let changed = [component("api-token").unwrap(), vec![0, 2, 1, b'x']].concat();
    let kept = send(&host, &browser, &page, &changed).await;
    let version = format!("{}{}", host.url().unwrap(), kept.headers["location"].to_str().unwrap());
    let shown = browser.open(&version).await.unwrap().page().unwrap();
    let form = shown.forms().unwrap().into_iter().find(|form| form.action.path().ends_with("/approve")).unwrap();
    // Somebody who can write files, while the operator reads.
    let files = std::fs::read_dir(host.folder().join("data/components")).unwrap();
    for file in files.map(|file| file.unwrap().path()) {
        // Still a component, and the same connector: only the bytes are others.
        let bytes = [std::fs::read(&file).unwrap(), vec![0, 2, 1, b'y']].concat();
        std::fs::write(&file, bytes).unwrap();
    }
    let refused = browser.submit(&shown, &form).await.unwrap().page().unwrap();
    assert!(!refused.status.is_success(), "{} {}", refused.status, refused.body);
    assert_eq!(digest(&host).await, before);
    // And what was installed, when it has to be compiled again from such a file, is not.
    host.stop().await.unwrap();
    std::fs::remove_dir_all(host.folder().join("data/compiled")).unwrap();
    host.start_again().await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let fields =
        serde_json::json!({ "base_url": "https://api.example.com", "token": "t0ken-0123456789", "verify_path": "/me" });
    let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert!(made.json["status"] != "active" && made.json.to_string().contains("not-loaded"), "{}", made.json);
}

/// The components the host keeps machine code of, by digest.
fn compiled(host: &TestHost) -> BTreeSet<String> {
    let kept = std::fs::read_dir(host.folder().join("data/compiled")).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    kept.map(name).map(|name| name.split('-').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_component_runs_when_it_was_compared_and_approved() {
    let mut host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
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
    // So it is when a start left it for its first call.
    host.stop().await.unwrap();
    host.start_again().await.unwrap();
    let removed = host.api(host.operator(), Method::DELETE, "/v1/connectors/api-token", None).await.unwrap();
    assert!(removed.status.is_success(), "{}", removed.json);
    assert!(compiled(&host).is_empty(), "{:?}", compiled(&host));
}
