//! The sandbox as the host sees it: started once, connectors loaded and unloaded, the parts of it put together.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use jackfield_model::{connector::Class, failure::plain};
use tokio::sync::Semaphore;
use wasmtime::component::Component;

use crate::{
    breaker::{BreakerSettings, Breakers},
    cache::{Cache, CacheKey},
    call::limit_in,
    compile::{CompileError, Compiler},
    egress::EgressSettings,
    engine::{EngineDescription, Engines, PoolSettings},
    inspect::{InspectError, Inspected, inspect},
    limits::{Limit, Limits},
    load::{Linkers, Loaded},
    redact::Random,
    sender::Sender,
    table::{Slot, Table},
};

/// What a sandbox is started with.
pub struct RuntimeSettings {
    /// Where compiled components are kept; only the host may write there.
    pub cache_dir: PathBuf,
    /// Authenticates what is kept there.
    pub cache_key: CacheKey,
    /// The program that compiles.
    pub compiler: Compiler,
    /// The bounds of every call and install.
    pub limits: Limits,
    /// Room for calls.
    pub pool: PoolSettings,
    /// When a connector is left alone.
    pub breaker: BreakerSettings,
    /// The operator's word on egress.
    pub egress: EgressSettings,
    /// Where random bytes come from.
    pub random: Random,
}

/// A sandbox that does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The engines cannot be made on this machine.
    #[error("the sandbox cannot start: {reason}")]
    Engine {
        /// Why.
        reason: String,
    },
    /// The cache of compiled components cannot be used.
    #[error("the directory of compiled components `{directory}` cannot be used")]
    Cache {
        /// Which.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A component that is not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its bytes are no connector for this host.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// It was not compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It has to be compiled again and is not there.
    #[error("the component cannot be had: {0}")]
    Component(#[source] io::Error),
    /// It was compiled and cannot be kept.
    #[error("the compiled component cannot be kept")]
    Cache(#[source] io::Error),
    /// It has more of something than an instance may have.
    #[error("the component {limit}: {reason}")]
    TooMuch {
        /// The bound.
        limit: Limit,
        /// What the engine says of it.
        reason: String,
    },
    /// Its imports or exports are not of the contract's types.
    #[error("the component does not fit the contract: {reason}")]
    Unlinkable {
        /// What does not fit.
        reason: String,
    },
}

impl LoadError {
    /// Why an engine does not take a component.
    pub(crate) fn unfit(error: &wasmtime::Error) -> Self {
        let reason = plain(&format!("{error:#}"), 400);
        match limit_in(&reason) {
            Some(limit) => Self::TooMuch { limit, reason },
            None => Self::Unlinkable { reason },
        }
    }
}

/// The sandbox.
pub struct Runtime {
    pub(crate) engines: Engines,
    pub(crate) linkers: Linkers,
    pub(crate) cache: Arc<Cache>,
    pub(crate) compiler: Compiler,
    pub(crate) limits: Arc<Limits>,
    pub(crate) egress: Arc<EgressSettings>,
    pub(crate) random: Random,
    pub(crate) sender: Arc<dyn Sender>,
    pub(crate) breakers: Mutex<Breakers>,
    pub(crate) table: RwLock<Table>,
    /// Room for compiling: one component a core, installs and all.
    compiling: Semaphore,
    /// Room for reading and authenticating machine code, which is computing as well.
    reading: Semaphore,
}

impl Runtime {
    /// Starts the engines and opens the cache. `sender` sends what connectors ask for, once it is judged.
    pub fn start(settings: RuntimeSettings, sender: Arc<dyn Sender>) -> Result<Self, StartError> {
        let broken = |error: wasmtime::Error| StartError::Engine { reason: format!("{error:#}") };
        let engines = Engines::start(settings.pool, &settings.limits).map_err(broken)?;
        let linkers = Linkers::new(&engines).map_err(broken)?;
        let directory = settings.cache_dir;
        let cache =
            Cache::open(&directory, &settings.cache_key).map_err(|source| StartError::Cache { directory, source })?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            engines,
            linkers,
            cache: Arc::new(cache),
            compiler: settings.compiler,
            limits: Arc::new(settings.limits),
            egress: Arc::new(settings.egress),
            random: settings.random,
            sender,
            breakers: Mutex::new(Breakers::new(settings.breaker)),
            table: RwLock::default(),
            compiling: Semaphore::new(cores),
            reading: Semaphore::new(cores),
        })
    }

    /// The operator's word on egress.
    pub fn egress(&self) -> &Arc<EgressSettings> {
        &self.egress
    }

    /// The bounds of every call and install.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the engines are, for `health`.
    pub fn describe(&self) -> &EngineDescription {
        self.engines.description()
    }

    /// Looks at a component without compiling it.
    pub fn inspect(&self, component: &[u8]) -> Result<Inspected, InspectError> {
        inspect(component, self.limits.component_bytes)
    }

    /// Loads a component, compiling it where the cache has nothing good. One of the same digest is replaced.
    pub async fn load(&self, component: &[u8]) -> Result<(), LoadError> {
        let inspected = self.inspect(component)?;
        let compiled = self.compiled(component, &inspected).await?;
        self.keep(&inspected.digest, inspected.class, &compiled)
    }

    /// Loads a component from the cache alone. False when its bytes are needed.
    pub async fn load_cached(&self, digest: &str, class: Class) -> Result<bool, LoadError> {
        match self.cached(digest, class).await {
            Some(component) => self.keep(digest, class, &component).map(|()| true),
            None => Ok(false),
        }
    }

    /// Forgets a component: calls on their way end as they would, new ones find nothing.
    pub fn unload(&self, digest: &str) {
        self.table.write().unwrap_or_else(PoisonError::into_inner).remove(digest);
        self.reset_breaker(digest);
    }

    /// Forgets a component and what was compiled from it.
    pub fn forget(&self, digest: &str) -> io::Result<()> {
        self.unload(digest);
        self.cache.remove(digest)
    }

    /// Lets a connector's next call through, whatever came before.
    pub fn reset_breaker(&self, digest: &str) {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner).close(digest);
    }

    pub(crate) fn link(&self, component: &Component, class: Class) -> Result<Loaded, LoadError> {
        self.linkers.load(component, class, &self.limits).map_err(|error| LoadError::unfit(&error))
    }

    fn keep(&self, digest: &str, class: Class, component: &Component) -> Result<(), LoadError> {
        let loaded = Slot::Ready(Arc::new(self.link(component, class)?));
        self.table.write().unwrap_or_else(PoisonError::into_inner).insert(digest.to_owned(), loaded);
        Ok(())
    }

    /// From the cache, or compiled now and kept there.
    pub(crate) async fn compiled(&self, component: &[u8], inspected: &Inspected) -> Result<Component, LoadError> {
        let (digest, class) = (inspected.digest.as_str(), inspected.class);
        if let Some(found) = self.cached(digest, class).await {
            return Ok(found);
        }
        // The semaphore is never closed.
        let compiling = self.compiling.acquire().await;
        let code = self.compiler.compile(component, class, &self.limits).await?;
        drop(compiling);
        let (cache, engine, name) = (Arc::clone(&self.cache), self.engines.of(class).clone(), digest.to_owned());
        let kept = tokio::task::spawn_blocking(move || cache.put(&name, class, &engine, &code)).await;
        kept.map_err(io::Error::other).flatten().map_err(LoadError::Cache)?;
        self.fresh(digest, class).await
    }

    /// What was just compiled and kept. Where the engine has no room for such a component, nothing of it stays.
    async fn fresh(&self, digest: &str, class: Class) -> Result<Component, LoadError> {
        let (cache, engine, name) = (Arc::clone(&self.cache), self.engines.of(class).clone(), digest.to_owned());
        let read = tokio::task::spawn_blocking(move || cache.read(&name, class, &engine)).await;
        let lost = || LoadError::Cache(io::Error::other("what was just written cannot be read back"));
        read.ok().flatten().ok_or_else(lost)?.map_err(|error| LoadError::unfit(&error))
    }

    /// From the cache alone.
    pub(crate) async fn cached(&self, digest: &str, class: Class) -> Option<Component> {
        let (cache, engine, digest) = (Arc::clone(&self.cache), self.engines.of(class).clone(), digest.to_owned());
        let _reading = self.reading.acquire().await;
        tokio::task::spawn_blocking(move || cache.get(&digest, class, &engine)).await.ok().flatten()
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Runtime")
    }
}
