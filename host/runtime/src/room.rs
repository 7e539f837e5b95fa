//! Room: the instances there are for calls of all connectors, shared out so that a connector never takes more than it
//! leaves to the others.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Places for instances.
///
/// A connector gets one more only while more are free than it has: alone it may take half of them, and eight that take
/// what they get leave a ninth as many as each of them has.
pub(crate) struct Room {
    size: usize,
    used: Mutex<usize>,
    freed: Notify,
}

/// How many places one connector has; changed while the room's own count is held.
#[derive(Default)]
pub(crate) struct Share(Mutex<usize>);

/// One place, until it is dropped.
pub(crate) struct Place<'a> {
    room: &'a Room,
    share: &'a Share,
}

impl Room {
    pub(crate) fn of(size: usize) -> Self {
        Self { size, used: Mutex::new(0), freed: Notify::new() }
    }

    /// Waits for a place. Whoever has few is let in before whoever has many.
    pub(crate) async fn enter<'a>(&'a self, share: &'a Share) -> Place<'a> {
        loop {
            // What is freed from here on wakes this one.
            let freed = self.freed.notified();
            if let Some(place) = self.take(share) {
                return place;
            }
            freed.await;
        }
    }

    fn take<'a>(&'a self, share: &'a Share) -> Option<Place<'a>> {
        let (mut used, mut held) = (locked(&self.used), locked(&share.0));
        if self.size.saturating_sub(*used) <= *held {
            return None;
        }
        *used += 1;
        *held += 1;
        Some(Place { room: self, share })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        {
            let (mut used, mut held) = (locked(&self.room.used), locked(&self.share.0));
            *used = used.saturating_sub(1);
            *held = held.saturating_sub(1);
        }
        self.room.freed.notify_waiters();
    }
}

fn locked(count: &Mutex<usize>) -> MutexGuard<'_, usize> {
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
    fn fill<'a>(room: &'a Room, share: &'a Share, at_most: usize) -> Vec<Place<'a>> {
        std::iter::from_fn(|| room.take(share)).take(at_most).collect()
    }

    #[test]
    fn eight_that_take_what_they_get_leave_room_for_a_ninth() {
        let (room, shares) = (Room::of(128), [const { Share(Mutex::new(0)) }; 9]);
        let mut held: Vec<_> = shares[..8].iter().map(|share| fill(&room, share, 16)).collect();
        // Nobody got the last places, in whatever order they came.
        held.extend(shares[..8].iter().map(|share| fill(&room, share, 16)));
        let ninth = fill(&room, &shares[8], 16);
        assert!(ninth.len() >= 4, "{}", ninth.len());
        assert!(held.iter().map(Vec::len).sum::<usize>() >= 112, "and nothing lies idle");
    }

    #[test]
    fn one_alone_takes_half_and_the_smallest_room_serves() {
        let (room, share) = (Room::of(10), Share::default());
        assert_eq!(fill(&room, &share, 16).len(), 5);
        assert_eq!(fill(&room, &share, 16).len(), 5, "what was dropped is free again");
        assert_eq!(fill(&Room::of(1), &Share::default(), 16).len(), 1);
    }

    #[tokio::test]
    async fn who_waits_is_let_in_when_somebody_leaves() {
        let (room, one, other) = (Room::of(1), Share::default(), Share::default());
        let place = room.enter(&one).await;
        let mut waiting = pin!(room.enter(&other));
        let mut looked = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut looked).is_pending());
        drop(place);
        assert!(waiting.as_mut().poll(&mut looked).is_ready());
    }
}
