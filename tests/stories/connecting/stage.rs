//! The stage of these stories: host and provider under names of their own and over TLS, as in production, with a fault at every turn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Request, StatusCode};
use jackfield_server::clock::{Clock, SystemClock};
use jackfield_server::config::Config;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Landing, Page};
use jackfield_tests::doubles::relay::{relay, relay_later};
use jackfield_tests::doubles::{Double, Fault, On, Recorded};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::peer::{Peer, PeerClient, PeerSettings, Server};
use jackfield_tests::scene;
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

/// The provider's name.
pub(crate) const PROVIDER: &str = "id.provider.test";
/// Its issuer identifier.
pub(crate) const ISSUER: &str = "https://id.provider.test";
/// The host's name.
pub(crate) const HOST: &str = "connect.example.com";
/// A client whose id and secret mean something to Basic authentication and to forms.
pub(crate) const ODD: (&str, &str) = ("odd id:/+%", "odd secret:&=?%41");
/// Where callbacks begin.
const CALLBACKS: &str = "https://connect.example.com/oauth/callback/";

/// RFC 8414 section 3.1 and OpenID Connect Discovery 1.0 section 4, in the order they are asked for (MD-1).
pub(crate) const METADATA: [&str; 2] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

/// A host and `oidc-provider`, two tenants, and a client for each.
pub(crate) struct Stage {
    pub(crate) host: TestHost,
    /// What stands in front of the provider: its log and its faults.
    pub(crate) provider: Double,
    /// Connects through the operator's client.
    pub(crate) acme: Tenant,
    /// Has a client of its own.
    pub(crate) beta: Tenant,
    /// The operator's client, and its redirect URI.
    pub(crate) shared: (String, String),
    /// Beta's client, and its redirect URI.
    pub(crate) own: (String, String),
    wire: Wire,
    _front: Double,
    _peer: Peer,
}

/// A person of the application and the link made for them.
pub(crate) struct Invited {
    /// The connect session's id.
    pub(crate) session: String,
    /// Its link.
    pub(crate) link: String,
}

impl Stage {
    /// Everything with its defaults.
    pub(crate) async fn start() -> Self {
        Self::configured(|_| {}).await
    }

    /// With a changed configuration of the host.
    pub(crate) async fn configured(configure: fn(&mut Config)) -> Self {
        Self::build(configure).await.unwrap()
    }

    async fn build(configure: fn(&mut Config)) -> Result<Self> {
        let authority = Authority::new()?;
        let behind = Arc::new(OnceLock::new());
        let provider = relay_later(&authority, PROVIDER, Arc::clone(&behind)).await?;
        let hosts = BTreeMap::from([(PROVIDER.to_owned(), provider.address())]);
        let setting = Setting {
            public_url: Some("https://connect.example.com"),
            configure: Some(configure),
            ..Setting::with_doubles(crate::PROGRAM, &authority, hosts)
        };
        let host = TestHost::start(setting).await?;
        host.install("openid-connect").await?;
        let (acme, beta) = (host.tenant("Acme").await?, host.tenant("Beta").await?);
        let shared = host.client("openid-connect", "jack", "jack-secret", json!({ "issuer": ISSUER })).await?;
        let own = client_of(&host, &beta, "beta-at-provider", "beta-secret", json!({ "issuer": ISSUER })).await?;
        let clients = vec![
            PeerClient::code("jack", "jack-secret", &shared.1),
            PeerClient::code("beta-at-provider", "beta-secret", &own.1),
            PeerClient::machine("m2m", "m2m-secret"),
            PeerClient::machine(ODD.0, ODD.1),
        ];
        let settings =
            PeerSettings { issuer: Some(ISSUER.to_owned()), access_token_seconds: 3600, ..PeerSettings::of(clients) };
        let peer = Peer::start(Server::OidcProvider, &settings).await?;
        behind.set(peer.listening().clone()).ok().context("the peer started once")?;
        let front = relay(&authority, HOST, Url::parse(&host.url()?)?).await?;
        let mut wire = Wire::trusting(&authority)?;
        provider.place_on(&mut wire);
        front.place_on(&mut wire);
        // Building components may have taken minutes, in which only the provider's clock went on.
        host.clock.advance(SystemClock.now().duration_since(host.clock.now()));
        Ok(Self { host, provider, acme, beta, shared, own, wire, _front: front, _peer: peer })
    }

    /// A person's browser; it stops where the application would take over.
    pub(crate) fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        browser
    }

    /// A browser that stops on the way back from the provider too: what it was about to bring is in hand.
    pub(crate) fn halting(&self) -> Browser {
        let mut browser = self.browser();
        browser.leave_at(CALLBACKS);
        browser
    }

    /// The same person's browser, going on.
    pub(crate) fn same(&self, halted: &Browser) -> Browser {
        let mut browser = self.browser();
        browser.jar = halted.jar.clone();
        browser
    }

    /// A session of Acme's for a person.
    pub(crate) async fn invite(&self, end_user: &str) -> Invited {
        self.invite_for(&self.acme, &["sign-in", "read-profile", "stay-connected"], end_user).await
    }

    /// A session of a tenant's for a person and these actions.
    pub(crate) async fn invite_for(&self, tenant: &Tenant, actions: &[&str], end_user: &str) -> Invited {
        let (session, link) = self.host.session(tenant, "openid-connect", actions, end_user).await.unwrap();
        Invited { session, link }
    }

    /// Consents as `login` and stops with the callback in hand.
    pub(crate) async fn halted(&self, link: &str, login: &str) -> (Browser, Url) {
        let mut browser = self.halting();
        let callback = scene::consent(&mut browser, link, login).await.unwrap();
        (browser, callback)
    }

    /// Consents as `login` and comes back to the application.
    pub(crate) async fn returned(&self, link: &str, login: &str) -> Url {
        scene::consent(&mut self.browser(), link, login).await.unwrap()
    }

    /// Brings a callback in this browser.
    pub(crate) async fn bring(&self, browser: &Browser, callback: &Url) -> Landing {
        self.same(browser).open(callback.as_str()).await.unwrap()
    }

    /// Brings a callback that is refused: the page that says so.
    pub(crate) async fn refused(&self, browser: &Browser, callback: &Url) -> Page {
        let page = self.bring(browser, callback).await.page().unwrap();
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.body);
        assert!(page.text().unwrap().contains("Nothing was changed"), "{}", page.body);
        page
    }

    /// Completes in Acme's name.
    pub(crate) async fn complete(&self, returned: &Url, end_user: &str) -> Answer {
        self.host.complete(&self.acme, returned, end_user).await.unwrap()
    }

    /// Connects from link to connection as Acme's `end_user` and the provider's `login`.
    pub(crate) async fn connect(&self, end_user: &str, login: &str) -> Value {
        let invited = self.invite(end_user).await;
        let completed = self.complete(&self.returned(&invited.link, login).await, end_user).await;
        assert_eq!(
            (completed.status, &completed.json["status"]),
            (StatusCode::OK, &json!("active")),
            "{}",
            completed.json
        );
        completed.json
    }

    /// Strikes the issuer's metadata, wherever it is asked for, until the faults are cleared.
    pub(crate) fn spoil_metadata(&self, fault: &Fault) {
        for path in METADATA {
            self.provider.faults().always(On::path(path), fault.clone());
        }
    }

    /// Reads something of Acme's.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.host.get(&self.acme.key, path).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer.json
    }

    /// How far a session of Acme's is: `open`, `parked`, `completed` or `ended`.
    pub(crate) async fn at(&self, session: &str) -> String {
        let read = self.read(&format!("/v1/connect-sessions/{session}")).await;
        read["stage"]["at"].as_str().unwrap().to_owned()
    }

    /// How many connections Acme has.
    pub(crate) async fn connections(&self) -> usize {
        self.read("/v1/connections").await["items"].as_array().unwrap().len()
    }

    /// What the token endpoint was asked so far.
    pub(crate) fn redeemed(&self) -> Vec<Recorded> {
        self.provider.log().to("/token")
    }

    /// Any request to the host, by its own address.
    pub(crate) async fn raw(&self, target: &str, cookies: &str) -> Answer {
        let request = Request::get("/").header("accept", "text/html").header("cookie", cookies);
        self.host.send(target, request.body(Bytes::new()).unwrap()).await.unwrap()
    }
}

/// Registers a client of a tenant's; answers its id and its redirect URI.
pub(crate) async fn client_of(
    host: &TestHost,
    tenant: &Tenant,
    id: &str,
    secret: &str,
    fields: Value,
) -> Result<(String, String)> {
    let wanted = json!({
        "connector": "openid-connect", "tenant": tenant.id, "client_id": id, "client_secret": secret, "fields": fields
    });
    let made = host.post(host.operator(), "/v1/clients", wanted).await?;
    ensure!(made.status.is_success(), "no client: {}", made.json);
    Ok((made.text("/id")?, made.text("/redirect_uri")?))
}

/// Path and query of a URL.
pub(crate) fn target(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// A query parameter, decoded.
pub(crate) fn parameter(url: &Url, name: &str) -> Result<String> {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).with_context(|| format!("no {name} in {url}"))
}

/// The URL with a query parameter of another value, or without it.
pub(crate) fn with(url: &Url, name: &str, value: Option<&str>) -> Url {
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url
}

/// What a list of things with ids names.
pub(crate) fn ids(list: &Value) -> BTreeSet<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item["id"].as_str()).map(str::to_owned).collect()
}
