//! What the stories about lost rotations begin with: a connection for each thing that becomes of a refresh token, at an issuer
//! whose token endpoints can be cut off at every moment of a refresh.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Result;
use futures::future::join_all;
use http::Method;
use jackfield_server::clock::{Clock as _, SystemClock};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::Browser;
use jackfield_tests::doubles::rotating::{CLIENT, Rotating};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::process::ask;
use jackfield_tests::wire::Wire;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// The guest's methods: what it declares of each is in its name.
pub(crate) const ROTATIONS: [&str; 4] = ["none", "grace", "strict", "unknown"];
/// How long a token endpoint is waited for here, in milliseconds: enough for one that works on a busy machine.
const PATIENCE: u64 = 3000;

/// A host with four connections.
pub(crate) struct Rotations {
    pub(crate) host: TestHost,
    pub(crate) issuer: Rotating,
    tenant: Tenant,
    wire: Wire,
    /// The connections, in the order of [`ROTATIONS`].
    pub(crate) ids: Vec<String>,
}

impl Rotations {
    /// Connects each of them.
    pub(crate) async fn start() -> Self {
        let authority = Authority::new().unwrap();
        jackfield_tests::components::ready().unwrap();
        let issuer = Rotating::start(&authority, SystemClock.now().as_second()).await.unwrap();
        let hosts = issuer.issuer().placed().into_iter().chain(issuer.tokens().placed()).collect();
        let setting = Setting {
            configure: Some(|config| {
                config.timeouts.connect_ms = PATIENCE / 2;
                config.timeouts.token_ms = PATIENCE;
                config.timeouts.metadata_ms = PATIENCE;
            }),
            ..Setting::with_doubles(crate::PROGRAM, &authority, hosts)
        };
        let host = TestHost::start(setting).await.unwrap();
        host.install("rotations").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        host.client("rotations", CLIENT, "jack-secret", json!({})).await.unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        issuer.issuer().place_on(&mut wire);
        let mut scene = Self { host, issuer, tenant, wire, ids: Vec::new() };
        for method in ROTATIONS {
            let id = scene.connect(method).await;
            scene.ids.push(id);
        }
        scene
    }

    async fn connect(&self, method: &str) -> String {
        let (_, link) = self.host.session(&self.tenant, "rotations", &["sign-in"], "u-1").await.unwrap();
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let page = browser.open(&format!("{link}?method={method}")).await.unwrap().page().unwrap();
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        let returned = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().left().unwrap();
        let made = self.host.complete(&self.tenant, &returned, "u-1").await.unwrap();
        assert_eq!((&made.json["status"], &made.json["version"]), (&json!("active"), &json!(1)), "{}", made.json);
        made.text("/id").unwrap()
    }

    /// The tenant's key.
    pub(crate) fn key(&self) -> &str {
        &self.tenant.key
    }

    /// Where the API has the connections.
    pub(crate) fn paths(&self) -> impl Iterator<Item = String> {
        self.ids.iter().map(|id| format!("/v1/connections/{id}"))
    }

    /// Where the providers are.
    pub(crate) fn providers(&self) -> BTreeMap<String, SocketAddr> {
        self.issuer.issuer().placed().into_iter().chain(self.issuer.tokens().placed()).collect()
    }

    /// The same with the token endpoints somewhere else.
    pub(crate) fn providers_but_tokens_at(&self, address: SocketAddr) -> BTreeMap<String, SocketAddr> {
        let mut providers = self.providers();
        for name in self.issuer.tokens().names() {
            providers.insert(name.clone(), address);
        }
        providers
    }

    /// The same host anew, with the providers there; what it kept in memory is gone.
    pub(crate) async fn start_anew(&mut self, providers: BTreeMap<String, SocketAddr>) {
        self.host.stop().await.unwrap();
        self.host.config_mut().egress.hosts = providers;
        self.host.start_again().await.unwrap();
    }

    /// Strikes the next refresh of each connection.
    pub(crate) fn strike(&self, fault: &Fault) {
        for method in ROTATIONS {
            self.issuer.tokens().faults().once(On::path(&format!("/{method}")), fault.clone());
        }
    }

    /// Asks for all four refreshes at once.
    pub(crate) async fn refresh_all(&self) -> Vec<Answer> {
        join_all(self.ids.iter().map(|id| self.ask(id, "refresh", json!({})))).await
    }

    /// Asks for all four refreshes of the host at that address, each in a task of its own.
    pub(crate) fn asking(&self, base: &str) -> Vec<JoinHandle<Result<Answer>>> {
        let ask = |id: &String| {
            let (base, key) = (base.to_owned(), self.tenant.key.clone());
            let path = format!("/v1/connections/{id}/refresh");
            tokio::spawn(async move { ask(&base, &key, Method::POST, &path, None).await })
        };
        self.ids.iter().map(ask).collect()
    }

    /// `POST /v1/connections/{id}/{verb}`.
    pub(crate) async fn ask(&self, id: &str, verb: &str, body: Value) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), body).await.unwrap()
    }

    /// The connection as the API shows it.
    pub(crate) async fn show(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
    }

    /// The kinds of what its timeline tells.
    pub(crate) async fn told(&self, id: &str) -> Vec<String> {
        let path = format!("/v1/connections/{id}/timeline");
        let timeline = self.host.get(&self.tenant.key, &path).await.unwrap().json;
        timeline["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.host.clock.advance(SignedDuration::from_secs(seconds));
    }
}
