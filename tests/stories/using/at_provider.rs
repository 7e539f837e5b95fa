//! What the stories about a provider with a consent page begin with: a host with its connector, a client, a tenant, and the double.

use std::collections::BTreeMap;

use http::Method;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing, Page};
use jackfield_tests::doubles::Double;
use jackfield_tests::doubles::{facebook::Facebook, github::GitHub, google::Google, notion::Notion};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

/// A provider's double.
pub(crate) trait Provider {
    /// Its addresses, log and faults.
    fn of(&self) -> &Double;
}

macro_rules! providers {
    ($($double:ty),+) => {
        $(impl Provider for $double {
            fn of(&self) -> &Double {
                self.double()
            }
        })+
    };
}

providers!(Facebook, GitHub, Google, Notion);

/// How the host is registered at the provider.
pub(crate) struct Registered {
    /// The connector.
    pub(crate) connector: &'static str,
    /// Our id at the provider, and our secret.
    pub(crate) client: (&'static str, &'static str),
    /// The button with which a person agrees.
    pub(crate) agrees: &'static str,
}

/// A host at a provider.
pub(crate) struct AtProvider<D> {
    pub(crate) provider: D,
    pub(crate) host: TestHost,
    pub(crate) tenant: Tenant,
    /// The id of the host's client.
    pub(crate) client: String,
    /// Where the provider sends people back to.
    pub(crate) redirect_uri: String,
    registered: Registered,
    wire: Wire,
}

impl<D: Provider> AtProvider<D> {
    /// A host that reaches the double, with its connector and a client.
    pub(crate) async fn with(authority: &Authority, provider: D, registered: Registered) -> Self {
        let placed: BTreeMap<_, _> = provider.of().placed();
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, authority, placed)).await.unwrap();
        host.install(registered.connector).await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let (id, secret) = registered.client;
        let (client, redirect_uri) = host.client(registered.connector, id, secret, json!({})).await.unwrap();
        let mut wire = Wire::trusting(authority).unwrap();
        provider.of().place_on(&mut wire);
        Self { provider, host, tenant, client, redirect_uri, registered, wire }
    }

    /// Opens a link: the host's own page.
    pub(crate) async fn page(&self, link: &str) -> (Browser, Page) {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let page = browser.open(link).await.unwrap().page().unwrap();
        (browser, page)
    }

    /// Opens a link and presses a button at the provider; where the person comes back to.
    pub(crate) async fn decide_at(&self, link: &str, button: &str) -> Url {
        let (mut browser, page) = self.page(link).await;
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let onward = interim.link("Continue to").unwrap();
        let page = browser.click(&interim, &onward).await.unwrap().page().unwrap();
        let form = page.form().unwrap().press(button).unwrap();
        match browser.submit(&page, &form).await.unwrap() {
            Landing::Left(url) => url,
            Landing::Page(page) => panic!("stayed at {}: {}", page.url, page.body),
        }
    }

    /// A link for these actions.
    pub(crate) async fn link(&self, actions: &[&str]) -> String {
        self.host.session(&self.tenant, self.registered.connector, actions, "u-1").await.unwrap().1
    }

    /// Presses a button at the provider; where the person comes back to.
    pub(crate) async fn decide(&self, actions: &[&str], button: &str) -> Url {
        self.decide_at(&self.link(actions).await, button).await
    }

    /// Agrees; where the person comes back to.
    pub(crate) async fn agree(&self, actions: &[&str]) -> Url {
        self.decide(actions, self.registered.agrees).await
    }

    /// Completes what a person came back from.
    pub(crate) async fn finish(&self, returned: &Url) -> Answer {
        self.host.complete(&self.tenant, returned, "u-1").await.unwrap()
    }

    /// Connects; answers the connection.
    pub(crate) async fn connect(&self, actions: &[&str]) -> Value {
        let made = self.finish(&self.agree(actions).await).await;
        assert!(made.status.is_success(), "{}", made.json);
        made.json
    }

    /// Consents again to the same connection.
    pub(crate) async fn again(&self, id: &str) -> Answer {
        let again = json!({ "end_user": "u-1", "return_url": RETURN_URL });
        let path = format!("/v1/connections/{id}/reauthorize");
        let link = self.host.post(&self.tenant.key, &path, again).await.unwrap().text("/url").unwrap();
        self.finish(&self.decide_at(&link, self.registered.agrees).await).await
    }

    /// `POST /v1/connections/{id}/{verb}` with an empty object.
    pub(crate) async fn post(&self, id: &str, verb: &str) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), json!({})).await.unwrap()
    }

    /// The connection as the API shows it.
    pub(crate) async fn show(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
    }

    /// What it may do, as the API shows it.
    pub(crate) async fn permissions(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}/permissions")).await.unwrap().json
    }

    /// Deletes it, with something to say about it.
    pub(crate) async fn delete(&self, id: &str, query: &str) -> Answer {
        let path = format!("/v1/connections/{id}{query}");
        self.host.api(&self.tenant.key, Method::DELETE, &path, None).await.unwrap()
    }
}
