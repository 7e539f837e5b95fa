//! Starting and stopping a host: everything it is made of is made and wired here, once.
//!
//! The command line, the demo and the stories all start it here; they differ in configuration, clock and randomness.

mod error;
mod first_key;
mod housekeeping;
mod signal;

use std::{
    env,
    fs::DirBuilder,
    io,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use jackfield_model::secret::Secret;
use jackfield_runtime::{
    BreakerSettings, CacheKey, Compiler, EgressSettings, PoolSettings, Random, Runtime, RuntimeSettings,
};
use jackfield_store::{KeyRing, Opened, Store};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use url::Url;

pub use error::ServeError;
pub use housekeeping::Housekeeping;
pub use signal::stop_signal;
pub(crate) use signal::survive_file_limit;

use crate::{
    app,
    clock::{Clock, SystemClock},
    config::Config,
    descriptors::Descriptors,
    entropy::{Entropy, SystemEntropy},
    listen,
    mail::Mailer,
    outbound::{self, Keeping, Outbound, Resolver, SystemResolver},
    service::{self, IdentityProvider, Service, SignInLink},
    words::Languages,
};

/// What a host takes from its surroundings.
#[derive(Clone)]
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Names to addresses.
    pub resolver: Arc<dyn Resolver>,
    /// The program that compiles components: `jackfield compile-worker`.
    pub compiler: Compiler,
    /// When housekeeping does its rounds.
    pub housekeeping: Housekeeping,
}

impl Parts {
    /// The machine's own clock, randomness and resolver, and this very program as compiler.
    pub fn system() -> io::Result<Self> {
        Ok(Self {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::default()),
            resolver: Arc::new(SystemResolver),
            compiler: this_program()?,
            housekeeping: Housekeeping::Regular,
        })
    }
}

/// This program as compiler. Only right where this program is `jackfield`.
pub fn this_program() -> io::Result<Compiler> {
    Ok(compiler(&env::current_exe()?))
}

/// A `jackfield` at this path as compiler.
pub fn compiler(program: &Path) -> Compiler {
    Compiler { program: program.to_owned(), args: vec!["compile-worker".into()] }
}

/// What a start had to make.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// A key ring, for a store that was not there.
    pub keyring: Option<PathBuf>,
    /// The first operator key, for a store without API keys.
    pub operator_key: Option<PathBuf>,
    /// A link that signs the first operator in to the pages, made with that key.
    pub sign_in: Option<SignInLink>,
}

/// A host while it runs. `stop` lets it finish; dropped, it only takes no more requests.
pub struct RunningHost {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where browsers reach it.
    pub public_url: Url,
    /// What it does, without HTTP between.
    pub service: Service,
    /// What the start had to make.
    pub made: Made,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
    housekeeping: JoinHandle<()>,
    patience: Duration,
}

/// How a host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// With everything finished.
    Finished,
    /// With something under way cut off; the next start resolves it.
    CutOff,
}

/// Starts a host. When this returns, it answers.
pub async fn start(config: Config, parts: Parts) -> Result<RunningHost, ServeError> {
    // First, so that nothing is made for a host that cannot listen.
    let busy = |cause| ServeError::Listen { address: config.listen, cause };
    let listener = TcpListener::bind(config.listen).await.map_err(busy)?;
    let address = listener.local_addr().map_err(busy)?;
    let public_url = match &config.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{address}")).map_err(ServeError::Address)?,
    };
    let descriptors = Descriptors::raised();
    let mut made = Made::default();
    let store = open(&config, &mut made).await?;
    let rounds = parts.housekeeping;
    let patience = config.timeouts.shutdown();
    let service = service(&config, descriptors, parts, store, public_url.clone())?;
    Box::pin(service.recover()).await?;
    made.operator_key = first_key::ensure(&service, &config.operator_key).await?;
    if made.operator_key.is_some() {
        made.sign_in = Some(service.first_sign_in().await?);
    }
    let (stop, task) = run(listener, descriptors.callers(), app::router(service.clone()));
    let housekeeping = tokio::spawn(housekeeping::keep(service.clone(), rounds));
    tracing::info!(%address, %public_url, "the host answers");
    Ok(RunningHost { address, public_url, service, made, stop: Some(stop), task, housekeeping, patience })
}

/// Puts a host together on a store that is there, without listening and without making anything.
pub(crate) async fn inspect(config: &Config, parts: Parts) -> Result<Service, ServeError> {
    let ring = KeyRing::load(&config.keyring)?;
    let store = Store::open(&config.data_dir, ring).await?;
    let public_url = match &config.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{}", config.listen)).map_err(ServeError::Address)?,
    };
    service(config, Descriptors::raised(), parts, store, public_url)
}

async fn open(config: &Config, made: &mut Made) -> Result<Store, ServeError> {
    let (data, ring) = (config.data_dir.clone(), config.keyring.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let folder = |source| ServeError::Folder { path: data.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(&data).map_err(folder)?;
        Store::key_ring(&data, &ring).map_err(ServeError::from)
    });
    let opened = opened.await??;
    let ring = match opened {
        Opened::Found(ring) => ring,
        Opened::Created(ring) => {
            made.keyring = Some(config.keyring.clone());
            ring
        }
    };
    Ok(Store::open(&config.data_dir, ring).await?)
}

fn service(
    config: &Config,
    descriptors: Descriptors,
    parts: Parts,
    store: Store,
    public_url: Url,
) -> Result<Service, ServeError> {
    let egress = EgressSettings {
        allow_private: config.egress.allow_private.clone(),
        hosts: config.egress.hosts.clone(),
        allow_loopback: config.egress.allow_loopback,
    };
    let tls = outbound::tls_config(config.egress.ca_file.as_deref())?;
    let (resolver, keeping) = (Arc::clone(&parts.resolver), Keeping::of(descriptors.kept()));
    let outbound = Outbound::new(Arc::new(egress.clone()), resolver, tls, config.timeouts.connect(), keeping);
    let outbound = Arc::new(outbound);
    let mailer = config.mail.as_ref().map(Mailer::new).transpose()?;
    let languages = Languages::load(config.languages_dir.as_deref())?;
    let entropy = Arc::clone(&parts.entropy);
    let settings = RuntimeSettings {
        cache_dir: config.data_dir.join("compiled"),
        cache_key: CacheKey::new(*store.cache_key()),
        compiler: parts.compiler,
        limits: config.limits.clone(),
        pool: PoolSettings::default(),
        breaker: BreakerSettings::default(),
        egress,
        random: random(entropy),
    };
    let runtime = Arc::new(Runtime::start(settings, Arc::clone(&outbound) as Arc<_>)?);
    let settings = service_settings(config, descriptors, public_url)?;
    let (clock, entropy) = (parts.clock, parts.entropy);
    Ok(Service::new(service::Parts { store, runtime, outbound, clock, entropy, mailer, languages, settings }))
}

fn service_settings(
    config: &Config,
    descriptors: Descriptors,
    public_url: Url,
) -> Result<service::Settings, ServeError> {
    let secret = config.sign_in.client_secret_file.as_deref().map(client_secret).transpose()?;
    Ok(service::Settings {
        public_url,
        identity_provider: IdentityProvider::of(&config.sign_in, secret).map(Arc::new),
        http_loopback: config.egress.allow_loopback,
        token_timeout: config.timeouts.token(),
        metadata_timeout: config.timeouts.metadata(),
        webhook_timeout: config.timeouts.webhook(),
        request_idle: config.timeouts.request_idle(),
        requests_per_minute: config.api.requests_per_minute,
        starts_per_minute: config.api.starts_per_minute,
        open_metrics: config.api.open_metrics,
        proxy: proxy_settings(config),
        request_id_header: config.log.request_id_header.clone(),
        data_dir: config.data_dir.clone(),
        keyring: config.keyring.clone(),
        descriptors,
    })
}

/// The secret this host shows its identity provider.
fn client_secret(path: &Path) -> Result<Secret, ServeError> {
    let unread = |source| ServeError::ClientSecret { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(unread)?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn proxy_settings(config: &Config) -> service::ProxySettings {
    let (bounds, timeouts) = (&config.proxy, &config.timeouts);
    service::ProxySettings {
        request_bytes: bounds.request_bytes,
        response_bytes: bounds.response_bytes,
        request_header_bytes: bounds.request_header_bytes,
        response_header_bytes: bounds.response_header_bytes,
        first_byte: timeouts.proxy_first_byte(),
        idle: timeouts.proxy_idle(),
        total: timeouts.proxy_total(),
        calls_per_connection: bounds.calls_per_connection,
        calls_per_tenant: bounds.calls_per_tenant,
        replay_bytes: bounds.replay_bytes,
    }
}

/// Randomness for the sandbox, whose placeholders must not be guessed: without it nothing may go on.
pub(crate) fn random(entropy: Arc<dyn Entropy>) -> Random {
    Arc::new(move |out: &mut [u8]| {
        if !entropy.fill(out) {
            tracing::error!("the operating system gives no randomness");
            std::process::abort();
        }
    })
}

fn run(listener: TcpListener, most: usize, app: Router) -> (oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
    let (stop, stopped) = oneshot::channel();
    let until = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _gone = stopped.await;
    };
    (stop, tokio::spawn(listen::serve(listener, most, app, until)))
}

impl RunningHost {
    /// Refuses new requests and is not ready any more, waits for open ones, refreshes and completions as long as the
    /// configuration says, then closes.
    pub async fn stop(mut self) -> Stopped {
        self.service.begin_stop();
        let service = self.service.clone();
        let stop = self.stop.take();
        let finished = async {
            service.drain().await;
            // Only now, so that probes meanwhile read that the host is not ready.
            if let Some(stop) = stop {
                let _gone = stop.send(());
            }
            let _ended = (&mut self.task).await;
        };
        let stopped = match tokio::time::timeout(self.patience, finished).await {
            Ok(()) => Stopped::Finished,
            Err(_) => Stopped::CutOff,
        };
        if stopped == Stopped::CutOff {
            tracing::warn!(after = ?self.patience, "requests, refreshes or completions were still under way and are cut off");
            self.task.abort();
            let _cut = (&mut self.task).await;
        }
        // Waited for, so that nothing holds the store any more when this returns.
        self.housekeeping.abort();
        let _ended = (&mut self.housekeeping).await;
        stopped
    }
}

impl Drop for RunningHost {
    fn drop(&mut self) {
        self.task.abort();
        self.housekeeping.abort();
    }
}
