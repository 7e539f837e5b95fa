//! Two tools of one host, one of them at an authorization server that means harm; people, and what they bring to whom.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::Double;
use jackfield_tests::doubles::github::{GitHub, OauthApp, Person};
use jackfield_tests::doubles::hostile::{Deed, Endpoint, Hostile};
use jackfield_tests::doubles::relay::relay;
use jackfield_tests::host::{Answer, RETURN_URL, Tenant};
use jackfield_tests::scene::returned;
use serde_json::{Value, json};
use url::Url;

use crate::stage::{ACTIONS, Party, Stage};

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
    /// Connections that people have: by connector, tenant and end user.
    theirs: BTreeMap<(&'static str, String, &'static str), String>,
    /// Whether links are to renew them.
    renewing: AtomicBool,
    _front: Option<Double>,
}

/// Every connection there is by its id, with all that can be read of it.
pub(super) type Standing = BTreeMap<String, Value>;

/// People and who they are at a provider.
const PEOPLE: [(&str, &str); 2] = [("victim", "victim"), ("attacker", "mallory")];

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
        let (theirs, renewing) = (BTreeMap::new(), AtomicBool::new(false));
        let mut scene =
            Self { stage, acme, beta, github, github_callback: callback, callbacks, theirs, renewing, _front: front };
        scene.settle().await?;
        Ok(scene)
    }

    /// Everybody has a connection of each kind, which no attack may touch.
    async fn settle(&mut self) -> Result<()> {
        for (end_user, login) in PEOPLE {
            for party in [self.acme.clone(), self.beta.clone()] {
                let made = self.stage.connect(&party, end_user, login).await?;
                self.theirs.insert(("openid-connect", party.tenant.id, end_user), made.text("/id")?);
            }
            let going = self.going_to_github(&self.acme.tenant, end_user).await?;
            let back = self.accepted(&self.consent_at_github(going).await?).await?;
            let made = self.stage.host.complete(&self.acme.tenant, &back, end_user).await?;
            self.theirs.insert(("github", self.acme.tenant.id.clone(), end_user), made.text("/id")?);
        }
        Ok(())
    }

    /// From now on links are to renew the connection that its person has, or to make one.
    pub(super) fn links_renew(&self, renew: bool) {
        self.renewing.store(renew, Ordering::SeqCst);
    }

    /// All connections of both tenants as they are.
    pub(super) async fn standing(&self) -> Result<Standing> {
        let mut all = Standing::new();
        for tenant in [&self.acme.tenant, &self.beta.tenant] {
            let listed = self.stage.host.get(&tenant.key, "/v1/connections?limit=200").await?;
            for connection in listed.json["items"].as_array().context("a list")? {
                all.insert(connection["id"].as_str().context("an id")?.to_owned(), connection.clone());
            }
        }
        ensure!(all.len() >= self.theirs.len(), "connections are gone");
        Ok(all)
    }

    /// A link of a tenant's for somebody, and its session: one that renews, where that is wanted and there is something.
    pub(super) async fn link(
        &self,
        tenant: &Tenant,
        connector: &'static str,
        end_user: &str,
    ) -> Result<(String, String)> {
        let theirs = PEOPLE.iter().find(|(name, _)| *name == end_user);
        let own = theirs.and_then(|(name, _)| self.theirs.get(&(connector, tenant.id.clone(), *name)));
        match own.filter(|_| self.renewing.load(Ordering::SeqCst)) {
            Some(id) => self.renewal(tenant, id, end_user).await,
            None if connector == "github" => {
                self.stage.host.session(tenant, connector, &["read-profile"], end_user).await
            }
            None => self.stage.host.session(tenant, connector, &ACTIONS, end_user).await,
        }
    }

    async fn renewal(&self, tenant: &Tenant, id: &str, end_user: &str) -> Result<(String, String)> {
        let wanted = json!({ "end_user": end_user, "return_url": RETURN_URL });
        let made = self.stage.host.post(&tenant.key, &format!("/v1/connections/{id}/reauthorize"), wanted).await?;
        ensure!(made.status.is_success(), "no link: {}", made.json);
        Ok((made.text("/id")?, made.text("/url")?))
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
        let (session, link) = self.link(&party.tenant, "openid-connect", end_user).await?;
        self.going_by(session, &link).await
    }

    /// The same for the honest tool.
    pub(super) async fn going_to_github(&self, tenant: &Tenant, end_user: &str) -> Result<Going> {
        self.at_github(end_user);
        let (session, link) = self.link(tenant, "github", end_user).await?;
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

    /// Who sits before the browser that goes to the honest tool's provider.
    pub(super) fn at_github(&self, end_user: &str) {
        self.github.sign_in(person(end_user));
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

    /// The person renews each connection of theirs, which keeps its id and its account and has a new version.
    pub(super) async fn right_person_connects_again(&self) -> Result<()> {
        let before = self.standing().await?;
        self.links_renew(true);
        for party in [&self.acme, &self.beta] {
            let back = self.accepted(&self.coming(party, "victim", "victim").await?).await?;
            self.renewed(&before, &party.tenant, "openid-connect", &back).await?;
        }
        let going = self.going_to_github(&self.acme.tenant, "victim").await?;
        let back = self.accepted(&self.consent_at_github(going).await?).await?;
        self.renewed(&before, &self.acme.tenant, "github", &back).await?;
        self.links_renew(false);
        Ok(())
    }

    async fn renewed(&self, before: &Standing, tenant: &Tenant, connector: &'static str, back: &Url) -> Result<()> {
        let id = self.theirs.get(&(connector, tenant.id.clone(), "victim")).context("a connection")?;
        let old = before.get(id).context("it stood before")?;
        let new = self.stage.host.complete(tenant, back, "victim").await?.json;
        ensure!(new["id"] == *id && new["account"]["id"] == old["account"]["id"], "{old} {new}");
        ensure!(new["version"].as_u64() > old["version"].as_u64() && new["status"] == "active", "{old} {new}");
        Ok(())
    }
}

/// Who somebody is at the honest tool.
fn person(end_user: &str) -> Person {
    let id = PEOPLE.iter().position(|(name, _)| *name == end_user).map_or(1, |at| at as u64 + 2);
    Person { id, login: end_user.to_owned() }
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
