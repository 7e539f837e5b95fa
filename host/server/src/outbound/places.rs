//! Places that tenants share: a tenant gets one more only while more are free than it has, so that it never takes more than
//! it leaves to the others. The same rule as of the room for instances.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_model::id::TenantId;
use tokio::sync::Notify;

/// How many places each tenant has; none stands for the host itself.
type Held = HashMap<Option<TenantId>, usize>;

/// Places.
#[derive(Default)]
pub(super) struct Places {
    size: usize,
    held: Mutex<Held>,
    /// Wakes who waits for a place.
    pub(super) freed: Notify,
}

/// One place, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    tenant: Option<TenantId>,
}

impl Places {
    pub(super) fn of(size: usize) -> Arc<Self> {
        Arc::new(Self { size, ..Self::default() })
    }

    /// A place, where the tenant may have one more.
    pub(super) fn take(self: &Arc<Self>, tenant: Option<TenantId>) -> Option<Place> {
        let mut held = self.held();
        let free = self.size.saturating_sub(held.values().sum());
        let own = held.get(&tenant).copied().unwrap_or(0);
        if free <= own {
            return None;
        }
        held.insert(tenant, own + 1);
        Some(Place { places: Arc::clone(self), tenant })
    }

    #[cfg(test)]
    pub(super) fn are_free(&self) -> bool {
        self.held().is_empty()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held();
        match held.get_mut(&self.tenant) {
            Some(own) if *own > 1 => *own -= 1,
            // Whoever has none is not remembered.
            _ => drop(held.remove(&self.tenant)),
        }
        drop(held);
        self.places.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn fill(places: &Arc<Places>, tenant: Option<TenantId>) -> Vec<Place> {
        std::iter::from_fn(|| places.take(tenant)).collect()
    }

    #[test]
    fn a_tenant_takes_no_more_than_it_leaves_and_nobody_is_remembered() {
        let tenant = |random| Some(TenantId::new(Timestamp::UNIX_EPOCH, random));
        let (places, one, other) = (Places::of(64), tenant(1), tenant(2));
        let held = [fill(&places, one), fill(&places, other), fill(&places, None)];
        assert_eq!(held.each_ref().map(Vec::len), [32, 16, 8]);
        assert_eq!(fill(&places, one).len(), 0);
        drop(held);
        assert!(places.are_free());
        assert_eq!(fill(&Places::of(1), one).len(), 1, "the smallest number serves");
    }
}
