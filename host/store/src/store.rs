//! The store: opened once, shared by everybody, one accessor per noun.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use zeroize::Zeroizing;

use crate::{
    api_keys::ApiKeys,
    audit::Audit,
    authorizations::Authorizations,
    backup,
    brand_files::BrandFiles,
    change::Change,
    choices::Choices,
    clients::Clients,
    clock::Clock,
    components::Components,
    connections::Connections,
    connectors::{Connectors, Known},
    contacts::Contacts,
    core::Core,
    digests::Digests,
    engine::{Batch, Engine, Expect, Fault, Health, number},
    error::{OpenError, StoreError},
    idempotency::Idempotency,
    journal::Journal,
    keys::{KeyRingStatus, Keys},
    messages::Messages,
    outbox::Outbox,
    page_sessions::PageSessions,
    revocations::Revocations,
    schema::{CONNECTION, CONNECTION_COUNT, META},
    seal::{KeyRing, KeyRingError, Purpose},
    sessions::Sessions,
    sled_engine::SledEngine,
    tenants::Tenants,
    timeline::Timeline,
    uses::Uses,
    webhooks::Webhooks,
};

pub(crate) const RECORDS: &str = "records";
pub(crate) const COMPONENTS: &str = "components";

/// What an operator can set.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How much of the records sled keeps in memory, in bytes.
    pub cache_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { cache_bytes: 64 * 1024 * 1024 }
    }
}

/// Where the key ring for a store came from.
#[derive(Debug)]
pub enum Opened {
    /// It was there.
    Found(KeyRing),
    /// It was made just now, for a store without records: say so.
    Created(KeyRing),
}

/// Records, secrets and component files of one host. Clones share it.
#[derive(Clone)]
pub struct Store {
    core: Arc<Core>,
    components: Components,
}

impl Store {
    /// Opens or makes the store in `data` with sled. The files: `records/`, `records.lock`, `components/`.
    pub async fn open(data: &Path, ring: KeyRing) -> Result<Self, OpenError> {
        Self::open_with(data, ring, Options::default()).await
    }

    /// As `open`, with options.
    pub async fn open_with(data: &Path, ring: KeyRing, options: Options) -> Result<Self, OpenError> {
        let data = data.to_owned();
        let opened = tokio::task::spawn_blocking(move || open_files(&data, options)).await;
        let (engine, components) = opened.map_err(|_| crate::engine::EngineError::Unreadable(Fault::Stopped))??;
        Self::over(Arc::new(engine), components, ring).await
    }

    /// A store over any engine.
    pub(crate) async fn over(
        engine: Arc<dyn Engine>,
        components: Components,
        ring: KeyRing,
    ) -> Result<Self, OpenError> {
        let keys = Keys::unlock(&*engine, ring).await?;
        let store = Self {
            core: Arc::new(Core {
                engine,
                keys,
                connectors: Known::default(),
                briefs: Known::default(),
                connections: AtomicI64::default(),
            }),
            components,
        };
        store.connections().build_orders().await?;
        store.count_connections().await?;
        Ok(store)
    }

    /// Reads how many connections there are of all tenants; counts them by their keys where a store of before does not say.
    /// From then on each change keeps the number right.
    pub(crate) async fn count_connections(&self) -> Result<(), StoreError> {
        let key = META.key(&[&CONNECTION_COUNT]);
        let known = self.core.engine.get(&key).await?.and_then(|bytes| number(&bytes));
        let count = if let Some(count) = known {
            count
        } else {
            let count = self.core.engine.count(&CONNECTION.prefix(&[])).await?;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let batch =
                Batch { counts: vec![(key.clone(), count)], checks: vec![(key, Expect::Absent)], writes: vec![] };
            self.core.engine.commit(batch).await?;
            count
        };
        self.core.connections.store(count, Ordering::Relaxed);
        Ok(())
    }

    /// How many connections there are of all tenants.
    pub fn connection_count(&self) -> i64 {
        self.core.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Whether `data` has a store already: then a new key ring could open none of it. Blocks.
    pub fn exists(data: &Path) -> bool {
        data.join(RECORDS).join("db").exists()
    }

    /// Reads the key ring of the store in `data`, or makes one where neither ring nor store is there yet. Blocks.
    ///
    /// A ring is never made over a store that exists, and never inside the data directory.
    pub fn key_ring(data: &Path, ring: &Path) -> Result<Opened, KeyRingError> {
        match KeyRing::load(ring) {
            Ok(found) => KeyRing::refuse_inside(ring, data).map(|()| Opened::Found(found)),
            Err(KeyRingError::Missing(ring)) if Self::exists(data) || backup::is_cut_off(data) => {
                Err(KeyRingError::MissingForStore { ring, data: data.to_owned() })
            }
            Err(KeyRingError::Missing(_)) => KeyRing::create(ring, data).map(Opened::Created),
            Err(error) => Err(error),
        }
    }

    /// Makes a whole change happen, durably, or nothing of it.
    pub async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.core.commit(change).await
    }

    /// Whether the store takes changes.
    pub fn health(&self) -> Health {
        self.core.engine.health()
    }

    /// The keyed hash of a value for one purpose, 64 hex digits; the same for the life of the store.
    pub fn keyed_hash(&self, purpose: Purpose, value: &str) -> String {
        self.core.keys.hash(purpose, value)
    }

    /// The key that authenticates the cache of compiled components; the same for the life of the store.
    pub fn cache_key(&self) -> Zeroizing<[u8; 32]> {
        self.core.keys.cache_key()
    }

    /// How many wrapped keys each key of the ring has.
    pub async fn key_ring_status(&self) -> Result<KeyRingStatus, StoreError> {
        self.core.keys.status(&*self.core.engine).await
    }

    /// Takes another key ring from now on: the same keys and further ones, or fewer where nothing is wrapped under the
    /// others. One that does not open everything is refused, and the ring stays as it was.
    pub async fn take_key_ring(&self, ring: KeyRing) -> Result<(), OpenError> {
        self.core.keys.take_ring(&*self.core.engine, ring).await
    }

    /// Wraps every stored key under the ring's primary; answers how many were under another.
    ///
    /// Records stay as they are, so this is quick; run again after an interruption, it goes on.
    pub async fn rewrap(&self) -> Result<u64, StoreError> {
        self.core.keys.rewrap(&*self.core.engine).await
    }

    /// Component files by digest.
    pub fn components(&self) -> &Components {
        &self.components
    }

    /// Installed connectors.
    pub fn connectors(&self) -> Connectors<'_> {
        Connectors(&self.core)
    }

    /// Tenants.
    pub fn tenants(&self) -> Tenants<'_> {
        Tenants(&self.core)
    }

    /// Files of brands.
    pub fn brand_files(&self) -> BrandFiles<'_> {
        BrandFiles(&self.core)
    }

    /// Clients and their secrets.
    pub fn clients(&self) -> Clients<'_> {
        Clients(&self.core)
    }

    /// API keys.
    pub fn api_keys(&self) -> ApiKeys<'_> {
        ApiKeys(&self.core)
    }

    /// Connect sessions.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(&self.core)
    }

    /// Sign-ins to the pages.
    pub fn page_sessions(&self) -> PageSessions<'_> {
        PageSessions(&self.core)
    }

    /// Authorization requests.
    pub fn authorizations(&self) -> Authorizations<'_> {
        Authorizations(&self.core)
    }

    /// Connections and their credentials.
    pub fn connections(&self) -> Connections<'_> {
        Connections(&self.core)
    }

    /// Changes on their way out.
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox(&self.core)
    }

    /// Webhooks and their secrets.
    pub fn webhooks(&self) -> Webhooks<'_> {
        Webhooks(&self.core)
    }

    /// Messages on their way out.
    pub fn messages(&self) -> Messages<'_> {
        Messages(&self.core)
    }

    /// Notices that are held to be said together.
    pub fn digests(&self) -> Digests<'_> {
        Digests(&self.core)
    }

    /// How end users are reached.
    pub fn contacts(&self) -> Contacts<'_> {
        Contacts(&self.core)
    }

    /// Choices between accounts.
    pub fn choices(&self) -> Choices<'_> {
        Choices(&self.core)
    }

    /// The refresh journal.
    pub fn journal(&self) -> Journal<'_> {
        Journal(&self.core)
    }

    /// The revocation queue.
    pub fn revocations(&self) -> Revocations<'_> {
        Revocations(&self.core)
    }

    /// Timelines.
    pub fn timeline(&self) -> Timeline<'_> {
        Timeline(&self.core)
    }

    /// How far the clock had come by which this store was written.
    pub fn clock(&self) -> Clock<'_> {
        Clock(&self.core)
    }

    /// Where connections are used.
    pub fn uses(&self) -> Uses<'_> {
        Uses(&self.core)
    }

    /// What became of requests that carry an idempotency key.
    pub fn idempotency(&self) -> Idempotency<'_> {
        Idempotency(&self.core)
    }

    /// The audit log.
    pub fn audit(&self) -> Audit<'_> {
        Audit(&self.core)
    }
}

fn open_files(data: &PathBuf, options: Options) -> Result<(SledEngine, Components), OpenError> {
    let folder = |path: &Path| {
        let path = path.to_owned();
        move |source| OpenError::Folder { path, source }
    };
    if backup::is_cut_off(data) {
        return Err(OpenError::RestoreCutOff(data.clone()));
    }
    std::fs::create_dir_all(data).map_err(folder(data))?;
    let engine = SledEngine::open(&data.join(RECORDS), options.cache_bytes)?;
    let components = data.join(COMPONENTS);
    Ok((engine, Components::open(&components).map_err(folder(&components))?))
}
