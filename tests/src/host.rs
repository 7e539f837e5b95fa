//! A host to test: the real one, in this process, on a fresh store, with a clock that stands until it is moved.

mod answer;
mod rewritten;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use jackfield_server::clock::{Clock, ManualClock, SystemClock};
use jackfield_server::config::Config;
use jackfield_server::entropy::SystemEntropy;
use jackfield_server::outbound::{Resolver, SystemResolver};
use jackfield_server::serve::{self, Housekeeping, Parts, RunningHost, ServeError};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::authority::Authority;
use crate::components::component;
use crate::described::{self, Asked};
use crate::wire::Wire;

pub use answer::Answer;

/// Where people go after connecting.
pub const RETURN_URL: &str = "https://app.example.com/connected";

/// What a story sets about its host.
pub struct Setting<'a> {
    /// `jackfield`, for compiling: `env!("CARGO_BIN_EXE_jackfield-under-test")`.
    pub program: &'a str,
    /// Whether plain HTTP to loopback is allowed.
    pub loopback: bool,
    /// Where doubles answer, by host name.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Whom to trust for them.
    pub authority: Option<&'a Authority>,
    /// The public URL, where it is not the address itself.
    pub public_url: Option<&'a str>,
    /// Answers for names that are not mapped; the machine's own by default.
    pub resolver: Arc<dyn Resolver>,
    /// Changes the configuration further.
    pub configure: Option<fn(&mut Config)>,
}

impl<'a> Setting<'a> {
    /// Loopback allowed, no doubles.
    pub fn plain(program: &'a str) -> Self {
        Self {
            program,
            loopback: true,
            hosts: BTreeMap::new(),
            authority: None,
            public_url: None,
            resolver: Arc::new(SystemResolver),
            configure: None,
        }
    }

    /// Doubles at these names, over TLS; nothing on loopback beside them.
    pub fn with_doubles(program: &'a str, authority: &'a Authority, hosts: BTreeMap<String, SocketAddr>) -> Self {
        Self { loopback: false, hosts, authority: Some(authority), ..Self::plain(program) }
    }
}

/// A running host and what it takes to start it again.
pub struct TestHost {
    running: Option<RunningHost>,
    config: Config,
    parts: Parts,
    /// Moves the host's time.
    pub clock: ManualClock,
    /// Reaches it.
    pub wire: Wire,
    folder: TempDir,
    operator: String,
}

/// A tenant with a key that may do everything a tenant's key can.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its API key.
    pub key: String,
}

impl TestHost {
    /// Starts a host on a fresh store.
    pub async fn start(setting: Setting<'_>) -> Result<Self> {
        // Built first: compiling takes longer than clocks may differ.
        crate::components::ready()?;
        let folder = tempfile::tempdir()?;
        let mut config = Config::below(folder.path());
        // Stories begin more in one moment of their clock than people do; the story of that bound sets it.
        config.api.starts_per_minute = 0;
        config.egress.allow_loopback = setting.loopback;
        config.egress.hosts = setting.hosts;
        config.public_url = setting.public_url.map(Url::parse).transpose()?;
        if let Some(authority) = setting.authority {
            let file = folder.path().join("authority.pem");
            std::fs::write(&file, authority.root_pem())?;
            config.egress.ca_file = Some(file);
        }
        if let Some(configure) = setting.configure {
            configure(&mut config);
        }
        let clock = ManualClock::at(SystemClock.now());
        let compiler = serve::compiler(Path::new(setting.program));
        let entropy = Arc::new(SystemEntropy::default());
        let housekeeping = Housekeeping::WhenAsked;
        let parts =
            Parts { clock: Arc::new(clock.clone()), entropy, resolver: setting.resolver, compiler, housekeeping };
        let running = serve::start(config.clone(), parts.clone()).await?;
        let operator = std::fs::read_to_string(&config.operator_key).context("the first operator key")?;
        let operator = operator.trim().to_owned();
        Ok(Self { running: Some(running), config, parts, clock, wire: Wire::loopback(), folder, operator })
    }

    /// The host itself, for what no story can say over HTTP.
    pub fn running(&self) -> Result<&RunningHost> {
        self.running.as_ref().context("the host was stopped")
    }

    /// Its base URL without a slash at the end, as this machine reaches it.
    pub fn url(&self) -> Result<String> {
        Ok(format!("http://{}", self.running()?.address))
    }

    /// Its folder: `data/` and what lies beside it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its configuration, to start it otherwise.
    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// The operator's key.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// Stops it, letting refreshes finish.
    pub async fn stop(&mut self) -> Result<()> {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        Ok(())
    }

    /// One round of housekeeping, and all that it began.
    pub async fn keep_house(&self) -> Result<()> {
        let service = &self.running()?.service;
        service.tick().await?;
        service.rest().await;
        Ok(())
    }

    /// Starts it again on the same store.
    pub async fn start_again(&mut self) -> std::result::Result<(), ServeError> {
        self.running = Some(serve::start(self.config.clone(), self.parts.clone()).await?);
        Ok(())
    }

    /// One API request with a key; `body` is JSON.
    pub async fn api(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Result<Answer> {
        let mut request = Request::builder().method(method).header(AUTHORIZATION, format!("Bearer {key}"));
        let bytes = match body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        self.send(path, request.body(bytes)?).await
    }

    /// Any request. The answer is held against the description of the API.
    pub async fn send(&self, path: &str, request: Request<Bytes>) -> Result<Answer> {
        let url = Url::parse(&format!("{}{path}", self.url()?))?;
        let (method, body) = (request.method().clone(), request.body().clone());
        let answer = Answer::of(self.wire.send(&url, request).await?);
        described::check(&Asked { method: &method, path, body: &body }, &answer)?;
        Ok(answer)
    }

    /// What a browser is answered at a host name of this host.
    pub async fn visit(&self, name: &str, path: &str) -> Result<Answer> {
        let request = Request::get("/").header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        self.send_at(name, path, request.body(Bytes::new())?).await
    }

    /// Any request to a host name of this host.
    pub async fn send_at(&self, name: &str, path: &str, request: Request<Bytes>) -> Result<Answer> {
        let url = Url::parse(&format!("http://{name}:{}{path}", self.running()?.address.port()))?;
        Ok(Answer::of(self.wire.send(&url, request).await?))
    }

    /// A file of a tenant's brand.
    pub async fn put_file(&self, tenant: &str, which: &str, bytes: &[u8]) -> Result<Answer> {
        let request = Request::put("/")
            .header(AUTHORIZATION, format!("Bearer {}", self.operator))
            .header(CONTENT_TYPE, "application/octet-stream");
        self.send(&format!("/v1/tenants/{tenant}/brand/{which}"), request.body(Bytes::copy_from_slice(bytes))?).await
    }

    /// `GET` with a key.
    pub async fn get(&self, key: &str, path: &str) -> Result<Answer> {
        self.api(key, Method::GET, path, None).await
    }

    /// `POST` with a key.
    pub async fn post(&self, key: &str, path: &str, body: Value) -> Result<Answer> {
        self.api(key, Method::POST, path, Some(body)).await
    }

    /// Uploads a component, as `connector install` does; it is not approved yet.
    pub async fn upload(&self, bytes: Vec<u8>) -> Result<Answer> {
        let request = Request::post("/")
            .header(AUTHORIZATION, format!("Bearer {}", self.operator))
            .header(CONTENT_TYPE, "application/wasm");
        self.send("/v1/connectors", request.body(Bytes::from(bytes))?).await
    }

    /// Installs and approves a bundled connector or a guest; answers the connector's name.
    pub async fn install(&self, name: &str) -> Result<String> {
        self.install_bytes(component(name)?).await.with_context(|| name.to_owned())
    }

    /// Installs and approves a component; answers the connector's name.
    pub async fn install_bytes(&self, component: Vec<u8>) -> Result<String> {
        let answer = self.upload(component).await?;
        ensure!(answer.status.is_success(), "it did not install: {}", answer.json);
        let installed = answer.text("/name")?;
        let digest = answer.text("/digest")?;
        let approved = self
            .post(&self.operator, &format!("/v1/connectors/{installed}/approve"), json!({ "digest": digest }))
            .await?;
        ensure!(approved.status == StatusCode::OK, "{installed} was not approved: {}", approved.json);
        Ok(installed)
    }

    /// Makes a tenant with a key.
    pub async fn tenant(&self, name: &str) -> Result<Tenant> {
        let made =
            self.post(&self.operator, "/v1/tenants", json!({ "name": name, "return_urls": [RETURN_URL] })).await?;
        let id = made.text("/id")?;
        let wanted =
            json!({ "name": "application", "tenant": id, "permissions": ["connect", "read", "proxy", "lease"] });
        let key = self.post(&self.operator, "/v1/api-keys", wanted).await?.text("/key")?;
        Ok(Tenant { id, key })
    }

    /// Registers a client of the operator's; answers its id and its redirect URI.
    pub async fn client(&self, connector: &str, id: &str, secret: &str, fields: Value) -> Result<(String, String)> {
        let wanted = json!({ "connector": connector, "client_id": id, "client_secret": secret, "fields": fields });
        let made = self.post(&self.operator, "/v1/clients", wanted).await?;
        ensure!(made.status.is_success(), "no client: {}", made.json);
        Ok((made.text("/id")?, made.text("/redirect_uri")?))
    }

    /// Makes a connect session; answers its id and its link.
    pub async fn session(
        &self,
        tenant: &Tenant,
        connector: &str,
        actions: &[&str],
        end_user: &str,
    ) -> Result<(String, String)> {
        let wanted =
            json!({ "connector": connector, "actions": actions, "end_user": end_user, "return_url": RETURN_URL });
        let made = self.post(&tenant.key, "/v1/connect-sessions", wanted).await?;
        ensure!(made.status.is_success(), "no session: {}", made.json);
        Ok((made.text("/id")?, made.text("/url")?))
    }

    /// Completes a session with what its person came back with.
    pub async fn complete(&self, tenant: &Tenant, returned: &Url, end_user: &str) -> Result<Answer> {
        let parameters: BTreeMap<_, _> = returned.query_pairs().into_owned().collect();
        let session = parameters.get("session").context("the return URL names its session")?;
        let ticket = parameters.get("ticket").with_context(|| format!("no ticket in {returned}"))?;
        let path = format!("/v1/connect-sessions/{session}/complete");
        self.post(&tenant.key, &path, json!({ "ticket": ticket, "end_user": end_user })).await
    }
}
