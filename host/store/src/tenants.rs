//! Tenants: the wall between customers, found by id or by the host name of their pages, and the end of a tenant's keys.

use jackfield_model::{brand::HostName, id::TenantId, tenant::Tenant};

use crate::{
    brand_files::BrandFiles,
    change::Change,
    choices::Choices,
    core::{Core, Order, tail},
    engine::Expect,
    error::StoreError,
    made,
    record::{Page, Versioned},
    revocations::Revocations,
    schema::{CONNECTION, MADE, TENANT, TENANT_BY_HOST},
    seal::Scope,
};

/// How many counts are looked at together.
const GROUP: usize = 256;

/// Tenants.
pub struct Tenants<'a>(pub(crate) &'a Core);

impl Tenants<'_> {
    /// Stages a new tenant. Where another has its host name, the commit is refused.
    pub fn insert(&self, change: &mut Change, tenant: &Tenant) -> Result<(), StoreError> {
        if let Some(host) = &tenant.brand.host {
            take(change, host, tenant.id);
        }
        change.insert(TENANT, TENANT.key(&[&tenant.id]), tenant)
    }

    /// Stages a changed tenant. Where another has its new host name, the commit is refused.
    pub async fn update(&self, change: &mut Change, changed: &mut Versioned<Tenant>) -> Result<(), StoreError> {
        let before = self.get(changed.id).await?.ok_or(StoreError::Conflict)?.record.brand.host;
        let after = changed.brand.host.clone();
        if before != after {
            if let Some(host) = &before {
                change.delete(TENANT_BY_HOST.key(&[host]));
            }
            if let Some(host) = &after {
                take(change, host, changed.id);
            }
        }
        change.replace(TENANT, TENANT.key(&[&changed.id]), changed)
    }

    /// One tenant.
    pub async fn get(&self, id: TenantId) -> Result<Option<Versioned<Tenant>>, StoreError> {
        self.0.get(TENANT, &TENANT.key(&[&id])).await
    }

    /// The tenant whose pages are at a host name.
    pub async fn at(&self, host: &HostName) -> Result<Option<Versioned<Tenant>>, StoreError> {
        let Some(id) = self.0.pointer(&TENANT_BY_HOST.key(&[host])).await? else { return Ok(None) };
        let found: Option<Versioned<Tenant>> = self.0.get(TENANT, &TENANT.key(&[&id])).await?;
        Ok(found.filter(|tenant| tenant.brand.host.as_ref() == Some(host)))
    }

    /// Tenants, oldest first.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Page<Versioned<Tenant>>, StoreError> {
        self.0.page(TENANT, &TENANT.prefix(&[]), after, limit, Order::Oldest).await
    }

    /// Stages that the tenant is still there when the change is made: what is made for one that ends meanwhile is not.
    pub fn hold(&self, change: &mut Change, id: TenantId) {
        change.expect(TENANT.key(&[&id]), Expect::StartsWith(vec![]));
    }

    /// Ends a tenant without connections of which nothing waits, and its keys with it: whatever they sealed cannot be opened
    /// any more.
    /// Its host name is free again, and its brand's files are gone.
    pub async fn delete(&self, id: TenantId, mut change: Change) -> Result<(), StoreError> {
        let (connections, _) = self.0.scan(&CONNECTION.prefix(&[&id]), None, 1, Order::Oldest).await?;
        if !connections.is_empty() {
            return Err(StoreError::InUse);
        }
        let made = self.0.made(made::TENANT, &id).await?;
        // In the order in which one becomes another: a connection or a choice that ends meanwhile is seen as a revocation.
        if Choices(self.0).any_of(id).await? || Revocations(self.0).any_of(id).await? {
            return Err(StoreError::Awaited);
        }
        if let Some(tenant) = self.get(id).await? {
            tenant.brand.host.iter().for_each(|host| change.delete(TENANT_BY_HOST.key(&[host])));
            let files = tenant.brand.files().map(|file| file.digest.clone()).collect();
            BrandFiles(self.0).delete(&mut change, id, &files).await?;
            // As it was read: a brand changed meanwhile would leave its host name or a file behind.
            change.remove(TENANT, TENANT.key(&[&id]), tenant.revision);
        }
        // Nor is any made between those looks and this commit.
        change.expect(CONNECTION.prefix(&[&id]), Expect::NothingBelow);
        change.ends(made);
        self.0.keys.erase(&*self.0.engine, Scope::Tenant(id), &mut change).await?;
        self.0.commit(change).await?;
        self.0.keys.forget(Scope::Tenant(id));
        Ok(())
    }

    /// Ends the keys that tenants have which are no more: what came late for one was sealed with them until it was revoked.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let prefix = MADE.prefix(&[&made::TENANT]);
        let mut after = None;
        loop {
            let (found, more) = self.0.scan(&prefix, after.as_deref(), GROUP, Order::Oldest).await?;
            for (key, _) in &found {
                match tail(&prefix, key).parse() {
                    Ok(id) if self.get(id).await?.is_none() => self.forget_what_came_late(id).await?,
                    _ => {}
                }
            }
            after = more;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn forget_what_came_late(&self, id: TenantId) -> Result<(), StoreError> {
        let made = self.0.made(made::TENANT, &id).await?;
        if Choices(self.0).any_of(id).await? || Revocations(self.0).any_of(id).await? {
            return Ok(());
        }
        let mut change = Change::new();
        change.ends(made);
        self.0.keys.erase(&*self.0.engine, Scope::Tenant(id), &mut change).await?;
        match self.0.commit(change).await {
            Ok(()) => self.0.keys.forget(Scope::Tenant(id)),
            // Something came just now: the next round sees it.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn take(change: &mut Change, host: &HostName, tenant: TenantId) {
    let key = TENANT_BY_HOST.key(&[host]);
    change.expect(key.clone(), Expect::Absent);
    change.write(key, tenant.to_string().into_bytes());
}
