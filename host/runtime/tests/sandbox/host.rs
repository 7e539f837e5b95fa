//! A sandbox for tests: its compiler is this crate's example, its network a list of answers.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use jackfield_model::{
    approval,
    connector::{Approval, Class, Connector},
    credential::{Credential, TokenSet},
    manifest::Manifest,
    secret::Secret,
};
use jackfield_runtime::{
    BreakerSettings, CacheKey, CallContext, CallInput, Compiler, Denial, EgressSettings, Hook, Limits, Outbound,
    PoolSettings, Runtime, RuntimeSettings, SendError, Sender,
};
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// The token no guest may see.
pub const TOKEN: &str = "gho_16C7e42F292c6912E7710c838347Ae178B4a";

/// What was sent, and what is answered.
#[derive(Default)]
pub struct Network {
    /// What the host computes for each answer.
    pub computes: Mutex<Duration>,
    pub answers: Mutex<VecDeque<Result<http::Response<Vec<u8>>, SendError>>>,
    pub sent: Mutex<Vec<String>>,
    /// The threads that sent it, by name.
    pub threads: Mutex<Vec<String>>,
    /// What passes until each answer is there, while this host computes nothing for it.
    pub takes: Mutex<Duration>,
}

#[async_trait]
impl Sender for Network {
    async fn send(&self, outbound: Outbound) -> Result<http::Response<Vec<u8>>, SendError> {
        let request = &outbound.request;
        let secret =
            request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        self.sent.lock().unwrap().push(format!("{} {} {secret}", request.method(), request.uri()));
        self.threads.lock().unwrap().push(std::thread::current().name().unwrap_or_default().to_owned());
        let takes = *self.takes.lock().unwrap();
        tokio::task::spawn_blocking(move || compute(takes)).await.unwrap();
        compute(*self.computes.lock().unwrap());
        // Whoever computed for too long is found out where it waits.
        tokio::task::yield_now().await;
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Err(SendError::Unreachable { reason: "no answer was prepared".into() }))
    }
}

/// Keeps this thread busy for so much of its own time.
fn compute(much: Duration) {
    let computed = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let begun = computed();
    while computed().saturating_sub(begun) < much {}
}

/// A sandbox and its network; the cache goes with it.
pub struct Sandbox {
    pub runtime: Runtime,
    pub network: Arc<Network>,
    pub cache: tempfile::TempDir,
}

pub fn compiler() -> Compiler {
    let test = std::env::current_exe().unwrap();
    let program: PathBuf = test.parent().unwrap().parent().unwrap().join("examples/compile_worker");
    assert!(program.exists(), "cargo test builds the example compile_worker; building one test alone does not");
    Compiler { program, args: vec![] }
}

pub fn settings(cache_dir: PathBuf, limits: Limits) -> RuntimeSettings {
    RuntimeSettings {
        cache_dir,
        cache_key: CacheKey::new([7; 32]),
        compiler: compiler(),
        limits,
        pool: PoolSettings { instances: 8 },
        breaker: BreakerSettings { faults: 3, within_s: 60, open_s: 60 },
        egress: EgressSettings::default(),
        random: Arc::new(|bytes: &mut [u8]| bytes.fill(9)),
    }
}

impl Sandbox {
    pub fn new(limits: Limits) -> Self {
        let cache = tempfile::tempdir().unwrap();
        let network = Arc::new(Network::default());
        let runtime = Runtime::start(settings(cache.path().to_owned(), limits), network.clone()).unwrap();
        Self { runtime, network, cache }
    }

    pub fn answer(&self, response: http::Response<Vec<u8>>) {
        self.network.answers.lock().unwrap().push_back(Ok(response));
    }

    /// Loads a component and settles a call of it.
    pub async fn context(&self, component: &[u8], hook: Hook) -> CallContext {
        self.runtime.load(component).await.unwrap();
        self.context_at(component, hook, now())
    }

    pub fn context_at(&self, component: &[u8], hook: Hook, at: Timestamp) -> CallContext {
        self.settle(&self.connector(component), hook, at).unwrap()
    }

    pub fn settle(&self, connector: &Connector, hook: Hook, at: Timestamp) -> Result<CallContext, Denial> {
        let credential = Credential::Tokens(TokenSet::single(Secret::new(TOKEN.into()), None));
        let input = CallInput {
            hook,
            tenant: "ten_01J0000000000000000000000A".parse().unwrap(),
            connection: None,
            end_user: None,
            connector,
            method: connector.manifest.methods.first().unwrap(),
            client: None,
            client_secret: None,
            fields: &BTreeMap::new(),
            endpoints: None,
            subject: None,
            credential: Some(&credential),
            granted: &BTreeSet::from(["repo".to_owned()]),
            now: at,
        };
        CallContext::new(input, self.runtime.egress())
    }

    /// The component as installed and approved, with a manifest of its own making.
    pub fn connector(&self, component: &[u8]) -> Connector {
        let manifest = manifest();
        let digest = self.runtime.inspect(component).unwrap().digest;
        let approval = Approval {
            requests: approval::requests(&manifest),
            digest: digest.clone(),
            by: "operator".into(),
            at: now(),
        };
        Connector {
            name: manifest.name.clone(),
            digest,
            size: component.len() as u64,
            class: Class::Pure,
            manifest,
            hooks: BTreeSet::new(),
            approval: Some(approval),
            installed_at: now(),
        }
    }
}

pub fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

pub fn seconds_on(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// GET /user at api.example.com with the credential, POST /token at id.example.com without.
pub fn manifest() -> Manifest {
    serde_json::from_str(include_str!("manifest.json")).unwrap()
}
