//! One running host under five brands: whatever a person or their browser is shown under one of them carries nothing of
//! another, of the host's own name, or of the software.

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, LOCATION};
use http::{Method, Request};
use jackfield_tests::brands::{Branded, five, only_of};
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::host::{Answer, Setting, TestHost};
use jackfield_tests::peer::{Peer, PeerClient, PeerSettings, Server};
use jackfield_tests::scene::at_provider;
use jackfield_tests::wire::Wire;
use serde_json::json;
use url::Url;

const CONNECTOR: &str = "openid-connect";
const ACTIONS: [&str; 2] = ["sign-in", "read-profile"];

/// A host under five brands, each with its own client at one provider, and the operator's beside them.
struct Stage {
    host: TestHost,
    brands: Vec<Branded>,
    clients: Vec<(String, String)>,
    shared: (String, String),
    peer: Peer,
}

impl Stage {
    async fn set() -> Self {
        let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
        host.install(CONNECTOR).await.unwrap();
        let brands = five(&host).await.unwrap();
        let fields = json!({ "issuer": "https://issuer.example.com" });
        let shared = host.client(CONNECTOR, "shared", "shared-secret", fields.clone()).await.unwrap();
        let mut known = vec![PeerClient::code("shared", "shared-secret", &shared.1)];
        let mut clients = Vec::new();
        for one in &brands {
            let client = one.client(&host, CONNECTOR, fields.clone()).await.unwrap();
            let word = one.brand.word;
            known.push(PeerClient::code(&format!("{word}-client"), &format!("{word}-secret"), &client.1));
            clients.push(client);
        }
        let peer = Peer::start(Server::OidcProvider, &PeerSettings::of(known)).await.unwrap();
        let issuer = json!({ "fields": { "issuer": peer.issuer() } });
        for (id, _) in clients.iter().chain([&shared]) {
            let path = format!("/v1/clients/{id}");
            let changed = host.api(host.operator(), Method::PATCH, &path, Some(issuer.clone())).await.unwrap();
            assert_eq!(changed.status, 200, "{}", changed.json);
        }
        Self { host, brands, clients, shared, peer }
    }

    /// The host's own name and port.
    fn own_name(&self) -> String {
        self.host.running().unwrap().address.to_string()
    }

    /// Every request a browser, or a curious person, may send to a brand's host name.
    async fn surfaces(&self, brand: usize) -> Vec<(String, Request<Bytes>)> {
        let (own, other) = (&self.brands[brand], &self.brands[(brand + 1) % self.brands.len()]);
        let path_of = |link: String| Url::parse(&link).unwrap().path().to_owned();
        let link = path_of(own.link(&self.host, CONNECTOR, &ACTIONS, "u1").await.unwrap());
        let foreign = path_of(other.link(&self.host, CONNECTOR, &ACTIONS, "u1").await.unwrap());
        let callback = Url::parse(&self.clients[brand].1).unwrap().path().to_owned();
        let mut paths: Vec<String> = PATHS.iter().map(|path| (*path).to_owned()).collect();
        paths.extend(
            [&own.pictures[..], &other.pictures[..], &[link.clone(), foreign.clone(), callback.clone()]].concat(),
        );
        paths.extend([&own.tenant.id, &other.tenant.id].map(|tenant| format!("/assets/brand/{tenant}.css")));
        paths.extend(["code=x&state=y", "error=access_denied&state=y"].map(|query| format!("{callback}?{query}")));
        let mut all: Vec<_> = paths.iter().flat_map(|path| looked_at(path)).collect();
        for (path, body) in
            [(link.as_str(), "method=nothing"), (&link, ""), (&foreign, "method=code"), ("/sign-out", "")]
        {
            all.extend(posted(path, body));
        }
        all
    }
}

/// What is at every brand's host name, or is not. A new page is a word here.
const PATHS: &[&str] = &[
    "/",
    "/nowhere",
    "/favicon.ico",
    "/robots.txt",
    "/.well-known/security.txt",
    "/connect/unknown",
    "/oauth/begin/unknown",
    "/sign-in",
    "/sign-in/unknown",
    "/signed-in",
    "/language",
    "/connections",
    "/connections/new",
    "/connections/conn_x",
    "/admin",
    "/admin/connectors",
    "/admin/clients",
    "/admin/tenants",
    "/admin/keys",
    "/admin/webhooks",
    "/admin/audit",
    "/admin/brand",
    "/assets/page.css",
    "/assets/page.js",
    "/assets/nothing.css",
    "/assets/docs.css",
    "/docs",
    "/docs/problems/not-found",
    "/openapi.json",
    "/v1",
    "/v1/connections",
    "/v1/tenants",
    "/healthz",
    "/readyz",
    "/doctor/abc",
];

/// A path as people of several languages and as programs ask for it.
fn looked_at(path: &str) -> [(String, Request<Bytes>); 3] {
    [("text/html", "en"), ("text/html", "de"), ("application/json", "fr, *;q=0.1")].map(|(accept, language)| {
        let request = Request::get("/").header(ACCEPT, accept).header(ACCEPT_LANGUAGE, language);
        (path.to_owned(), request.body(Bytes::new()).unwrap())
    })
}

/// A form as our own page and as another's sends it.
fn posted(path: &str, body: &'static str) -> [(String, Request<Bytes>); 2] {
    ["same-origin", "cross-site"].map(|site| {
        let request = Request::post("/").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.header("sec-fetch-site", site).header(ACCEPT, "text/html");
        (path.to_owned(), request.body(Bytes::from_static(body.as_bytes())).unwrap())
    })
}

/// Everything of an answer: status, header names and values, body.
fn shown(answer: &Answer) -> String {
    let mut shown = format!("{}\n", answer.status);
    for (name, value) in &answer.headers {
        shown.extend([name.as_str(), ": ", &String::from_utf8_lossy(value.as_bytes()), "\n"]);
    }
    shown + &String::from_utf8_lossy(&answer.body)
}

/// The same of a page, with what the browser keeps for it.
fn seen(page: &Page, browser: &Browser) -> String {
    format!("{}\n{:?}\n{}\n{:?}", page.url, page.headers, page.body, browser.jar.names())
}

/// Where a page goes on to by itself.
fn onward(page: &Page) -> Url {
    let after = page.body.split("content=\"0;url=").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    Url::parse(&after.split('"').next().unwrap().replace("&amp;", "&")).unwrap()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_brand_or_of_the_software_is_shown() {
    let stage = Stage::set().await;
    let mut faults = Vec::new();
    for (index, one) in stage.brands.iter().enumerate() {
        let host = one.brand.host();
        for (path, request) in stage.surfaces(index).await {
            let place = format!("{} {path}", request.method());
            let answer = stage.host.send_at(&host, &path, request).await.unwrap();
            assert!(!answer.status.is_server_error(), "{place} answers {}", answer.status);
            if let Err(error) = only_of(&one.brand, &stage.own_name(), &place, &shown(&answer)) {
                faults.push(error.to_string());
            }
        }
    }
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_brand_shows_itself_and_asks_consent_with_its_own_client() {
    let stage = Stage::set().await;
    for (index, one) in stage.brands.iter().enumerate() {
        let (brand, own_name) = (&one.brand, stage.own_name());
        let link = one.link(&stage.host, CONNECTOR, &ACTIONS, "u1").await.unwrap();
        assert!(link.starts_with(&format!("http://{}:", brand.host())), "{link}");
        let mut browser = Browser::new(Wire::loopback());
        let page = browser.open(&link).await.unwrap().page().unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
        let expected = [brand.name.to_owned(), one.pictures[0].clone(), one.pictures[1].clone()];
        let expected = [&expected[..], &[format!("mailto:help@{}.example", brand.word)]].concat();
        for mark in expected {
            assert!(page.body.contains(&mark), "{} does not show {mark}", brand.name);
        }
        assert!(page.body.contains(&format!("lang=\"{}\"", brand.languages[0])), "{}", brand.name);
        let css = stage.host.visit(&brand.host(), &format!("/assets/brand/{}.css", one.tenant.id)).await.unwrap();
        let css = String::from_utf8_lossy(&css.body).into_owned();
        assert!(css.contains(brand.accent) && css.contains(brand.accent_dark), "{css}");

        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let consent = onward(&interim);
        assert!(consent.as_str().starts_with(stage.peer.issuer()), "{consent}");
        assert_eq!(parameter(&consent, "client_id"), format!("{}-client", brand.word));
        let redirect = parameter(&consent, "redirect_uri");
        assert_eq!(redirect, stage.clients[index].1);
        assert!(redirect.starts_with(&format!("http://{}:", brand.host())), "{redirect}");
        for (place, shown) in [("the form", seen(&page, &browser)), ("the way out", seen(&interim, &browser))] {
            only_of(brand, &own_name, place, &shown).unwrap();
        }
        only_of(brand, &own_name, "the consent request", consent.as_str()).unwrap();
    }
}

/// Signs in at the provider and allows everything; answers where the browser is taken to.
async fn allow(browser: &mut Browser, page: Page) -> Url {
    let form = page.form().unwrap().fill("login", "alice").unwrap().fill("password", "any").unwrap();
    let page = browser.submit(&page, &form).await.unwrap().page().unwrap();
    browser.submit(&page, &page.form().unwrap()).await.unwrap().left().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_comes_back_to_the_brand_s_own_address_and_to_no_other() {
    let stage = Stage::set().await;
    let make = &stage.brands[1];
    let link = make.link(&stage.host, CONNECTOR, &ACTIONS, "u1").await.unwrap();
    let mut person = Browser::new(Wire::loopback());
    person.leave_at(&make.brand.return_url());
    let page = at_provider(&mut person, &link).await.unwrap();
    let returned = allow(&mut person, page).await;
    assert!(returned.as_str().starts_with(&make.brand.return_url()), "{returned}");
    let made = stage.host.complete(&make.tenant, &returned, "u1").await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);

    // The answer to a request of one brand, carried to another's host name or to the host's own.
    for elsewhere in [stage.brands[0].brand.host(), "127.0.0.1".to_owned()] {
        let link = make.link(&stage.host, CONNECTOR, &ACTIONS, "u1").await.unwrap();
        let mut person = Browser::new(Wire::loopback());
        let own = Url::parse(&stage.clients[1].1).unwrap();
        person.leave_at(own.as_str());
        let page = at_provider(&mut person, &link).await.unwrap();
        let mut answer = allow(&mut person, page).await;
        answer.set_host(Some(&elsewhere)).unwrap();
        let refused = person.open(answer.as_str()).await.unwrap().page().unwrap();
        assert_eq!(refused.status, 400, "{elsewhere}: {}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_client_sets_its_cookie_at_the_host_s_own_name_first() {
    let stage = Stage::set().await;
    let (id, axelor) = (&stage.clients[4].0, &stage.brands[4]);
    let path = format!("/v1/clients/{id}");
    let removed = stage.host.api(stage.host.operator(), Method::DELETE, &path, None).await.unwrap();
    assert_eq!(removed.status, 204, "{}", removed.json);
    let link = axelor.link(&stage.host, CONNECTOR, &ACTIONS, "u1").await.unwrap();
    let mut person = Browser::new(Wire::loopback());
    person.leave_at(&axelor.brand.return_url());
    let page = person.open(&link).await.unwrap().page().unwrap();
    let interim = person.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
    let hop = onward(&interim);
    assert!(hop.as_str().starts_with(&format!("http://{}/oauth/begin/", stage.own_name())), "{hop}");
    assert!(person.jar.names().is_empty(), "no cookie where no callback comes to: {:?}", person.jar.names());

    // At a tenant's host name the ticket is worth nothing, and it is not used up by that, nor by looking.
    let elsewhere = stage.host.visit(&axelor.brand.host(), hop.path()).await.unwrap();
    assert_eq!((elsewhere.status.as_u16(), elsewhere.headers.get(LOCATION)), (404, None));
    let looked = Request::head("/").body(Bytes::new()).unwrap();
    assert_eq!(stage.host.send_at("127.0.0.1", hop.path(), looked).await.unwrap().status, 204);

    let page = person.click(&interim, &hop).await.unwrap().page().unwrap();
    assert!(page.url.as_str().starts_with(stage.peer.issuer()), "{}", page.url);
    let again = stage.host.visit("127.0.0.1", hop.path()).await.unwrap();
    assert_eq!((again.status.as_u16(), again.headers.get("set-cookie")), (404, None), "a ticket works once");
    let returned = allow(&mut person, page).await;
    let made = stage.host.complete(&axelor.tenant, &returned, "u1").await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);
    assert!(stage.shared.1.starts_with(&format!("http://{}/", stage.own_name())));

    // A minute later nobody waits any more.
    let link = axelor.link(&stage.host, CONNECTOR, &ACTIONS, "u2").await.unwrap();
    let page = person.open(&link).await.unwrap().page().unwrap();
    let late = onward(&person.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap());
    stage.host.clock.advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(stage.host.visit("127.0.0.1", late.path()).await.unwrap().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_host_name_says_what_has_to_be_registered_again() {
    let stage = Stage::set().await;
    let (one, client) = (&stage.brands[3], &stage.clients[3]);
    let path = format!("/v1/tenants/{}", one.tenant.id);
    let before = stage.host.get(stage.host.operator(), &path).await.unwrap();
    assert_eq!(before.text("/redirect_uris/0/redirect_uri").unwrap(), client.1);
    let mut brand = one.brand.settings();
    brand["host"] = json!("links.ibexa.localhost");
    let moved =
        stage.host.api(stage.host.operator(), Method::PATCH, &path, Some(json!({ "brand": brand }))).await.unwrap();
    let uri = moved.text("/redirect_uris/0/redirect_uri").unwrap();
    assert_eq!(uri, client.1.replace("ibexa.localhost", "links.ibexa.localhost"));
    let shown = stage.host.get(stage.host.operator(), &format!("/v1/clients/{}", client.0)).await.unwrap();
    assert_eq!(shown.text("/redirect_uri").unwrap(), uri);
    let told = stage.host.post(stage.host.operator(), "/v1/doctor", json!({ "nonce": "abc" })).await.unwrap();
    let listed = told.json["redirect_uris"].to_string();
    assert!(listed.contains(&uri) && !listed.contains(&client.1) && listed.contains(&stage.shared.1), "{listed}");
    assert!(told.json["sites"].to_string().contains("links.ibexa.localhost"), "{}", told.json["sites"]);
    let answered = stage.host.visit("links.ibexa.localhost", "/doctor/abc").await.unwrap();
    assert_eq!(
        (answered.text("/answer").unwrap(), answered.text("/site").unwrap()),
        (told.text("/answer").unwrap(), "links.ibexa.localhost".into())
    );
}
