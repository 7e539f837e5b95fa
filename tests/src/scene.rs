//! What several stories begin with: a host, a real authorization server, a tenant, and a person in a browser.

use std::collections::BTreeMap;

use crate::browser::{Browser, Landing, Page};
use crate::host::{RETURN_URL, Setting, Tenant, TestHost};
use crate::peer::{Peer, PeerClient, PeerSettings, Server};
use crate::wire::Wire;
use anyhow::{Result, bail, ensure};
use http::Method;
use serde_json::{Value, json};
use url::Url;

/// A host with `openid-connect` connected to a real OpenID provider, and a tenant.
pub struct OpenId {
    /// The host.
    pub host: TestHost,
    /// The authorization server.
    pub peer: Peer,
    /// The tenant.
    pub tenant: Tenant,
    /// The client of the host, and its redirect URI.
    pub client: (String, String),
}

impl OpenId {
    /// The scene with access tokens of an hour.
    pub async fn start(program: &str) -> Result<Self> {
        Self::with_lifetime(program, 3600).await
    }

    /// The scene with access tokens of this many seconds.
    pub async fn with_lifetime(program: &str, seconds: u32) -> Result<Self> {
        Self::at(Server::OidcProvider, program, seconds).await
    }

    /// The scene at that authorization server.
    pub async fn at(server: Server, program: &str, seconds: u32) -> Result<Self> {
        Self::on(Setting::plain(program), server, seconds).await
    }

    /// The scene on a host that is set so.
    pub async fn on(setting: Setting<'_>, server: Server, seconds: u32) -> Result<Self> {
        let host = TestHost::start(setting).await?;
        host.install("openid-connect").await?;
        let tenant = host.tenant("Acme").await?;
        // The redirect URI is known before the provider gives an id, as when an operator registers a client.
        let fields = json!({ "issuer": "https://issuer.example.com" });
        let client = host.client("openid-connect", "jack", "jack-secret", fields).await?;
        let clients = vec![PeerClient::code("jack", "jack-secret", &client.1)];
        let peer =
            Peer::start(server, &PeerSettings { access_token_seconds: seconds, ..PeerSettings::of(clients) }).await?;
        let change = json!({ "fields": { "issuer": peer.issuer() } });
        let changed =
            host.api(host.operator(), Method::PATCH, &format!("/v1/clients/{}", client.0), Some(change)).await?;
        ensure!(changed.status.is_success(), "{}", changed.json);
        Ok(Self { host, peer, tenant, client })
    }

    /// Makes a session for a person and answers its link.
    pub async fn link(&self, end_user: &str) -> Result<String> {
        let actions = ["sign-in", "read-profile", "stay-connected"];
        Ok(self.host.session(&self.tenant, "openid-connect", &actions, end_user).await?.1)
    }

    /// Connects as a person of the provider; answers the connection.
    pub async fn connect(&self, end_user: &str, login: &str) -> Result<Value> {
        let returned = consent(&mut browser(), &self.link(end_user).await?, login).await?;
        let completed = self.host.complete(&self.tenant, &returned, end_user).await?;
        ensure!(completed.status.is_success(), "{}", completed.json);
        Ok(completed.json)
    }
}

/// A browser that stops where the application would take over.
pub fn browser() -> Browser {
    let mut browser = Browser::new(Wire::loopback());
    browser.leave_at(RETURN_URL);
    browser
}

/// Opens a link, goes on to the OpenID provider, signs in, allows everything, and comes back; answers the return URL.
pub async fn consent(browser: &mut Browser, link: &str, login: &str) -> Result<Url> {
    let page = at_provider(browser, link).await?;
    let form = page.form()?.fill("login", login)?.fill("password", "any")?;
    let page = browser.submit(&page, &form).await?.page()?;
    let form = page.form()?;
    // One server's form has nothing but "Continue"; another's asks which of two buttons is pressed.
    let form = form.clone().press("Authorize").unwrap_or(form);
    browser.submit(&page, &form).await?.left()
}

/// Opens a link, goes on to the OpenID provider, signs in, and says no; answers the return URL.
pub async fn deny(browser: &mut Browser, link: &str, login: &str) -> Result<Url> {
    let page = at_provider(browser, link).await?;
    let form = page.form()?.fill("login", login)?.fill("password", "any")?;
    let page = browser.submit(&page, &form).await?.page()?;
    match page.link("[ Cancel ]") {
        Ok(cancel) => browser.click(&page, &cancel).await?.left(),
        Err(_) => browser.submit(&page, &page.form()?.press("Cancel")?).await?.left(),
    }
}

/// Opens a link and goes on to the provider's first page.
pub async fn at_provider(browser: &mut Browser, link: &str) -> Result<Page> {
    let page = browser.open(link).await?.page()?;
    ensure!(page.status == 200, "{}", page.body);
    let form = page.form()?;
    let interim = browser.submit(&page, &form).await?.page()?;
    let onward = interim.link("Continue to")?;
    match browser.click(&interim, &onward).await? {
        Landing::Page(page) => Ok(page),
        Landing::Left(url) => bail!("left to {url} without consent"),
    }
}

/// The parameters of a return URL.
pub fn returned(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}
