//! API keys: who calls, and what they may do.

use std::collections::BTreeSet;

use jackfield_model::{
    api_key::{ApiKey, Permission},
    id::{ApiKeyId, TenantId},
    secret::Secret,
};
use jackfield_store::StoreError;

use super::Service;

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The key presented.
    pub key: ApiKeyId,
    /// The tenant it speaks for; none for the operator.
    pub tenant: Option<TenantId>,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
}

impl Caller {
    /// Whether the key allows something.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
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

impl Service {
    /// Who presents this key; none when nobody knows it.
    pub async fn authenticate(&self, presented: &Secret) -> Result<Option<Caller>, StoreError> {
        let found = self.store().api_keys().find(presented).await?;
        Ok(found.map(|key| Caller { key: key.id, tenant: key.tenant, permissions: key.permissions }))
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
            self.store().commit(change).await?;
        }
        Ok(removed)
    }
}
