//! Verify without a network: the host's sandbox beside raw wasmtime, the same component, answers from memory; by one thread
//! and by two.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use async_trait::async_trait;
use jackfield_model::approval;
use jackfield_model::connector::{Approval, Connector};
use jackfield_model::credential::Credential;
use jackfield_model::id::TenantId;
use jackfield_model::secret::Secret;
use jackfield_runtime::{
    BreakerSettings, CacheKey, CallContext, CallInput, Compiler, EgressSettings, Hook, Limits, Outbound, PoolSettings,
    Runtime, RuntimeSettings, SendError, Sender,
};
use jiff::Timestamp;
use tempfile::TempDir;

use super::by_turns;
use crate::floor::sandbox::{Callee, Raw};
use crate::parts;
use crate::report::{Aim, Figure};
use crate::stand::Stand;

const BASE: &str = "https://api.example.com";
const COMPONENT: &str = "api-token";

/// The network: one kilobyte of JSON, at once.
struct Memory(Vec<u8>);

#[async_trait]
impl Sender for Memory {
    async fn send(&self, _: Outbound) -> Result<http::Response<Vec<u8>>, SendError> {
        let mut answer = http::Response::new(self.0.clone());
        answer.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
        Ok(answer)
    }
}

/// One call after another, and two threads beside one.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let (calls, rounds) = (stand.scale.calls, stand.scale.rounds);
    let component = parts::component(COMPONENT)?;
    let folder = TempDir::new()?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sandbox = Arc::new(threads.block_on(Sandbox::start(&folder, &component))?);
    let raw = Arc::new(Raw::start()?.callee(&component, values(), answer())?);
    let host = |clients| threads.block_on(microseconds(clients, calls, Arc::clone(&sandbox), Sandbox::verify));
    let floor = |clients| threads.block_on(microseconds(clients, calls, Arc::clone(&raw), called));
    host(1).and_then(|_| floor(1))?;
    let (one, base) = by_turns(rounds, || host(1), || floor(1))?;
    let (gain, base_gain) = by_turns(rounds, || Ok(host(1)? / host(2)?), || Ok(floor(1)? / floor(2)?))?;
    let floor = "raw wasmtime, best settings".to_owned();
    Ok(vec![
        Figure {
            work: "verify, network left out".to_owned(),
            floor: floor.clone(),
            aim: Aim::AtMost(1.3),
            host: one,
            base,
            unit: "µs",
        },
        Figure {
            work: "two clients against one: verify".to_owned(),
            floor: format!("{floor}: its own gain"),
            aim: Aim::AtLeast(0.8),
            host: gain,
            base: base_gain,
            unit: "×",
        },
    ])
}

async fn called(callee: Arc<Callee>) -> Result<()> {
    callee.verify().await
}

/// Microseconds a call takes where so many clients call at once.
async fn microseconds<T, F>(clients: usize, calls: usize, on: Arc<T>, call: fn(Arc<T>) -> F) -> Result<f64>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let begun = Instant::now();
    let calling: Vec<_> = (0..clients)
        .map(|_| {
            let on = Arc::clone(&on);
            tokio::spawn(async move {
                for _ in 0..calls {
                    call(Arc::clone(&on)).await?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for one in calling {
        one.await??;
    }
    Ok(begun.elapsed().as_secs_f64() * 1e6 / (calls * clients) as f64)
}

/// The host's sandbox and a connection of the connector.
struct Sandbox {
    runtime: Runtime,
    connector: Connector,
    fields: BTreeMap<String, String>,
    credential: Credential,
    tenant: TenantId,
}

impl Sandbox {
    async fn start(folder: &TempDir, component: &[u8]) -> Result<Self> {
        let settings = RuntimeSettings {
            cache_dir: folder.path().join("compiled"),
            cache_key: CacheKey::new([7; 32]),
            compiler: Compiler { program: crate::host::program()?, args: vec!["compile-worker".into()] },
            limits: Limits::default(),
            pool: PoolSettings::default(),
            breaker: BreakerSettings::default(),
            egress: EgressSettings::default(),
            random: Arc::new(|bytes: &mut [u8]| bytes.fill(9)),
        };
        let runtime = Runtime::start(settings, Arc::new(Memory(answer())))?;
        let prepared = runtime.prepare(component).await?;
        runtime.load(component).await?;
        let approval = Approval {
            requests: approval::requests(&prepared.manifest),
            digest: prepared.digest.clone(),
            by: "operator".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let connector = Connector {
            name: prepared.manifest.name.clone(),
            digest: prepared.digest,
            size: prepared.size,
            class: prepared.class,
            manifest: prepared.manifest,
            hooks: prepared.hooks,
            approval: Some(approval),
            installed_at: Timestamp::UNIX_EPOCH,
        };
        let token = Secret::new("t".repeat(40));
        let credential = Credential::Fields(BTreeMap::from([("token".to_owned(), token)]));
        let tenant = TenantId::new(Timestamp::UNIX_EPOCH, 1);
        Ok(Self { runtime, connector, fields: values(), credential, tenant })
    }

    /// Settles what the call may do, and calls, as the service does.
    async fn verify(self: Arc<Self>) -> Result<()> {
        let input = CallInput {
            hook: Hook::Verify,
            tenant: self.tenant,
            connection: None,
            end_user: None,
            connector: &self.connector,
            method: self.connector.manifest.method("header").context("its method")?,
            client: None,
            client_secret: None,
            fields: &self.fields,
            endpoints: None,
            subject: None,
            credential: Some(&self.credential),
            granted: &BTreeSet::new(),
            now: Timestamp::UNIX_EPOCH,
        };
        let context = CallContext::new(input, self.runtime.egress()).map_err(|denial| anyhow!("{denial}"))?;
        self.runtime.verify(context).await.result.map(drop).map_err(|error| anyhow!("{error}"))
    }
}

fn values() -> BTreeMap<String, String> {
    let values = [
        ("base_url", BASE),
        ("verify_path", "/me"),
        ("account_pointer", "/id"),
        ("label_pointer", "/name"),
        ("header_name", "Authorization"),
        ("prefix", "Bearer "),
    ];
    values.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn answer() -> Vec<u8> {
    let fields: Vec<String> = (0..32).map(|number| format!(",\"field_{number:02}\":\"{}\"", "v".repeat(13))).collect();
    format!("{{\"id\":\"alice\",\"name\":\"Alice\"{}}}", fields.concat()).into_bytes()
}
