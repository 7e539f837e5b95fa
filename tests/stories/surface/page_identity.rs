//! Signing in to the pages by the operator's own identity provider: a real one, and whoever its claims make somebody here.

use http::Method;
use jackfield_server::config::SignIn;
use jackfield_tests::browser::{Browser, Landing, Page};
use jackfield_tests::host::{Setting, Tenant, TestHost};
use jackfield_tests::peer::{Peer, PeerClient, PeerSettings, Server};
use jackfield_tests::wire::Wire;
use jiff::SignedDuration;
use serde_json::json;
use url::Url;

struct House {
    host: TestHost,
    peer: Peer,
    acme: Tenant,
}

impl House {
    /// `grace` runs the host, `ada` looks after Acme, `bob` is a person of Acme's, and everybody else is nobody.
    async fn open() -> Self {
        let mut host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
        let acme = host.tenant("Acme").await.unwrap();
        host.tenant("Zenith").await.unwrap();
        let brand = json!({ "brand": { "host": "acme.localhost" } });
        let path = format!("/v1/tenants/{}", acme.id);
        assert_eq!(host.api(host.operator(), Method::PATCH, &path, Some(brand)).await.unwrap().status, 200);
        // The provider wants to know where it sends people before it is asked.
        let address = host.running().unwrap().address;
        host.stop().await.unwrap();
        let back = format!("http://{address}/sign-in/return");
        let clients = vec![PeerClient::code("jackfield", "jack-secret", &back)];
        let peer = Peer::start(Server::OidcProvider, &PeerSettings::of(clients)).await.unwrap();
        let secret = host.folder().join("oidc.secret");
        std::fs::write(&secret, "jack-secret\n").unwrap();
        let of_acme = |login: &str| (format!("{login} of the peer"), acme.id.clone());
        let config = host.config_mut();
        config.listen = address;
        config.sign_in = SignIn {
            issuer: Some(peer.issuer().to_owned()),
            client_id: Some("jackfield".to_owned()),
            client_secret_file: Some(secret),
            tenant_claim: Some("name".to_owned()),
            tenants: [of_acme("ada"), of_acme("bob")].into(),
            administrators: [("sub".to_owned(), ["ada".to_owned()].into())].into(),
            operators: [("sub".to_owned(), ["grace".to_owned()].into())].into(),
            ..SignIn::default()
        };
        host.start_again().await.unwrap();
        Self { host, peer, acme }
    }

    fn own(&self, path: &str) -> String {
        format!("{}{path}", self.host.url().unwrap())
    }

    fn acmes(&self, path: &str) -> String {
        format!("http://acme.localhost:{}{path}", self.host.running().unwrap().address.port())
    }
}

fn person() -> Browser {
    Browser::new(Wire::loopback())
}

async fn page(browser: &mut Browser, url: &str) -> Page {
    browser.open(url).await.unwrap().page().unwrap()
}

/// Goes to the provider from a page of the host; answers its own page.
async fn to_provider(browser: &mut Browser, at: &str) -> Page {
    let asked = page(browser, at).await;
    let link = asked.link("Sign in with your organisation").unwrap();
    browser.click(&asked, &link).await.unwrap().page().unwrap()
}

/// Signs in there and allows what is asked; answers where that ends.
async fn through_provider(browser: &mut Browser, at: Page, login: &str) -> Page {
    let form = at.form().unwrap().fill("login", login).unwrap().fill("password", "any").unwrap();
    let consent = browser.submit(&at, &form).await.unwrap().page().unwrap();
    browser.submit(&consent, &consent.form().unwrap()).await.unwrap().page().unwrap()
}

/// Signs in there and stops on the way back, at this address.
async fn halted(house: &House, browser: &mut Browser, login: &str) -> Url {
    let at = to_provider(browser, &house.own("/admin/keys")).await;
    browser.leave_at(&house.own("/sign-in/return"));
    let form = at.form().unwrap().fill("login", login).unwrap().fill("password", "any").unwrap();
    let consent = browser.submit(&at, &form).await.unwrap().page().unwrap();
    browser.submit(&consent, &consent.form().unwrap()).await.unwrap().left().unwrap()
}

fn says(page: &Page, words: &str) {
    assert!(page.text().unwrap().contains(words), "{words} in {} at {}", page.body, page.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_signs_in_and_goes_on_to_the_page_they_wanted() {
    let house = House::open().await;
    let mut grace = person();
    let at = to_provider(&mut grace, &house.own("/admin/tenants")).await;
    assert_eq!(at.url.port(), Url::parse(house.peer.issuer()).unwrap().port(), "{}", at.url);
    let inside = through_provider(&mut grace, at, "grace").await;
    assert_eq!((inside.status.as_u16(), inside.url.path()), (200, "/admin/tenants"), "{}", inside.body);
    says(&inside, "Signed in as grace of the peer");
    let lines = house.host.get(house.host.operator(), "/v1/audit?kind=sign-in.").await.unwrap();
    let items = lines.json["items"].as_array().unwrap();
    assert!(items.iter().any(|line| line["kind"] == "sign-in.used" && line["by"] == "operator:grace"), "{items:?}");
    assert!(grace.jar.value("begun").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_s_people_come_back_to_the_tenant_s_own_site() {
    let house = House::open().await;
    let mut ada = person();
    let at = to_provider(&mut ada, &house.acmes("/admin/audit")).await;
    let inside = through_provider(&mut ada, at, "ada").await;
    assert_eq!(inside.url.as_str(), house.acmes("/admin/audit"), "{}", inside.body);
    says(&inside, "Signed in as ada of the peer");
    let mut bob = person();
    let at = to_provider(&mut bob, &house.acmes("/admin/audit")).await;
    let outside = through_provider(&mut bob, at, "bob").await;
    assert_eq!(outside.status, 403, "an end user looks after nothing");
    says(&outside, "not yours to see");
    // An operator is nobody on a tenant's site, and its pages are not there.
    let mut grace = person();
    let at = to_provider(&mut grace, &house.acmes("/admin/audit")).await;
    says(&through_provider(&mut grace, at, "grace").await, "You have no access here");
    assert_eq!(page(&mut person(), &house.acmes("/admin/tenants")).await.status, 404);
    assert!(!house.acme.id.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_nobody_here_is_told_so_and_gets_nothing() {
    let house = House::open().await;
    let mut mallory = person();
    let at = to_provider(&mut mallory, &house.own("/admin/keys")).await;
    let told = through_provider(&mut mallory, at, "mallory").await;
    assert_eq!(told.status, 403);
    says(&told, "You have no access here");
    assert!(mallory.jar.value("session").is_none() && told.link("Sign in again").is_ok());
}

/// A callback counts in the browser it was begun in, for ten minutes, from the right issuer, with its own state.
#[allow(clippy::too_many_lines, reason = "a fault a line")]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_only_where_and_as_it_was_asked_for() {
    let house = House::open().await;
    let mut grace = person();
    // Somebody stops on the way back, and the address gets to another browser.
    let back = halted(&house, &mut grace, "grace").await;
    let mut other = person();
    page(&mut other, &house.own("/sign-in")).await;
    for browser in [&mut other, &mut person()] {
        let told = page(browser, back.as_str()).await;
        says(&told, "cannot be finished");
        assert!(browser.jar.value("session").is_none());
    }
    let with = |name: &str, value: &str| {
        let mut url = back.clone();
        let pairs: Vec<(String, String)> = back.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
        url.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
        url
    };
    let mut same = person();
    same.jar = grace.jar.clone();
    says(&page(&mut same, with("iss", "https://evil.example").as_str()).await, "You were not signed in");
    says(&page(&mut same, with("state", "made-up").as_str()).await, "cannot be finished");
    says(&page(&mut same, with("error", "access_denied").as_str()).await, "You were not signed in");
    assert_eq!(
        house
            .host
            .wire
            .send(&back, http::Request::head("/").body(bytes::Bytes::new()).unwrap())
            .await
            .unwrap()
            .status(),
        204
    );
    let inside = page(&mut same, back.as_str()).await;
    says(&inside, "Signed in as grace");
    says(&page(&mut same, back.as_str()).await, "cannot be finished");

    // What was brought with a made-up code was brought: the right one comes too late.
    let mut hasty = person();
    let back = halted(&house, &mut hasty, "grace").await;
    let mut made_up = back.clone();
    made_up.set_query(Some(&back.query().unwrap().replace("code=", "code=made-up")));
    let mut same = person();
    same.jar = hasty.jar.clone();
    says(&page(&mut same, made_up.as_str()).await, "Signing in does not work");
    says(&page(&mut same, back.as_str()).await, "cannot be finished");

    let mut late = person();
    let at = to_provider(&mut late, &house.own("/admin/keys")).await;
    house.host.clock.advance(SignedDuration::from_mins(11));
    late.leave_at(&house.own("/sign-in/return"));
    let form = at.form().unwrap().fill("login", "grace").unwrap().fill("password", "any").unwrap();
    let consent = late.submit(&at, &form).await.unwrap().page().unwrap();
    let back = late.submit(&consent, &consent.form().unwrap()).await.unwrap().left().unwrap();
    let mut same = person();
    same.jar = late.jar.clone();
    says(&page(&mut same, back.as_str()).await, "cannot be finished");
}

/// Whoever begins without a mark, or with one that is none, gets a link that signs nobody else in.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_begun_without_a_mark_signs_nobody_else_in() {
    let house = House::open().await;
    for mark in ["", "0", &"0".repeat(64)] {
        let mut bob = person();
        let begin = format!("/sign-in/start?tenant={}&begun={mark}&to=/connections/new", house.acme.id);
        let at = page(&mut bob, &house.own(&begin)).await;
        bob.leave_at(&house.acmes("/sign-in/"));
        let form = at.form().unwrap().fill("login", "bob").unwrap().fill("password", "any").unwrap();
        let consent = bob.submit(&at, &form).await.unwrap().page().unwrap();
        let link = bob.submit(&consent, &consent.form().unwrap()).await.unwrap().left().unwrap();
        let mut another = person();
        let told = page(&mut another, link.as_str()).await;
        assert!(another.jar.value("session").is_none(), "begun={mark}: signed in as somebody else");
        says(&told, "began in another browser");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_said_to_be() {
    let mut house = House::open().await;
    house.host.stop().await.unwrap();
    house.host.config_mut().sign_in.issuer = Some("http://127.0.0.1:9".to_owned());
    house.host.start_again().await.unwrap();
    let mut grace = person();
    let asked = page(&mut grace, &house.own("/admin/keys")).await;
    let link = asked.link("Sign in with your organisation").unwrap();
    let Landing::Page(told) = grace.click(&asked, &link).await.unwrap() else { panic!("left") };
    says(&told, "does not work right now");
}
