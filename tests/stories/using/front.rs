//! What the stories about tokens begin with: a host, and a real OpenID provider behind a front that gives it a name, a log and faults.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use http::Method;
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::Browser;
use jackfield_tests::doubles::relay::relay_later;
use jackfield_tests::doubles::{Double, Fault, On, Recorded};
use jackfield_tests::host::{Answer, RETURN_URL, Setting, Tenant, TestHost};
use jackfield_tests::peer::{Peer, PeerClient, PeerSettings, Server};
use jackfield_tests::scene::consent;
use jackfield_tests::wire::Wire;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The provider's name.
pub(crate) const NAME: &str = "id.provider.test";
/// How long its access tokens live, in seconds.
pub(crate) const LIFE: i64 = 3600;

/// A host connected to a provider that can be switched to faults.
pub(crate) struct Fronted {
    pub(crate) host: TestHost,
    pub(crate) front: Double,
    pub(crate) tenant: Tenant,
    /// The id of the host's client.
    pub(crate) client: String,
    pub(crate) wire: Wire,
    pub(crate) server: Server,
    /// Whom the host trusts to know the provider's name.
    pub(crate) authority: Authority,
    _peer: Peer,
}

/// The token answers that passed the front.
#[derive(Clone, Default)]
pub(crate) struct Tapped(Arc<Mutex<Vec<Value>>>);

impl Tapped {
    /// A string member of the `place`th answer.
    pub(crate) fn text(&self, place: usize, member: &str) -> String {
        self.0.lock().unwrap()[place][member].as_str().unwrap().to_owned()
    }

    /// The `place`th answer.
    pub(crate) fn whole(&self, place: usize) -> Value {
        self.0.lock().unwrap()[place].clone()
    }
}

impl Fronted {
    /// A provider that people sign in at.
    pub(crate) async fn start() -> Self {
        Self::at(Server::OidcProvider).await
    }

    /// The same at that authorization server.
    pub(crate) async fn at(server: Server) -> Self {
        Self::of(server, |redirect_uri| PeerClient::code("jack", "jack-secret", redirect_uri)).await
    }

    /// A provider that gives machines tokens.
    pub(crate) async fn machine() -> Self {
        Self::machine_at(Server::OidcProvider).await
    }

    /// The same at that authorization server.
    pub(crate) async fn machine_at(server: Server) -> Self {
        Self::of(server, |_| PeerClient::machine("jack", "jack-secret")).await
    }

    async fn of(server: Server, registration: impl Fn(&str) -> PeerClient) -> Self {
        let authority = Authority::new().unwrap();
        let behind = Arc::new(OnceLock::new());
        let front = relay_later(&authority, NAME, Arc::clone(&behind)).await.unwrap();
        let hosts = BTreeMap::from([(NAME.to_owned(), front.address())]);
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
        host.install("openid-connect").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        let fields = json!({ "issuer": server.issuer_at(NAME) });
        let (client, redirect_uri) = host.client("openid-connect", "jack", "jack-secret", fields).await.unwrap();
        let settings = PeerSettings::of(vec![registration(&redirect_uri)]);
        let settings = PeerSettings { access_token_seconds: 3600, issuer: Some(format!("https://{NAME}")), ..settings };
        let peer = Peer::start(server, &settings).await.unwrap();
        behind.set(peer.listening().clone()).unwrap();
        let mut wire = Wire::trusting(&authority).unwrap();
        front.place_on(&mut wire);
        Self { host, front, tenant, client, wire, server, authority, _peer: peer }
    }

    /// Connects as a person of the provider; answers the connection's id.
    pub(crate) async fn connect(&self, login: &str) -> String {
        let actions = ["sign-in", "read-profile", "stay-connected"];
        let (_, link) = self.host.session(&self.tenant, "openid-connect", &actions, login).await.unwrap();
        let made = self.consent(&link, login).await;
        assert_eq!(made.json["status"], "active", "{}", made.json);
        made.text("/id").unwrap()
    }

    /// Consents at a link and completes its session.
    pub(crate) async fn consent(&self, link: &str, login: &str) -> Answer {
        let mut browser = Browser::new(self.wire.clone());
        browser.leave_at(RETURN_URL);
        let returned = consent(&mut browser, link, login).await.unwrap();
        self.host.complete(&self.tenant, &returned, login).await.unwrap()
    }

    /// The link that reauthorizes a connection.
    pub(crate) async fn again(&self, id: &str, end_user: &str) -> String {
        let made = self.ask(id, "reauthorize", json!({ "end_user": end_user, "return_url": RETURN_URL })).await;
        made.text("/url").unwrap()
    }

    /// `POST /v1/connections/{id}/{verb}`.
    pub(crate) async fn ask(&self, id: &str, verb: &str, body: Value) -> Answer {
        self.host.post(&self.tenant.key, &format!("/v1/connections/{id}/{verb}"), body).await.unwrap()
    }

    /// A lease that is good for so many seconds.
    pub(crate) async fn lease(&self, id: &str, min_valid: i64) -> Answer {
        self.ask(id, "lease", json!({ "min_valid": min_valid })).await
    }

    /// A lease that must be given: its token.
    pub(crate) async fn token(&self, id: &str, min_valid: i64) -> String {
        let lease = self.lease(id, min_valid).await;
        assert_eq!(lease.status, 200, "{}", lease.json);
        lease.text("/credential/token").unwrap()
    }

    /// The connection as the API shows it.
    pub(crate) async fn show(&self, id: &str) -> Value {
        self.host.get(&self.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json
    }

    /// Deletes the connection.
    pub(crate) async fn delete(&self, id: &str) -> Answer {
        self.host.api(&self.tenant.key, Method::DELETE, &format!("/v1/connections/{id}"), None).await.unwrap()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.host.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Strikes the next token request.
    pub(crate) fn strike(&self, fault: Fault) {
        self.front.faults().once(On::path(self.server.token_path()), fault);
    }

    /// Notes the next token answer.
    pub(crate) fn tap(&self, tapped: &Tapped) {
        let tapped = tapped.clone();
        self.strike(Fault::edit(move |value| tapped.0.lock().unwrap().push(value.clone())));
    }

    /// Whether the host counts one refresh that ended so.
    pub(crate) async fn counts_one(&self, outcome: &str) -> bool {
        let metrics = self.host.get(self.host.operator(), "/metrics").await.unwrap();
        let line = format!("jackfield_refreshes_total{{outcome=\"{outcome}\"}} 1\n");
        String::from_utf8_lossy(&metrics.body).contains(&line)
    }

    /// The refresh requests that reached the provider.
    pub(crate) fn refreshes(&self) -> Vec<Recorded> {
        let mut requests = self.front.log().to(self.server.token_path());
        requests.retain(|request| request.form_value("grant_type").as_deref() == Some("refresh_token"));
        requests
    }
}
