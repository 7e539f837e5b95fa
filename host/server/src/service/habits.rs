//! Habits: what tenants wish about notices and verifying, at hand where a due time is decided in the middle of a change.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_model::{
    id::TenantId,
    tenant::{Notices, Tenant},
};
use jackfield_store::StoreError;

use super::Service;

/// How many connections are looked at at a time when a tenant changes its mind.
const STRIDE: usize = 500;

/// What every tenant wishes. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Habits(Arc<Mutex<HashMap<TenantId, Notices>>>);

impl Habits {
    /// What a tenant wishes; the defaults where nothing is known.
    pub(super) fn of(&self, tenant: TenantId) -> Notices {
        self.lock().get(&tenant).cloned().unwrap_or_default()
    }

    /// Takes over what a tenant wishes.
    pub(super) fn note(&self, tenant: &Tenant) {
        let mut known = self.lock();
        // Most tenants wish nothing of their own.
        if tenant.notices == Notices::default() {
            known.remove(&tenant.id);
        } else {
            known.insert(tenant.id, tenant.notices.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Notices>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Reads what every tenant wishes.
    pub(super) async fn learn_habits(&self) -> Result<(), StoreError> {
        self.tenants().await?.iter().for_each(|tenant| self.habits.note(tenant));
        Ok(())
    }

    /// Has every connection of a tenant looked at anew, since its due time followed from other wishes. In the background.
    pub(super) fn look_anew(&self, tenant: TenantId) {
        let service = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = service.look_anew_at(tenant).await {
                tracing::warn!(%tenant, %error, "not every connection could be brought in line with the tenant's wishes");
            }
        });
    }

    async fn look_anew_at(&self, tenant: TenantId) -> Result<(), StoreError> {
        let filter = jackfield_store::Filter::default();
        let mut after = None;
        loop {
            let order = jackfield_store::Order::Oldest;
            let page = self.store().connections().list(tenant, &filter, order, after.as_deref(), STRIDE).await?;
            for connection in page.items.iter().filter(|connection| connection.status.is_usable()) {
                let connections = self.store().connections();
                let amended = connections.amend::<StoreError>(tenant, connection.id, |found, _| {
                    found.upkeep.due = Some(self.now());
                    Ok(())
                });
                amended.await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
