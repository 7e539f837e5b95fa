//! What several stories begin with: a host, a real authorization server, a tenant, and a person in a browser.

use std::collections::BTreeMap;

use http::Method;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::host::{RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::peer::{OidcProvider, PeerClient, PeerSettings};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");

/// A host with `openid-connect` connected to a real OpenID provider, and a tenant.
pub(crate) struct OpenId {
    pub(crate) host: TestHost,
    pub(crate) peer: OidcProvider,
    pub(crate) tenant: Tenant,
    /// The client of the host, and its redirect URI.
    pub(crate) client: (String, String),
}

impl OpenId {
    /// The scene with access tokens of an hour.
    pub(crate) async fn start() -> Self {
        Self::with_lifetime(3600).await
    }

    /// The scene with access tokens of this many seconds.
    pub(crate) async fn with_lifetime(seconds: u32) -> Self {
        let host = TestHost::start(Setting::plain(PROGRAM)).await.unwrap();
        host.install("openid-connect").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        // The redirect URI is known before the provider gives an id, as when an operator registers a client.
        let fields = json!({ "issuer": "https://issuer.example.com" });
        let client = host.client("openid-connect", "jack", "jack-secret", fields).await.unwrap();
        let clients = vec![PeerClient::code("jack", "jack-secret", &client.1)];
        let peer = OidcProvider::start(&PeerSettings { access_token_seconds: seconds, ..PeerSettings::of(clients) }).await.unwrap();
        let change = json!({ "fields": { "issuer": peer.issuer() } });
        let changed = host.api(host.operator(), Method::PATCH, &format!("/v1/clients/{}", client.0), Some(change)).await.unwrap();
        assert!(changed.status.is_success(), "{}", changed.json);
        Self { host, peer, tenant, client }
    }

    /// Makes a session for a person and answers its link.
    pub(crate) async fn link(&self, end_user: &str) -> String {
        let actions = ["sign-in", "read-profile", "stay-connected"];
        self.host.session(&self.tenant, "openid-connect", &actions, end_user).await.unwrap().1
    }

    /// Connects as a person of the provider; answers the connection.
    pub(crate) async fn connect(&self, end_user: &str, login: &str) -> Value {
        let returned = consent(&mut browser(), &self.link(end_user).await, login).await;
        let completed = self.host.complete(&self.tenant, &returned, end_user).await.unwrap();
        assert!(completed.status.is_success(), "{}", completed.json);
        completed.json
    }
}

/// A browser that stops where the application would take over.
pub(crate) fn browser() -> Browser {
    let mut browser = Browser::new(Wire::loopback());
    browser.leave_at(RETURN_URL);
    browser
}

/// Opens a link, goes on to the OpenID provider, signs in, allows everything, and comes back; answers the return URL.
pub(crate) async fn consent(browser: &mut Browser, link: &str, login: &str) -> Url {
    let page = at_provider(browser, link).await;
    let form = page.form().unwrap().fill("login", login).unwrap().fill("password", "any").unwrap();
    let page = browser.submit(&page, &form).await.unwrap().page().unwrap();
    let form = page.form().unwrap();
    browser.submit(&page, &form).await.unwrap().left().unwrap()
}

/// Opens a link and goes on to the provider's first page.
pub(crate) async fn at_provider(browser: &mut Browser, link: &str) -> jackfield_tests::browser::Page {
    let page = browser.open(link).await.unwrap().page().unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    let form = page.form().unwrap();
    match browser.submit(&page, &form).await.unwrap() {
        Landing::Page(page) => page,
        Landing::Left(url) => panic!("left to {url} without consent"),
    }
}

/// The parameters of a return URL.
pub(crate) fn returned(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}
