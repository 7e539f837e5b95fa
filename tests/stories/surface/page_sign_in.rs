//! Signing in to the pages by the application's word: what a link does once, and what whoever tries it otherwise gets.

use http::Method;
use jackfield_tests::browser::{Browser, Landing, Page};
use jackfield_tests::host::{Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::child::Jackfield;
use crate::stage::raw;

/// A page of administrators, which says who somebody is.
const PAGE: &str = "/admin/audit";

struct House {
    host: TestHost,
    acme: Tenant,
    zenith: Tenant,
}

impl House {
    async fn open() -> Self {
        let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
        let (acme, zenith) = (host.tenant("Acme").await.unwrap(), host.tenant("Zenith").await.unwrap());
        for (tenant, name) in [(&acme, "acme.localhost"), (&zenith, "zenith.localhost")] {
            let brand = json!({ "brand": { "host": name, "sign_in_url": "https://app.example.com/sign-in" } });
            let path = format!("/v1/tenants/{}", tenant.id);
            let changed = host.api(host.operator(), Method::PATCH, &path, Some(brand)).await.unwrap();
            assert_eq!(changed.status, 200, "{}", changed.json);
        }
        Self { host, acme, zenith }
    }

    /// A link for Ada, who looks after Acme.
    async fn link(&self, more: Value) -> String {
        let mut body = json!({ "role": "administrator", "person": "ada-1", "name": "Ada", "to": PAGE });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.host.post(&self.acme.key, "/v1/page-sessions", body).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.json);
        made.text("/url").unwrap()
    }

    fn at(&self, name: &str, path: &str) -> String {
        format!("http://{name}:{}{path}", self.host.running().unwrap().address.port())
    }
}

fn person() -> Browser {
    let mut browser = Browser::new(Wire::loopback());
    browser.leave_at("https://app.example.com/");
    browser
}

async fn open(browser: &mut Browser, url: &str) -> Page {
    browser.open(url).await.unwrap().page().unwrap()
}

async fn agree(browser: &mut Browser, link: &str) -> Page {
    let asked = open(browser, link).await;
    assert!(asked.text().unwrap().contains("signed in as Ada"), "{}", asked.body);
    browser.submit(&asked, &asked.form().unwrap()).await.unwrap().page().unwrap()
}

fn says(page: &Page, words: &str) {
    assert!(page.text().unwrap().contains(words), "{words} in {}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_asks_whose_it_is_and_works_once() {
    let house = House::open().await;
    let link = house.link(json!({})).await;
    assert!(link.starts_with(&house.at("acme.localhost", "/sign-in/")), "{link}");
    let mut ada = person();
    assert_eq!(house.host.wire.send(&link.parse().unwrap(), head()).await.unwrap().status(), 204);
    let inside = agree(&mut ada, &link).await;
    assert_eq!((inside.status.as_u16(), inside.url.path()), (200, PAGE));
    says(&inside, "Signed in as Ada");
    let again = open(&mut person(), &link).await;
    assert_eq!(again.status, 410);
    says(&again, "no longer good");
    says(&open(&mut ada, &house.at("acme.localhost", PAGE)).await, "Signed in as Ada");

    let late = house.link(json!({})).await;
    house.host.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(open(&mut person(), &late).await.status, 410);
    let bad = house.host.post(&house.acme.key, "/v1/page-sessions", json!({ "person": "a", "to": "//evil.example" }));
    assert_eq!(bad.await.unwrap().status, 422);
}

fn head() -> http::Request<bytes::Bytes> {
    http::Request::head("/").body(bytes::Bytes::new()).unwrap()
}

/// The page hands the browser's mark to the application; its link then signs in that browser, unasked, and no other.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_begun_in_a_browser_ends_in_that_browser() {
    let house = House::open().await;
    let (mut ada, mut mallory) = (person(), person());
    let begin = async |browser: &mut Browser| {
        let left = browser.open(&house.at("acme.localhost", PAGE)).await.unwrap().left().unwrap();
        let query: Vec<(String, String)> = left.query_pairs().into_owned().collect();
        assert_eq!(query[0], ("to".to_owned(), PAGE.to_owned()));
        query[1].1.clone()
    };
    let (of_ada, of_mallory) = (begin(&mut ada).await, begin(&mut mallory).await);
    assert_ne!(of_ada, of_mallory);
    // Whoever lays a link for themselves into another's browser, or takes another's away, signs in nobody.
    let (link, stolen) =
        (house.link(json!({ "begun": of_mallory })).await, house.link(json!({ "begun": of_ada })).await);
    let refused = open(&mut ada, &link).await;
    says(&refused, "began in another browser");
    assert!(ada.jar.value("session").is_none());
    says(&open(&mut mallory, &stolen).await, "began in another browser");
    says(&open(&mut person(), &stolen).await, "began in another browser");
    // A second tab does not undo what the first began.
    assert_eq!(begin(&mut ada).await, of_ada);
    says(&open(&mut ada, &stolen).await, "Signed in as Ada");
    assert!(ada.jar.value("begun").is_none(), "it is not kept for another time");
    // What is no mark is taken from no application: a link that expects nothing would take whoever holds nothing.
    for mark in ["", "0"] {
        let wanted = json!({ "role": "administrator", "person": "ada-1", "begun": mark });
        let refused = house.host.post(&house.acme.key, "/v1/page-sessions", wanted).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid"), "{}", refused.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_one_brand_says_nothing_on_another_s() {
    let house = House::open().await;
    let link = house.link(json!({})).await;
    let path = link.strip_prefix(&house.at("acme.localhost", "")).unwrap();
    let elsewhere = open(&mut person(), &house.at("zenith.localhost", path)).await;
    assert_eq!(elsewhere.status, 410);
    assert!(!elsewhere.body.contains("Ada") && !elsewhere.body.contains("Acme"), "{}", elsewhere.body);
    let mut ada = person();
    agree(&mut ada, &link).await;
    // The very cookie, carried to another tenant's site, is nobody's there.
    let token = ada.jar.value("session").unwrap().to_owned();
    let cookie = format!("session={token}");
    for (name, status) in [("acme.localhost", 200), ("zenith.localhost", 303)] {
        let host = format!("{name}:1");
        let headers = [("host", host.as_str()), ("cookie", cookie.as_str())];
        let url = house.at(name, PAGE).parse().unwrap();
        let mut request = http::Request::get("/").header("cookie", &cookie);
        request = request.header("accept", "text/html");
        let answer = house.host.wire.send(&url, request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{headers:?}");
    }
    let operators = house.host.post(house.host.operator(), "/v1/operator-sessions", json!({ "person": "grace" }));
    let operators = operators.await.unwrap().text("/url").unwrap();
    let path = operators.strip_prefix(&house.host.url().unwrap()).unwrap();
    assert_eq!(open(&mut person(), &house.at("acme.localhost", path)).await.status, 410);
    assert_eq!(open(&mut person(), &operators).await.status, 200);
    assert_eq!(house.zenith.id.len(), house.acme.id.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_agrees_to_nothing() {
    let house = House::open().await;
    let link = house.link(json!({})).await;
    let path = link.strip_prefix(&house.at("acme.localhost", "")).unwrap();
    let form = ("content-type", "application/x-www-form-urlencoded");
    for site in ["cross-site", "same-site"] {
        let headers = [form, ("sec-fetch-site", site), ("accept", "text/html")];
        let refused = raw(&house.host, Method::POST, path, &headers, b"").await;
        assert_eq!(refused.status, 403);
        assert!(refused.headers.get("set-cookie").is_none());
    }
    // An old browser does not say where a form came from: then the page that asks has to have been shown in it.
    let mut victim = person();
    victim.open(&house.at("acme.localhost", "/sign-in?to=/connections")).await.unwrap();
    let mut mallory = person();
    let mark = open(&mut mallory, &link).await.form().unwrap().value("mark").unwrap().to_owned();
    let held = format!("begun={}", victim.jar.value("begun").unwrap());
    for body in [String::new(), format!("mark={mark}")] {
        for cookie in ["", &held] {
            let headers = [form, ("cookie", cookie), ("accept", "text/html")];
            let refused = raw(&house.host, Method::POST, path, &headers, body.as_bytes()).await;
            assert!(refused.status == 403 || refused.status == 410, "{body} {cookie}: {}", refused.status);
            assert!(refused.headers.get("set-cookie").is_none(), "{body} {cookie}");
        }
    }
    assert_eq!(open(&mut person(), &link).await.status, 200, "the link is as good as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookie_is_told_so() {
    let house = House::open().await;
    let mut ada = person();
    let asked = open(&mut ada, &house.link(json!({})).await).await;
    let agreed = asked.form().unwrap();
    let url = agreed.action.clone();
    let request = http::Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let body = format!("mark={}", agreed.value("mark").unwrap());
    let answer = house.host.wire.send(&url, request.body(body.into()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 410);
    assert!(String::from_utf8_lossy(answer.body()).contains("did not keep the sign-in"));
    assert_eq!(open(&mut ada, url.as_str()).await.status, 200, "the link is as good as before");
}

/// What somebody laid into the browser before is worth nothing after: the session has a token of its own, and the one before ends.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_anew_leaves_nothing_of_before() {
    let house = House::open().await;
    let mut ada = person();
    agree(&mut ada, &house.link(json!({})).await).await;
    let before = ada.jar.clone();
    agree(&mut ada, &house.link(json!({})).await).await;
    assert_ne!(ada.jar.value("session"), before.value("session"));
    let mut copied = person();
    copied.jar = before;
    let turned_away = copied.open(&house.at("acme.localhost", PAGE)).await.unwrap();
    assert!(matches!(turned_away, Landing::Left(_)), "{turned_away:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_signing_out_and_by_time() {
    let house = House::open().await;
    let url = house.at("acme.localhost", PAGE);
    let mut ada = person();
    let inside = agree(&mut ada, &house.link(json!({})).await).await;
    let mut copied = person();
    copied.jar = ada.jar.clone();
    let out = inside.form_with("Sign out").unwrap();
    let bare =
        raw(&house.host, Method::POST, "/sign-out", &[("content-type", "application/x-www-form-urlencoded")], b"");
    assert_eq!(bare.await.status, 303, "who is not signed in is asked to");
    says(&ada.submit(&inside, &out).await.unwrap().page().unwrap(), "You are signed out");
    assert!(matches!(copied.open(&url).await.unwrap(), Landing::Left(_)), "the session ended, not only the cookie");

    // Idle for an hour.
    agree(&mut ada, &house.link(json!({})).await).await;
    house.host.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(open(&mut ada, &url).await.status, 200);
    house.host.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(open(&mut ada, &url).await.status, 200, "it was used in between");
    house.host.clock.advance(SignedDuration::from_mins(61));
    assert!(matches!(ada.open(&url).await.unwrap(), Landing::Left(_)));

    // Used all the time, and over after twelve hours.
    agree(&mut ada, &house.link(json!({})).await).await;
    for _ in 0..14 {
        house.host.clock.advance(SignedDuration::from_mins(50));
        assert_eq!(open(&mut ada, &url).await.status, 200);
    }
    house.host.clock.advance(SignedDuration::from_mins(50));
    assert!(matches!(ada.open(&url).await.unwrap(), Landing::Left(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_prints_a_link_once_and_the_command_makes_others() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    let said = host.said();
    let link =
        said.split_whitespace().find(|word| word.contains("/sign-in/")).unwrap_or_else(|| panic!("{said}")).to_owned();
    let mut operator = person();
    let asked = open(&mut operator, &link).await;
    says(&asked, "first operator");
    let inside = operator.submit(&asked, &asked.form().unwrap()).await.unwrap().page().unwrap();
    assert_eq!(inside.url.path(), "/admin/connectors");
    assert_eq!(open(&mut person(), &link).await.status, 410);

    let key = folder.path().join("jackfield-data.operator-key");
    let asking = Jackfield::in_folder(folder.path())
        .with("JACKFIELD_URL", &host.url)
        .with("JACKFIELD_API_KEY_FILE", key.to_str().unwrap());
    let link = asking.run(&["sign-in", "--person", "grace"]).await.done();
    says(&open(&mut person(), link.trim()).await, "signed in as grace");
    let tenant = asking.run(&["tenant", "create", "Acme", "--json"]).await.json()["id"].as_str().unwrap().to_owned();
    let link =
        asking.run(&["sign-in", "--tenant", &tenant, "--person", "u-1", "--name", "Ada", "--administrator"]).await;
    says(&open(&mut person(), link.done().trim()).await, "signed in as Ada");
    assert!(asking.run(&["sign-in", "--administrator"]).await.failed(2).contains("--tenant"));
    assert_eq!(host.stop().await.0, 0);
    let again = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert!(!again.said().contains("/sign-in/"), "{}", again.said());
    assert_eq!(again.stop().await.0, 0);
}
