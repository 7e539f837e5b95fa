//! What the guests meet: a host with a well-behaved neighbour, the provider they declare, one they declare without the
//! credential, and a listener that nobody should ever reach.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use jackfield_server::config::Config;
use jackfield_server::outbound::Resolver;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::Browser;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::host_log::{self, HostLog};
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::login::Login;

/// The token of every guest's connection.
pub(crate) const TOKEN: &str = "k7Qm2Zx9LwR4tVb8NsKd3Hf6JyPc5GeU";

/// A host, its guests' surroundings, and a neighbour that is connected already.
pub(crate) struct Scene {
    pub(crate) host: TestHost,
    pub(crate) tenant: Tenant,
    /// Answers `provider.test`.
    pub(crate) provider: Api,
    /// Answers `other.test`.
    pub(crate) other: Api,
    /// Answers `login.test`.
    pub(crate) login: Login,
    /// Where `undeclared.test`, and every name without a double, leads.
    pub(crate) canary: Canary,
    /// What hosts wrote to their log.
    pub(crate) log: HostLog,
    /// Whom hosts trust.
    pub(crate) authority: Authority,
    neighbour: String,
    wire: Wire,
}

impl Scene {
    /// The scene with the default bounds.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The scene with a configuration of its own.
    pub(crate) async fn with(configure: fn(&mut Config)) -> Self {
        let log = host_log::captured();
        let authority = Authority::new().unwrap();
        let bearer = || Placement::Header("authorization".into(), "Bearer ".into());
        let provider = Api::start(&authority, "provider.test", bearer()).await.unwrap();
        provider.accept(TOKEN, "alice");
        let other = Api::start(&authority, "other.test", bearer()).await.unwrap();
        let login = Login::start(&authority).await;
        let canary = Canary::listen().await;
        let mut hosts = BTreeMap::from([("undeclared.test".to_owned(), canary.address)]);
        for double in [provider.double(), other.double(), login.double()] {
            hosts.extend(double.names().iter().map(|name| (name.clone(), double.address())));
        }
        let mut wire = Wire::trusting(&authority).unwrap();
        login.double().place_on(&mut wire);
        let mut setting = Setting::with_doubles(crate::PROGRAM, &authority, hosts);
        setting.resolver = Arc::new(Inside);
        setting.configure = Some(configure);
        let host = TestHost::start(setting).await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let mut scene =
            Self { host, tenant, provider, other, login, canary, log, authority, neighbour: String::new(), wire };
        let neighbour = scene.connect("well_behaved").await;
        assert_eq!(neighbour["status"], "active", "{neighbour}");
        neighbour["id"].as_str().unwrap().clone_into(&mut scene.neighbour);
        scene
    }

    /// Installs a guest, approves it and connects it with the token.
    pub(crate) async fn connect(&self, guest: &str) -> Value {
        let connector = self.host.install(guest).await.unwrap();
        let wanted = json!({ "connector": connector, "method": "token", "fields": { "token": TOKEN } });
        self.made(wanted).await
    }

    /// Makes a connection.
    pub(crate) async fn made(&self, wanted: Value) -> Value {
        self.made_for(&self.tenant, wanted).await
    }

    /// Makes a connection of another tenant.
    pub(crate) async fn made_for(&self, tenant: &Tenant, wanted: Value) -> Value {
        let made = self.host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
        assert!(made.status.is_success(), "{}", made.json);
        made.json
    }

    /// Verifies a connection.
    pub(crate) async fn verify(&self, id: &str) -> Value {
        self.verify_for(&self.tenant, id).await
    }

    /// Verifies a connection of another tenant.
    pub(crate) async fn verify_for(&self, tenant: &Tenant, id: &str) -> Value {
        let verified = self.host.post(&tenant.key, &format!("/v1/connections/{id}/verify"), json!({})).await;
        verified.unwrap().json
    }

    /// Connects as a person who consents at `login.test`; the answer to completing.
    pub(crate) async fn consent(&self, connector: &str, method: &str, end_user: &str) -> Answer {
        let (_, link) = self.host.session(&self.tenant, connector, &[], end_user).await.unwrap();
        let mut browser = self.browser();
        let page = browser.open(&format!("{link}?method={method}")).await.unwrap().page().unwrap();
        let form = page.form().unwrap();
        let interim = browser.submit(&page, &form).await.unwrap().page().unwrap();
        let onward = interim.link("Continue to").unwrap();
        let returned = browser.click(&interim, &onward).await.unwrap().left().unwrap();
        self.host.complete(&self.tenant, &returned, end_user).await.unwrap()
    }

    /// A person's browser, which stops at the application.
    pub(crate) fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        browser
    }

    /// Verifies the neighbour's connection.
    pub(crate) async fn verify_neighbour(&self) -> Value {
        self.verify(&self.neighbour).await
    }

    /// The next call of another connector works, whatever came before.
    pub(crate) async fn neighbour_works(&self) {
        let verified = self.verify_neighbour().await;
        assert_eq!(verified["status"], "active", "{verified}");
        assert!(verified["verification"]["failure"].is_null(), "{verified}");
    }

    /// Connects a guest that must fail, and says how: its failure's code and message.
    pub(crate) async fn fails(&self, guest: &str) -> (String, String) {
        let connection = self.connect(guest).await;
        assert_eq!(connection["status"], "failing", "{connection}");
        self.neighbour_works().await;
        failure(&connection)
    }

    /// Uploads a component that must be refused, and says why.
    pub(crate) async fn refused(&self, component: Vec<u8>) -> Answer {
        let answer = self.host.upload(component).await.unwrap();
        assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.json);
        self.neighbour_works().await;
        answer
    }
}

/// Code and message of a connection's last verification.
pub(crate) fn failure(connection: &Value) -> (String, String) {
    let failure = &connection["verification"]["failure"];
    let text = |key: &str| failure[key].as_str().unwrap_or_else(|| panic!("no {key}: {connection}")).to_owned();
    (text("code"), text("message"))
}

/// The detail of a problem.
pub(crate) fn detail(answer: &Answer) -> String {
    answer.text("/detail").unwrap()
}

/// A resolver that some attacker controls: every name leads into the host's own network.
struct Inside;

#[async_trait::async_trait]
impl Resolver for Inside {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

/// A listener on this machine that nobody should reach.
pub(crate) struct Canary {
    listener: std::net::TcpListener,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Canary {
    async fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().into_std().unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    /// Whether nobody came so far.
    pub(crate) fn untouched(&self) -> bool {
        self.listener.accept().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// Nobody came: a connection that was made waits in the listener's queue, whoever made it.
    pub(crate) fn is_untouched(&self) {
        let error = self.listener.accept().map(|(_, from)| from).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "{error}");
    }

    /// Somebody can reach it: what makes the other answer worth something.
    pub(crate) async fn is_reachable(&self) {
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let from = self.listener.accept().unwrap().1;
        assert_eq!(from, stream.local_addr().unwrap());
    }
}
