//! Stored keys: the canary at the door, the host's own keys, and a data key per tenant, all wrapped by the ring.

mod unlock;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use zeroize::Zeroizing;

use crate::{
    backup::BadBackup,
    change::Change,
    engine::{Engine, EngineError, Expect, Pair, Scan},
    error::{Cause, OpenError, StoreError, unreadable, while_sealing},
    schema::{DATA_KEY, DATA_KEY_CURRENT, HOST_KEY},
    seal::{self, Context, Key, KeyId, KeyRing, LookupKey, Purpose, Scope, SealError},
};

/// How many data keys are wrapped at a time while rewrapping.
const STRIDE: usize = 100;

/// The ring, and what it opened.
pub(crate) struct Keys {
    ring: RwLock<Arc<KeyRing>>,
    /// Held while a key is wrapped and stored, so that none is stored under a ring that is gone by then.
    wrapping: tokio::sync::RwLock<()>,
    lookup: LookupKey,
    cache: Key,
    /// Opened data keys. One key per tenant in use: 60 bytes each.
    opened: RwLock<HashMap<(Scope, KeyId), Arc<Key>>>,
    current: RwLock<HashMap<Scope, KeyId>>,
}

/// How many wrapped keys each key of the ring has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRingStatus {
    /// The key that wraps new data keys.
    pub primary: KeyId,
    /// Wrapped keys by key of the ring. A key with none can be taken out of the ring.
    pub wrapped: BTreeMap<KeyId, u64>,
    /// Wrapped keys that cannot be read.
    pub unreadable: u64,
}

/// The place of a wrapped key.
fn wrapping<'a>(scope: Scope, kind: &'static str, record: &'a str) -> Context<'a> {
    Context { scope, kind, record, field: "key", generation: 0 }
}

impl Keys {
    /// The operator's keys.
    pub(crate) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes another ring from now on, once it is known to open everything the store holds.
    pub(crate) async fn take_ring(&self, engine: &dyn Engine, ring: KeyRing) -> Result<(), OpenError> {
        // Nobody wraps under the old ring from here on, and what was wrapped is there to be checked.
        let _nobody = self.wrapping.write().await;
        unlock::admit(engine, &ring).await?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    /// Begins a sealed stream under the ring.
    pub(crate) fn sealer(&self) -> Result<seal::Sealer, SealError> {
        seal::Sealer::begin(&self.ring())
    }

    /// HMAC-SHA-256 under the host's own random key.
    pub(crate) fn hash(&self, purpose: Purpose, value: &str) -> String {
        self.lookup.hash(purpose, value)
    }

    /// The key that authenticates compiled components.
    pub(crate) fn cache_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.cache.as_bytes())
    }

    /// Seals a value for its place, which `key` in the store holds, with its scope's current data key.
    pub(crate) async fn seal(
        &self,
        engine: &dyn Engine,
        context: &Context<'_>,
        key: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let (id, data_key) = self.sealing_key(engine, context.scope).await?;
        seal::seal(id, &data_key, context, plain).map_err(|error| while_sealing(key, error))
    }

    /// Stages a value sealed for its place, as long as its data key is there when the change is made: what is sealed while its
    /// tenant ends could never be opened. Whoever is refused seals anew.
    pub(crate) async fn seal_held(
        &self,
        engine: &dyn Engine,
        change: &mut Change,
        context: &Context<'_>,
        key: Vec<u8>,
        plain: &[u8],
    ) -> Result<(), StoreError> {
        let (mut id, mut data_key) = self.living_key(engine, context.scope).await?;
        // One that was erased may still be known here.
        if engine.get(&DATA_KEY.key(&[&context.scope, &id])).await?.is_none() {
            self.forget(context.scope);
            (id, data_key) = self.living_key(engine, context.scope).await?;
        }
        let sealed = seal::seal(id, &data_key, context, plain).map_err(|error| while_sealing(&key, error))?;
        change.expect(DATA_KEY.key(&[&context.scope, &id]), Expect::StartsWith(vec![]));
        change.write(key, sealed);
        Ok(())
    }

    /// The data key for new records of a scope; a conflict where its keys end just now.
    async fn living_key(&self, engine: &dyn Engine, scope: Scope) -> Result<(KeyId, Arc<Key>), StoreError> {
        match self.sealing_key(engine, scope).await {
            Err(StoreError::Unreadable(_)) if self.current_id(engine, scope).await?.is_none() => {
                self.forget(scope);
                Err(StoreError::Conflict)
            }
            other => other,
        }
    }

    /// Opens a sealed value that `key` in the store holds.
    pub(crate) async fn open(
        &self,
        engine: &dyn Engine,
        context: &Context<'_>,
        key: &[u8],
        envelope: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let refused = |error| unreadable(key, Cause::Sealed(error));
        let id = seal::key_id(envelope).map_err(refused)?;
        let Some(data_key) = self.data_key(engine, context.scope, id).await? else {
            return Err(refused(SealError::UnknownKey(id)).into());
        };
        Ok(seal::open(&data_key, context, envelope).map_err(refused)?)
    }

    /// The data key for new records of a scope, made at first use.
    async fn sealing_key(&self, engine: &dyn Engine, scope: Scope) -> Result<(KeyId, Arc<Key>), StoreError> {
        let known = self.current.read().unwrap_or_else(PoisonError::into_inner).get(&scope).copied();
        let mut made = None;
        let id = match known {
            Some(id) => id,
            None => match self.current_id(engine, scope).await? {
                Some(id) => id,
                None => self.make(engine, scope, &mut made).await?,
            },
        };
        let key = if let Some(key) = made {
            key
        } else {
            let at = DATA_KEY.key(&[&scope, &id]);
            self.data_key(engine, scope, id).await?.ok_or_else(|| unreadable(&at, Cause::Missing))?
        };
        self.current.write().unwrap_or_else(PoisonError::into_inner).insert(scope, id);
        Ok((id, key))
    }

    async fn current_id(&self, engine: &dyn Engine, scope: Scope) -> Result<Option<KeyId>, StoreError> {
        let at = DATA_KEY_CURRENT.key(&[&scope]);
        let Some(bytes) = engine.get(&at).await? else { return Ok(None) };
        let id = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
        Ok(Some(id.ok_or_else(|| unreadable(&at, Cause::Damaged))?))
    }

    /// Makes a data key, unless somebody else is faster: then theirs counts.
    async fn make(&self, engine: &dyn Engine, scope: Scope, made: &mut Option<Arc<Key>>) -> Result<KeyId, StoreError> {
        let _wrapping = self.wrapping.read().await;
        let current = DATA_KEY_CURRENT.key(&[&scope]);
        let id = KeyId::random().map_err(|error| while_sealing(&current, error))?;
        let key = Key::random().map_err(|error| while_sealing(&current, error))?;
        let name = id.to_string();
        let wrapped =
            self.wrap(&wrapping(scope, DATA_KEY.name, &name), &key).map_err(|error| while_sealing(&current, error))?;
        let mut change = Change::new();
        change.expect(current.clone(), Expect::Absent);
        change.write(current.clone(), name.into_bytes());
        change.write(DATA_KEY.key(&[&scope, &id]), wrapped);
        match engine.commit(change.batch).await {
            Ok(()) => {
                *made = Some(self.remember(scope, id, key));
                Ok(id)
            }
            Err(EngineError::Conflict) => {
                let theirs = self.current_id(engine, scope).await?;
                theirs.ok_or_else(|| unreadable(&current, Cause::Missing).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn data_key(&self, engine: &dyn Engine, scope: Scope, id: KeyId) -> Result<Option<Arc<Key>>, StoreError> {
        let known = self.opened.read().unwrap_or_else(PoisonError::into_inner).get(&(scope, id)).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let at = DATA_KEY.key(&[&scope, &id]);
        let Some(wrapped) = engine.get(&at).await? else { return Ok(None) };
        let key = self.unwrap(&wrapping(scope, DATA_KEY.name, &id.to_string()), &wrapped);
        let key = key.map_err(|error| unreadable(&at, Cause::Sealed(error)))?;
        Ok(Some(self.remember(scope, id, key)))
    }

    fn remember(&self, scope: Scope, id: KeyId, key: Key) -> Arc<Key> {
        let key = Arc::new(key);
        self.opened.write().unwrap_or_else(PoisonError::into_inner).insert((scope, id), Arc::clone(&key));
        key
    }

    /// Stages the end of a tenant's keys: what they sealed can never be opened again, in no copy made later.
    pub(crate) async fn erase(&self, engine: &dyn Engine, scope: Scope, change: &mut Change) -> Result<(), StoreError> {
        let prefix = DATA_KEY.prefix(&[&scope]);
        let pairs = engine.scan(Scan { prefix, after: None, limit: usize::MAX, backwards: false }).await?;
        for (key, _) in pairs {
            change.delete(key);
        }
        change.delete(DATA_KEY_CURRENT.key(&[&scope]));
        Ok(())
    }

    /// Forgets a scope's opened keys, after they were erased.
    pub(crate) fn forget(&self, scope: Scope) {
        self.current.write().unwrap_or_else(PoisonError::into_inner).remove(&scope);
        self.opened.write().unwrap_or_else(PoisonError::into_inner).retain(|(owner, _), _| *owner != scope);
    }

    fn wrap(&self, context: &Context<'_>, key: &Key) -> Result<Vec<u8>, SealError> {
        let ring = self.ring();
        let (id, primary) = ring.primary_key()?;
        seal::seal(id, primary, context, key.as_bytes())
    }

    fn unwrap(&self, context: &Context<'_>, wrapped: &[u8]) -> Result<Key, SealError> {
        unwrap(&self.ring(), context, wrapped)
    }

    /// Counts wrapped keys by key of the ring.
    pub(crate) async fn status(&self, engine: &dyn Engine) -> Result<KeyRingStatus, StoreError> {
        let ring = self.ring();
        let mut wrapped: BTreeMap<KeyId, u64> = ring.ids().map(|id| (id, 0)).collect();
        let mut unreadable = 0;
        for (_, value) in wrapped_keys(engine).await? {
            match seal::key_id(&value) {
                Ok(id) => *wrapped.entry(id).or_default() += 1,
                Err(_) => unreadable += 1,
            }
        }
        Ok(KeyRingStatus { primary: ring.primary(), wrapped, unreadable })
    }

    /// Wraps every key under the ring's primary; answers how many were under another. Records stay as they are.
    pub(crate) async fn rewrap(&self, engine: &dyn Engine) -> Result<u64, StoreError> {
        let primary = self.ring().primary();
        let is_old = |wrapped: &[u8]| seal::key_id(wrapped).is_ok_and(|id| id != primary);
        let old: Vec<_> = wrapped_keys(engine).await?.into_iter().filter(|(_, value)| is_old(value)).collect();
        let mut done = 0;
        for group in old.chunks(STRIDE) {
            done += match self.rewrap_group(engine, group).await {
                // A tenant ended meanwhile, and its keys with it: that keeps no other key waiting.
                Err(EngineError::Conflict) => self.rewrap_each(engine, group).await?,
                others => others?,
            };
        }
        Ok(done)
    }

    async fn rewrap_each(&self, engine: &dyn Engine, group: &[Pair]) -> Result<u64, EngineError> {
        let mut done = 0;
        for pair in group {
            match self.rewrap_group(engine, std::slice::from_ref(pair)).await {
                Err(EngineError::Conflict) => {}
                others => done += others?,
            }
        }
        Ok(done)
    }

    async fn rewrap_group(&self, engine: &dyn Engine, group: &[Pair]) -> Result<u64, EngineError> {
        let _wrapping = self.wrapping.read().await;
        let mut change = Change::new();
        let mut done = 0;
        for (at, value) in group {
            let Some((scope, kind, name)) = place_of(at) else { continue };
            let context = wrapping(scope, kind, &name);
            let wrapped = self.unwrap(&context, value).and_then(|key| self.wrap(&context, &key));
            let Ok(wrapped) = wrapped else { continue };
            change.expect(at.clone(), Expect::Equals(value.clone()));
            change.write(at.clone(), wrapped);
            done += 1;
        }
        engine.commit(change.batch).await?;
        Ok(done)
    }
}

/// Refuses a wrapped key of a backup that the ring does not open.
pub(crate) fn opens(ring: &KeyRing, at: &[u8], wrapped: &[u8]) -> Result<(), BadBackup> {
    let (scope, kind, name) = place_of(at).ok_or(BadBackup::Changed)?;
    match unwrap(ring, &wrapping(scope, kind, &name), wrapped) {
        Ok(_) => Ok(()),
        Err(SealError::UnknownKey(key)) => Err(BadBackup::UnknownKey(key)),
        Err(_) => Err(BadBackup::Changed),
    }
}

fn unwrap(ring: &KeyRing, context: &Context<'_>, wrapped: &[u8]) -> Result<Key, SealError> {
    let outer = ring.get(seal::key_id(wrapped)?)?;
    let bytes = seal::open(outer, context, wrapped)?;
    Key::from_slice(&bytes).ok_or(SealError::Malformed)
}

/// Every key that the ring wraps.
async fn wrapped_keys(engine: &dyn Engine) -> Result<Vec<(Vec<u8>, Vec<u8>)>, EngineError> {
    let every = |prefix| Scan { prefix, after: None, limit: usize::MAX, backwards: false };
    let mut keys = engine.scan(every(HOST_KEY.prefix(&[]))).await?;
    keys.extend(engine.scan(every(DATA_KEY.prefix(&[]))).await?);
    Ok(keys)
}

/// The context a wrapped key's own key in the store stands for.
fn place_of(at: &[u8]) -> Option<(Scope, &'static str, String)> {
    let text = std::str::from_utf8(at).ok()?;
    match text.split('/').collect::<Vec<_>>().as_slice() {
        [kind, name] if *kind == HOST_KEY.name => Some((Scope::Operator, HOST_KEY.name, (*name).to_owned())),
        [kind, scope, id] if *kind == DATA_KEY.name => {
            let scope = if *scope == "operator" { Scope::Operator } else { Scope::Tenant(scope.parse().ok()?) };
            Some((scope, DATA_KEY.name, (*id).to_owned()))
        }
        _ => None,
    }
}
