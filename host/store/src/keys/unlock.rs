//! The canary: a store opens only with the keys it was sealed with, and says so before anything is written.

use std::collections::{BTreeSet, HashMap};

use super::{Keys, unwrap, wrapped_keys, wrapping};
use crate::{
    change::Change,
    engine::{Engine, Expect, Scan},
    error::{Cause, OpenError, Unreadable, unreadable},
    schema::{FORMAT, HOST_KEY, KEY_CHECK, META},
    seal::{self, Key, KeyId, KeyRing, LookupKey, Scope, SealError},
};

const LOOKUP: &str = "lookup";
const CACHE: &str = "cache";

impl Keys {
    /// Checks the ring against the store; initialises an empty store.
    pub(crate) async fn unlock(engine: &dyn Engine, ring: KeyRing) -> Result<Self, OpenError> {
        let format_key = META.key(&[&"format"]);
        match engine.get(&format_key).await? {
            None if is_empty(engine).await? => initialise(engine, &ring, format_key).await?,
            None => return Err(OpenError::Foreign),
            Some(found) if found == [FORMAT] => {}
            Some(found) => return Err(OpenError::Format(found.first().copied().unwrap_or(0))),
        }
        let (lookup, cache) = admit(engine, &ring).await?;
        let ring = std::sync::RwLock::new(ring.into());
        let wrapping = tokio::sync::RwLock::default();
        Ok(Self { ring, wrapping, lookup, cache, opened: HashMap::new().into(), current: HashMap::new().into() })
    }
}

/// Compares a ring with the store, and notes the check values of its new keys; answers the host's own keys.
pub(super) async fn admit(engine: &dyn Engine, ring: &KeyRing) -> Result<(LookupKey, Key), OpenError> {
    let unchecked = check(engine, ring).await?;
    let lookup = LookupKey::new(&host_key(engine, ring, LOOKUP).await?);
    let cache = host_key(engine, ring, CACHE).await?;
    if !unchecked.is_empty() {
        let mut change = Change::new();
        write_checks(&mut change, ring, &unchecked)?;
        engine.commit(change.batch).await?;
    }
    Ok((lookup, cache))
}

async fn is_empty(engine: &dyn Engine) -> Result<bool, OpenError> {
    let first = engine.scan(Scan { prefix: vec![], after: None, limit: 1, backwards: false }).await?;
    Ok(first.is_empty())
}

/// Compares every key of the ring with its check value; answers those that have none yet.
async fn check(engine: &dyn Engine, ring: &KeyRing) -> Result<Vec<KeyId>, OpenError> {
    let mut unchecked = vec![];
    for id in ring.ids() {
        match engine.get(&KEY_CHECK.key(&[&id])).await? {
            None => unchecked.push(id),
            Some(stored) if stored == ring.get(id)?.check()? => {}
            Some(_) => return Err(OpenError::WrongKey(id)),
        }
    }
    let wrapped = wrapped_keys(engine).await?;
    // A damaged one is an unreadable record of its tenant, no reason to keep everybody out.
    let needed: BTreeSet<KeyId> = wrapped.iter().filter_map(|(_, value)| seal::key_id(value).ok()).collect();
    match needed.into_iter().find(|id| ring.get(*id).is_err()) {
        Some(missing) => Err(OpenError::MissingKey(missing)),
        None => Ok(unchecked),
    }
}

fn write_checks(change: &mut Change, ring: &KeyRing, ids: &[KeyId]) -> Result<(), SealError> {
    for id in ids {
        change.write(KEY_CHECK.key(&[id]), ring.get(*id)?.check()?.to_vec());
    }
    Ok(())
}

async fn initialise(engine: &dyn Engine, ring: &KeyRing, format_key: Vec<u8>) -> Result<(), OpenError> {
    let mut change = Change::new();
    change.expect(format_key.clone(), Expect::Absent);
    change.write(format_key, vec![FORMAT]);
    write_checks(&mut change, ring, &ring.ids().collect::<Vec<_>>())?;
    let (id, primary) = ring.primary_key()?;
    for name in [LOOKUP, CACHE] {
        let wrapped =
            seal::seal(id, primary, &wrapping(Scope::Operator, HOST_KEY.name, name), Key::random()?.as_bytes())?;
        change.write(HOST_KEY.key(&[&name]), wrapped);
    }
    Ok(engine.commit(change.batch).await?)
}

async fn host_key(engine: &dyn Engine, ring: &KeyRing, name: &str) -> Result<Key, OpenError> {
    let at = HOST_KEY.key(&[&name]);
    let lost = |cause| -> Unreadable { unreadable(&at, cause) };
    let wrapped = engine.get(&at).await?.ok_or_else(|| OpenError::Keys(lost(Cause::Missing)))?;
    unwrap(ring, &wrapping(Scope::Operator, HOST_KEY.name, name), &wrapped)
        .map_err(|error| OpenError::Keys(lost(Cause::Sealed(error))))
}
