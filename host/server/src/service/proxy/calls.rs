//! Calls under way: counted by connection and by tenant, and no more of them than the operator allows.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_model::id::{ConnectionId, TenantId};

use super::settings::{Bound, ProxySettings};

/// The calls under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    connections: HashMap<ConnectionId, u64>,
    tenants: HashMap<TenantId, u64>,
}

/// A call's place among those under way; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    calls: Calls,
    tenant: TenantId,
    connection: ConnectionId,
}

impl Calls {
    /// A place for one call more, or the bound that has none left.
    pub(super) fn enter(
        &self,
        tenant: TenantId,
        connection: ConnectionId,
        settings: &ProxySettings,
    ) -> Result<Place, Bound> {
        let mut under_way = self.lock();
        if of(&under_way.connections, &connection) >= settings.calls_per_connection {
            return Err(Bound::ConnectionCalls);
        }
        if of(&under_way.tenants, &tenant) >= settings.calls_per_tenant {
            return Err(Bound::TenantCalls);
        }
        *under_way.connections.entry(connection).or_default() += 1;
        *under_way.tenants.entry(tenant).or_default() += 1;
        Ok(Place { calls: self.clone(), tenant, connection })
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.calls.lock();
        leave(&mut under_way.connections, &self.connection);
        leave(&mut under_way.tenants, &self.tenant);
    }
}

fn of<K: Eq + Hash>(counts: &HashMap<K, u64>, key: &K) -> u64 {
    counts.get(key).copied().unwrap_or(0)
}

/// What nobody uses is forgotten, so that the table is no larger than the calls under way.
fn leave<K: Eq + Hash>(counts: &mut HashMap<K, u64>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}
