//! What both suites of OAuth begin with: a host, authorization servers that may mean harm, tenants of them, and browsers.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jackfield_server::clock::Clock;
use jackfield_server::config::Config;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::hostile::{Hostile, NAME};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::network::Network;
use jackfield_tests::wire::Wire;
use serde_json::json;
use url::Url;

/// The actions of every link here.
pub(crate) const ACTIONS: [&str; 3] = ["sign-in", "read-profile", "stay-connected"];

/// The stage.
pub(crate) struct Stage {
    pub(crate) host: TestHost,
    pub(crate) servers: Hostile,
    pub(crate) network: Network,
    pub(crate) authority: Authority,
    pub(crate) wire: Wire,
}

/// A tenant whose client is at an issuer of its own.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) tenant: Tenant,
    /// The issuer's name among the servers.
    pub(crate) issuer: String,
    /// The client's id here, and its redirect URI.
    pub(crate) client: (String, String),
}

impl Stage {
    /// A host under that public URL, or under its own address.
    pub(crate) async fn set(public_url: Option<&str>, configure: fn(&mut Config)) -> Result<Self> {
        let (authority, network) = (Authority::new()?, Network::default());
        let setting = Setting {
            public_url,
            resolver: Arc::new(network.clone()),
            configure: Some(configure),
            ..Setting::with_doubles(crate::PROGRAM, &authority, BTreeMap::new())
        };
        let host = TestHost::start(setting).await?;
        let servers = Hostile::start(&authority, host.clock.now().as_second()).await?;
        network.place(NAME, servers.address());
        host.install("openid-connect").await?;
        let mut wire = Wire::trusting(&authority)?;
        wire.place(NAME, servers.address());
        Ok(Self { host, servers, network, authority, wire })
    }

    /// A new tenant with a client at the issuer of that name.
    pub(crate) async fn party(&self, issuer: &str) -> Result<Party> {
        let tenant = self.host.tenant(issuer).await?;
        let wanted = json!({
            "connector": "openid-connect", "tenant": tenant.id, "client_id": format!("client-of-{issuer}"),
            "client_secret": secret_of(issuer), "fields": { "issuer": Hostile::issuer(issuer) },
        });
        let made = self.host.post(self.host.operator(), "/v1/clients", wanted).await?;
        ensure!(made.status.is_success(), "no client: {}", made.json);
        let client = (made.text("/id")?, made.text("/redirect_uri")?);
        self.servers.register(issuer, &format!("client-of-{issuer}"), &client.1);
        Ok(Party { tenant, issuer: issuer.to_owned(), client })
    }

    /// A browser without cookies; it stops where the application would take over.
    pub(crate) fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        browser
    }

    /// A link for a person of the party's, and its session.
    pub(crate) async fn link(&self, party: &Party, end_user: &str) -> Result<(String, String)> {
        self.host.session(&party.tenant, "openid-connect", &ACTIONS, end_user).await
    }

    /// Opens a link, goes on, and stops with the authorization request in hand.
    pub(crate) async fn asked(&self, browser: &mut Browser, link: &str) -> Result<Url> {
        let page = browser.open(link).await?.page()?;
        ensure!(page.status == 200, "{}", page.body);
        let interim = browser.submit(&page, &page.form()?).await?.page()?;
        ensure!(interim.status == 200, "{} {}", interim.status, interim.text().unwrap_or_default());
        interim.link("Continue to")
    }

    /// Connects a person from link to completion; the answer to completing.
    pub(crate) async fn connect(&self, party: &Party, end_user: &str, login: &str) -> Result<Answer> {
        let (_, link) = self.link(party, end_user).await?;
        let mut browser = self.browser();
        let mut asked = self.asked(&mut browser, &link).await?;
        asked.query_pairs_mut().append_pair("login", login);
        let returned = match browser.open(asked.as_str()).await? {
            Landing::Left(url) => url,
            Landing::Page(page) => anyhow::bail!("landed at {}: {}", page.url, page.text().unwrap_or_default()),
        };
        self.host.complete(&party.tenant, &returned, end_user).await
    }

    /// How many connections a tenant has.
    pub(crate) async fn connections(&self, tenant: &Tenant) -> Result<usize> {
        let listed = self.host.get(&tenant.key, "/v1/connections").await?;
        Ok(listed.json["items"].as_array().context("a list")?.len())
    }
}

/// The secret of an issuer's client.
pub(crate) fn secret_of(issuer: &str) -> String {
    format!("client-secret-of-{issuer}-0123456789")
}
