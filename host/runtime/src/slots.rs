//! Slots: how many calls of one connector run at the same time, for each tenant on its own, so that what keeps one
//! tenant's calls waiting keeps no other's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use jackfield_model::id::TenantId;
use tokio::sync::Semaphore;

/// The slots of one connector.
pub(crate) struct Slots {
    each: usize,
    /// Of tenants with calls on their way; none where a manifest is read.
    held: Mutex<HashMap<Option<TenantId>, Weak<Semaphore>>>,
}

impl Slots {
    /// So many for each tenant.
    pub(crate) fn of(each: u32) -> Self {
        Self { each: usize::try_from(each).unwrap_or(1), held: Mutex::default() }
    }

    /// A tenant's slots, which last as long as somebody holds them.
    pub(crate) fn of_tenant(&self, tenant: Option<TenantId>) -> Arc<Semaphore> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slots) = held.get(&tenant).and_then(Weak::upgrade) {
            return slots;
        }
        held.retain(|_, slots| slots.strong_count() > 0);
        let slots = Arc::new(Semaphore::new(self.each));
        held.insert(tenant, Arc::downgrade(&slots));
        slots
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn each_tenant_has_its_own_and_nobody_is_remembered() {
        let slots = Slots::of(1);
        let [one, other]: [TenantId; 2] =
            ["ten_01K742SGZ80000000000000001", "ten_01K742SGZ80000000000000002"].map(|id| id.parse().unwrap());
        let held = slots.of_tenant(Some(one));
        let taken = Arc::clone(&held).try_acquire_owned().unwrap();
        assert!(slots.of_tenant(Some(one)).try_acquire().is_err(), "the same while one of them is held");
        assert!(slots.of_tenant(Some(other)).try_acquire().is_ok());
        assert!(slots.of_tenant(None).try_acquire().is_ok());
        drop((held, taken));
        slots.of_tenant(Some(other));
        assert_eq!(slots.held.lock().unwrap().len(), 1, "whoever has no call on its way is forgotten");
    }
}
