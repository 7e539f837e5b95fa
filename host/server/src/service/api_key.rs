//! API keys: who calls, and what they may do.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use jackfield_model::{
    api_key::{ApiKey, Permission},
    id::{ApiKeyId, TenantId},
    secret::Secret,
};
use jackfield_store::{Purpose, StoreError};

use super::Service;

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The key presented.
    pub key: ApiKeyId,
    /// The tenant it speaks for; none for the operator.
    pub tenant: Option<TenantId>,
    /// What it allows.
    pub permissions: Arc<BTreeSet<Permission>>,
}

impl Caller {
    /// Whether the key allows something.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Whether the key operates the host: it is no tenant's, and allows it.
    pub fn operates(&self) -> bool {
        self.tenant.is_none() && self.may(Permission::Operate)
    }

    /// How it is written in timelines and the audit log.
    pub fn name(&self) -> String {
        self.key.to_string()
    }
}

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What the operator calls it.
    pub name: String,
    /// The tenant it will speak for; none for the operator.
    pub tenant: Option<TenantId>,
    /// What it will allow.
    pub permissions: BTreeSet<Permission>,
}

/// Why a key could not be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiKeyError {
    /// The name.
    #[error("give the key a name of 1 to 120 characters")]
    Name,
    /// No permission at all.
    #[error("give the key at least one permission: operate, connect, read, proxy, lease")]
    NoPermission,
    /// A tenant's key cannot operate the host.
    #[error("a key that speaks for a tenant cannot have the permission operate")]
    TenantOperates,
    /// Its tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Callers seen since the start, by the keyed hash of what they present. A key that is removed is forgotten here after it
/// is gone from the store; a look that began before that notes nothing.
#[derive(Debug, Default)]
pub(super) struct Callers(RwLock<Seen>);

#[derive(Debug, Default)]
struct Seen {
    by_hash: HashMap<String, Caller>,
    removals: u64,
}

impl Callers {
    fn get(&self, hash: &str) -> Option<Caller> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).by_hash.get(hash).cloned()
    }

    fn removals(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).removals
    }

    fn note(&self, hash: String, caller: &Caller, removals: u64) {
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if seen.removals == removals {
            seen.by_hash.insert(hash, caller.clone());
        }
    }

    fn forget(&self, key: ApiKeyId) {
        self.keep(|caller| caller.key != key);
    }

    /// Every key of a tenant that was removed.
    pub(super) fn forget_all_of(&self, tenant: TenantId) {
        self.keep(|caller| caller.tenant != Some(tenant));
    }

    fn keep(&self, stays: impl Fn(&Caller) -> bool) {
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        seen.removals += 1;
        seen.by_hash.retain(|_, caller| stays(caller));
    }
}

impl Service {
    /// Who presents this key; none when nobody knows it.
    pub async fn authenticate(&self, presented: &Secret) -> Result<Option<Caller>, StoreError> {
        let hash = self.store().keyed_hash(Purpose::ApiKey, presented.expose());
        if let Some(caller) = self.callers.get(&hash) {
            return Ok(Some(caller));
        }
        let removals = self.callers.removals();
        let Some(key) = self.store().api_keys().find(presented).await? else { return Ok(None) };
        let caller = Caller { key: key.id, tenant: key.tenant, permissions: Arc::new(key.permissions) };
        self.callers.note(hash, &caller, removals);
        Ok(Some(caller))
    }

    /// Makes a key. Its text is returned once and kept as a hash only.
    pub async fn create_api_key(&self, new: NewApiKey, by: &str) -> Result<(ApiKey, Secret), ApiKeyError> {
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
            return Err(ApiKeyError::Name);
        }
        if new.permissions.is_empty() {
            return Err(ApiKeyError::NoPermission);
        }
        if let Some(tenant) = new.tenant {
            if new.permissions.contains(&Permission::Operate) {
                return Err(ApiKeyError::TenantOperates);
            }
            self.store().tenants().get(tenant).await?.ok_or(ApiKeyError::NoTenant)?;
        }
        let now = self.now();
        let id = ApiKeyId::new(now, self.id_bits()?);
        let secret = Secret::new(format!("jf_{}", self.random_token()?.expose()));
        let key =
            ApiKey { id, name: name.to_owned(), tenant: new.tenant, permissions: new.permissions, created_at: now };
        let mut change = self.making(key.tenant, by, "api-key.created", &id.to_string()).await?;
        if let Some(tenant) = key.tenant {
            self.store().tenants().hold(&mut change, tenant);
        }
        self.store().api_keys().insert(&mut change, &key, &secret)?;
        self.store().commit(change).await?;
        Ok((key, secret))
    }

    /// Every key, without its text.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        Ok(self.store().api_keys().list(None, usize::MAX).await?.items)
    }

    /// Removes a key; false when it was not there.
    pub async fn remove_api_key(&self, id: ApiKeyId, by: &str) -> Result<bool, StoreError> {
        let tenant = self.store().api_keys().get(id).await?.and_then(|key| key.tenant);
        let mut change = self.audited_for(tenant, by, "api-key.removed", &id.to_string())?;
        let removed = self.store().api_keys().delete(&mut change, id).await?;
        if removed {
            self.commit_then(change, move |service| service.callers.forget(id)).await?;
        } else {
            // A removal that was not acknowledged may have been made.
            self.callers.forget(id);
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jiff::Timestamp;

    use super::*;

    fn caller(number: u128) -> Caller {
        Caller { key: ApiKeyId::new(Timestamp::UNIX_EPOCH, number), tenant: None, permissions: Arc::default() }
    }

    #[test]
    fn a_removed_key_is_nobody_at_once_and_a_look_begun_before_notes_nothing() {
        let callers = Callers::default();
        callers.note("one".into(), &caller(1), callers.removals());
        callers.note("two".into(), &caller(2), callers.removals());
        let before = callers.removals();
        callers.forget(caller(1).key);
        assert!(callers.get("one").is_none());
        assert_eq!(callers.get("two").unwrap().key, caller(2).key);
        callers.note("one".into(), &caller(1), before);
        assert!(callers.get("one").is_none(), "it was looked up before it was removed");
    }
}
