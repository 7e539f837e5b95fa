//! Tenants: the wall between customers, and the end of a tenant's keys.

use jackfield_model::{id::TenantId, tenant::Tenant};

use crate::{
    change::Change,
    core::{Core, Order},
    error::StoreError,
    record::{Page, Versioned},
    schema::{CONNECTION, TENANT},
    seal::Scope,
};

/// Tenants.
pub struct Tenants<'a>(pub(crate) &'a Core);

impl Tenants<'_> {
    /// Stages a new tenant.
    pub fn insert(&self, change: &mut Change, tenant: &Tenant) -> Result<(), StoreError> {
        change.insert(TENANT, TENANT.key(&[&tenant.id]), tenant)
    }

    /// Stages a changed tenant.
    pub fn update(&self, change: &mut Change, changed: &mut Versioned<Tenant>) -> Result<(), StoreError> {
        change.replace(TENANT, TENANT.key(&[&changed.id]), changed)
    }

    /// One tenant.
    pub async fn get(&self, id: TenantId) -> Result<Option<Versioned<Tenant>>, StoreError> {
        self.0.get(TENANT, &TENANT.key(&[&id])).await
    }

    /// Tenants, oldest first.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Page<Versioned<Tenant>>, StoreError> {
        self.0.page(TENANT, &TENANT.prefix(&[]), after, limit, Order::Oldest).await
    }

    /// Ends a tenant without connections, and its keys with it: whatever they sealed cannot be opened any more.
    pub async fn delete(&self, id: TenantId, mut change: Change) -> Result<(), StoreError> {
        let (connections, _) = self.0.scan(&CONNECTION.prefix(&[&id]), None, 1, Order::Oldest).await?;
        if !connections.is_empty() {
            return Err(StoreError::InUse);
        }
        change.delete(TENANT.key(&[&id]));
        self.0.keys.erase(&*self.0.engine, Scope::Tenant(id), &mut change).await?;
        self.0.commit(change).await?;
        self.0.keys.forget(Scope::Tenant(id));
        Ok(())
    }
}
