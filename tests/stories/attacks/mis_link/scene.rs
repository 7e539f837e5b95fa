//! Two tools of one host, one of them at an authorization server that means harm; people, and what they bring to whom.

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::Double;
use jackfield_tests::doubles::github::{GitHub, OauthApp};
use jackfield_tests::doubles::hostile::{Deed, Endpoint, Hostile};
use jackfield_tests::doubles::relay::relay;
use jackfield_tests::host::{Answer, RETURN_URL, Tenant};
use jackfield_tests::scene::returned;
use serde_json::{Value, json};
use url::Url;

use crate::stage::{Party, Stage};

/// The host's name.
const HOST: &str = "connect.example.com";
/// What the honest tool calls the host.
pub(super) const GITHUB_CLIENT: &str = "host-at-github";

/// The scene.
pub(super) struct Scene {
    pub(super) stage: Stage,
    /// Acme: its OpenID client is at the server that means harm; it has the honest tool too.
    pub(super) acme: Party,
    /// Beta: its OpenID client is at an honest server.
    pub(super) beta: Party,
    /// The honest tool's provider.
    pub(super) github: GitHub,
    /// Where its codes come to.
    pub(super) github_callback: String,
    /// Where callbacks begin.
    callbacks: String,
    _front: Option<Double>,
}

/// Somebody on the way to a provider.
pub(super) struct Going {
    pub(super) session: String,
    pub(super) browser: Browser,
    /// The authorization request in hand.
    pub(super) asked: Url,
}

/// Somebody who comes back from one.
pub(super) struct Coming {
    pub(super) session: String,
    pub(super) browser: Browser,
    /// The callback in hand.
    pub(super) callback: Url,
}

impl Scene {
    /// The host under its name and over TLS, as in production.
    pub(super) async fn fronted() -> Result<Self> {
        let public = format!("https://{HOST}");
        let mut stage = Stage::set(Some(&public), |config| config.api.requests_per_minute = 0).await?;
        let front = relay(&stage.authority, HOST, Url::parse(&stage.host.url()?)?).await?;
        front.place_on(&mut stage.wire);
        Self::of(stage, public, Some(front)).await
    }

    /// The host under its own address, where tenants have host names of their own.
    pub(super) async fn plain() -> Result<Self> {
        let stage = Stage::set(None, |config| config.api.requests_per_minute = 0).await?;
        let public = stage.host.url()?;
        Self::of(stage, public, None).await
    }

    async fn of(mut stage: Stage, public: String, front: Option<Double>) -> Result<Self> {
        stage.host.install("github").await?;
        stage.host.install("api-token").await?;
        let (acme, beta) = (stage.party("evil").await?, stage.party("honest").await?);
        let (_, callback) = stage.host.client("github", GITHUB_CLIENT, "github-secret", json!({})).await?;
        let app = OauthApp {
            client_id: GITHUB_CLIENT.to_owned(),
            client_secret: "github-secret".to_owned(),
            callback: Url::parse(&callback)?,
        };
        let github = GitHub::start(&stage.authority, app).await?;
        for name in github.double().names() {
            stage.network.place(name, github.double().address());
        }
        github.double().place_on(&mut stage.wire);
        let callbacks = format!("{}/oauth/callback/", public.trim_end_matches('/'));
        Ok(Self { stage, acme, beta, github, github_callback: callback, callbacks, _front: front })
    }

    /// How many connections there are, of both tenants.
    pub(super) async fn linked(&self) -> Result<usize> {
        Ok(self.stage.connections(&self.acme.tenant).await? + self.stage.connections(&self.beta.tenant).await?)
    }

    /// How often any token endpoint was asked.
    pub(super) fn redeemed(&self) -> usize {
        let asked = |issuer| self.stage.servers.asked(issuer, Endpoint::Token).len();
        asked("evil") + asked("honest") + self.github.double().log().to("/login/oauth/access_token").len()
    }

    /// Everybody is honest again.
    pub(super) fn calm(&self) {
        self.stage.servers.disarm("evil");
        self.stage.servers.disarm("honest");
    }

    /// Somebody opens a link of a party's for OpenID Connect, and is about to go to its server.
    pub(super) async fn going(&self, party: &Party, end_user: &str) -> Result<Going> {
        let (session, link) = self.stage.link(party, end_user).await?;
        self.going_by(session, &link).await
    }

    /// The same for the honest tool.
    pub(super) async fn going_to_github(&self, tenant: &Tenant, end_user: &str) -> Result<Going> {
        let (session, link) = self.stage.host.session(tenant, "github", &["read-profile"], end_user).await?;
        self.going_by(session, &link).await
    }

    pub(super) async fn going_by(&self, session: String, link: &str) -> Result<Going> {
        let mut browser = self.halting();
        let asked = self.stage.asked(&mut browser, link).await?;
        Ok(Going { session, browser, asked })
    }

    /// A browser that stops with the callback in hand.
    pub(super) fn halting(&self) -> Browser {
        let mut browser = self.stage.browser();
        browser.leave_at(&self.callbacks);
        browser
    }

    /// Consents at an authorization server that asks nobody, as `login`.
    pub(super) async fn consent(&self, mut going: Going, login: &str) -> Result<Coming> {
        let mut asked = going.asked.clone();
        asked.query_pairs_mut().append_pair("login", login);
        let callback = going.browser.open(asked.as_str()).await?.left()?;
        Ok(Coming { session: going.session, browser: going.browser, callback })
    }

    /// Consents at the honest tool's page.
    pub(super) async fn consent_at_github(&self, mut going: Going) -> Result<Coming> {
        let page = going.browser.open(going.asked.as_str()).await?.page()?;
        let form = page.form()?.press("Authorize")?;
        let callback = going.browser.submit(&page, &form).await?.left()?;
        Ok(Coming { session: going.session, browser: going.browser, callback })
    }

    /// Somebody who connected at the server of a party, and has the callback in hand.
    pub(super) async fn coming(&self, party: &Party, end_user: &str, login: &str) -> Result<Coming> {
        let going = self.going(party, end_user).await?;
        self.consent(going, login).await
    }

    /// Brings a callback in the browser with these cookies.
    pub(super) async fn bring(&self, browser: &Browser, callback: &Url) -> Result<Landing> {
        let mut same = self.stage.browser();
        same.jar = browser.jar.clone();
        same.open(callback.as_str()).await
    }

    /// Brings a callback that must be refused.
    pub(super) async fn refused(&self, browser: &Browser, callback: &Url) -> Result<()> {
        match self.bring(browser, callback).await? {
            Landing::Page(page) if page.status == StatusCode::BAD_REQUEST => Ok(()),
            Landing::Page(page) => bail!("{}: {}", page.status, page.text()?),
            Landing::Left(url) => bail!("it was taken, and led to {url}"),
        }
    }

    /// Brings a callback that is in order; what the application is brought.
    pub(super) async fn accepted(&self, coming: &Coming) -> Result<Url> {
        self.bring(&coming.browser, &coming.callback).await?.left()
    }

    /// The application of a tenant completes for somebody, and is refused so.
    pub(super) async fn not_completed(&self, tenant: &Tenant, back: &Url, end_user: &str, code: &str) -> Result<()> {
        let answer = self.stage.host.complete(tenant, back, end_user).await?;
        ensure!(answer.code() == code, "{code} expected: {} {}", answer.status, answer.json);
        Ok(())
    }

    /// How far a session is.
    pub(super) async fn at(&self, tenant: &Tenant, session: &str) -> Result<String> {
        self.stage.host.get(&tenant.key, &format!("/v1/connect-sessions/{session}")).await?.text("/stage/at")
    }

    /// From now on the harmful server sends everybody who wants to consent there.
    pub(super) fn lead_astray(&self, to: &Url) {
        let moved = Deed::answer("303 See Other", &format!("location: {to}\r\n"), "");
        self.stage.servers.arm("evil", Endpoint::Authorize, moved);
    }

    /// A request to the host by its own address.
    pub(super) async fn raw(&self, name: &str, target: &str, cookies: &str) -> Result<Answer> {
        let request = Request::get("/").header("accept", "text/html").header("cookie", cookies);
        self.stage.host.send_at(name, target, request.body(Bytes::new())?).await
    }

    /// Changes a tenant.
    pub(super) async fn change(&self, tenant: &Tenant, change: Value) -> Result<()> {
        let path = format!("/v1/tenants/{}", tenant.id);
        let changed = self.stage.host.api(self.stage.host.operator(), Method::PATCH, &path, Some(change)).await?;
        ensure!(changed.status == StatusCode::OK, "{}", changed.json);
        Ok(())
    }

    /// Whom a link was made for connects with it, at both tools.
    pub(super) async fn right_person_connects(&self) -> Result<()> {
        for party in [&self.acme, &self.beta] {
            let coming = self.coming(party, "ada", "ada").await?;
            let back = self.accepted(&coming).await?;
            ensure!(back.as_str().starts_with(RETURN_URL), "{back}");
            let done = self.stage.host.complete(&party.tenant, &back, "ada").await?;
            ensure!(done.json["account"]["id"] == "ada", "{}", done.json);
        }
        let going = self.going_to_github(&self.acme.tenant, "ada").await?;
        let back = self.accepted(&self.consent_at_github(going).await?).await?;
        let done = self.stage.host.complete(&self.acme.tenant, &back, "ada").await?;
        ensure!(done.json["status"] == "active", "{}", done.json);
        Ok(())
    }
}

/// A query parameter, decoded.
pub(super) fn parameter(url: &Url, name: &str) -> Result<String> {
    returned(url).remove(name).with_context(|| format!("no {name} in {url}"))
}

/// The URL with a query parameter of another value, or without it.
pub(super) fn with(url: &Url, name: &str, value: Option<&str>) -> Url {
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url
}

/// Path and query of a URL.
pub(super) fn target(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// The one cookie of a browser that binds a request: its name and value.
pub(super) fn binding(browser: &Browser) -> Result<(String, String)> {
    let name = browser.jar.names().into_iter().find(|name| name.contains("jf-auth")).context("no cookie")?.to_owned();
    let value = browser.jar.value(&name).context("no value")?.to_owned();
    Ok((name, value))
}

/// The identifier of an issuer.
pub(super) fn issuer(name: &str) -> String {
    Hostile::issuer(name)
}
