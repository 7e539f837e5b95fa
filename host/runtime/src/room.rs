//! Room: the instances there are for calls of all connectors, shared out so that a connector never takes more than it
//! leaves to the others, and a tenant never the last.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jackfield_model::id::TenantId;
use tokio::sync::Notify;

/// Places for instances.
///
/// A connector gets one more only while more are free than it has: alone it may take half of them, and eight that take
/// what they get leave some for a ninth. A tenant leaves as many as it has besides, up to an eighth of all, whatever number of
/// connectors its calls are of.
pub(crate) struct Room {
    size: usize,
    used: Mutex<Used>,
    freed: Notify,
}

/// How many places are taken, and by whom; a manifest is read for no tenant.
#[derive(Default)]
struct Used {
    all: usize,
    of: HashMap<Option<TenantId>, usize>,
}

/// How many places one connector has; changed while the room's own count is held.
#[derive(Default)]
pub(crate) struct Share(Mutex<usize>);

/// One place, until it is dropped.
pub(crate) struct Place<'a> {
    room: &'a Room,
    share: &'a Share,
    tenant: Option<TenantId>,
}

impl Room {
    pub(crate) fn of(size: usize) -> Self {
        Self { size, used: Mutex::default(), freed: Notify::new() }
    }

    /// Waits for a place. Whoever has few is let in before whoever has many.
    pub(crate) async fn enter<'a>(&'a self, share: &'a Share, tenant: Option<TenantId>) -> Place<'a> {
        loop {
            // What is freed from here on wakes this one.
            let freed = self.freed.notified();
            if let Some(place) = self.take(share, tenant) {
                return place;
            }
            freed.await;
        }
    }

    fn take<'a>(&'a self, share: &'a Share, tenant: Option<TenantId>) -> Option<Place<'a>> {
        let (mut used, mut held) = (locked(&self.used), locked(&share.0));
        let own = used.of.get(&tenant).copied().unwrap_or(0);
        let left_to_others = own.min(self.size / 8);
        if self.size.saturating_sub(used.all + left_to_others) <= *held {
            return None;
        }
        used.all += 1;
        used.of.insert(tenant, own + 1);
        *held += 1;
        Some(Place { room: self, share, tenant })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        {
            let (mut used, mut held) = (locked(&self.room.used), locked(&self.share.0));
            used.all = used.all.saturating_sub(1);
            let own = used.of.remove(&self.tenant).unwrap_or(0);
            if own > 1 {
                used.of.insert(self.tenant, own - 1);
            }
            *held = held.saturating_sub(1);
        }
        self.room.freed.notify_waiters();
    }
}

fn locked<T>(count: &Mutex<T>) -> MutexGuard<'_, T> {
    count.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a failed test is a panic")]
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Waker},
    };

    use super::*;

    /// Takes places until there is none for this connector.
    fn fill<'a>(room: &'a Room, share: &'a Share, tenant: u128) -> Vec<Place<'a>> {
        let tenant = TenantId::new(jiff::Timestamp::UNIX_EPOCH, tenant);
        std::iter::from_fn(|| room.take(share, Some(tenant))).take(16).collect()
    }

    #[test]
    fn eight_that_take_what_they_get_leave_room_for_a_ninth() {
        let (room, shares) = (Room::of(128), [const { Share(Mutex::new(0)) }; 9]);
        let mut held: Vec<_> = shares[..8].iter().map(|share| fill(&room, share, 1)).collect();
        // Nobody got the last places, in whatever order they came.
        held.extend(shares[..8].iter().map(|share| fill(&room, share, 1)));
        let (ninth, others) = (fill(&room, &shares[8], 1), fill(&room, &shares[8], 2));
        assert!(!ninth.is_empty() && others.len() >= 4, "{} {}", ninth.len(), others.len());
        assert!(held.iter().map(Vec::len).sum::<usize>() >= 104, "and nothing lies idle");
    }

    #[test]
    fn one_tenant_with_any_number_of_connectors_leaves_room_for_the_next_ones() {
        let (room, shares) = (Room::of(128), [const { Share(Mutex::new(0)) }; 34]);
        let held: Vec<_> = shares[..30].iter().map(|share| fill(&room, share, 1)).collect();
        assert_eq!(held.iter().map(Vec::len).sum::<usize>(), 112);
        let others: Vec<_> = (30..34).map(|tenant| fill(&room, &shares[tenant], tenant as u128)).collect();
        assert!(others.iter().all(|places| !places.is_empty()));
        drop((held, others));
        assert!(locked(&room.used).of.is_empty(), "whoever has no call on its way is forgotten");
    }

    #[test]
    fn one_alone_takes_half_and_the_smallest_room_serves() {
        let (room, share) = (Room::of(10), Share::default());
        assert_eq!(fill(&room, &share, 1).len(), 5);
        assert_eq!(fill(&room, &share, 1).len(), 5, "what was dropped is free again");
        assert_eq!(fill(&Room::of(1), &Share::default(), 1).len(), 1);
    }

    #[tokio::test]
    async fn who_waits_is_let_in_when_somebody_leaves() {
        let (room, one, other) = (Room::of(1), Share::default(), Share::default());
        let place = room.enter(&one, None).await;
        let mut waiting = pin!(room.enter(&other, None));
        let mut looked = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut looked).is_pending());
        drop(place);
        assert!(waiting.as_mut().poll(&mut looked).is_ready());
    }
}
