//! Turns: calls that compute for long take turns among themselves on all cores but one, so that a short call, of whichever
//! connector, always finds a core.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::yield_now,
    time::timeout,
};

/// Ticks of computing after which a call is a long one.
const SHORT: u32 = 2;
/// How long a connector is remembered for a long call: its next ones begin as such.
const REMEMBERED: Duration = Duration::from_secs(10);
/// How long a call waits for its turn at most: who has it may be waiting for something itself.
const PATIENCE: Duration = Duration::from_millis(100);

/// Room for long calls: one core fewer than there are, and one at least.
pub(crate) fn room() -> Arc<Semaphore> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Arc::new(Semaphore::new(cores.saturating_sub(1).max(1)))
}

/// What one call has of it: nothing while it is short.
#[derive(Clone, Default)]
pub(crate) struct Turn(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Turn {
    /// What a call does between two ticks of computing: it lets others go first, and a long one waits for its turn.
    pub(crate) fn after(&self, ticks: u32, room: &Arc<Semaphore>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if ticks <= SHORT {
            return Box::pin(yield_now());
        }
        let (turn, room) = (self.clone(), Arc::clone(room));
        Box::pin(async move {
            turn.end();
            yield_now().await;
            // The semaphore is never closed; whoever waited for too long goes on without.
            let taken = timeout(PATIENCE, room.acquire_owned()).await.ok().and_then(Result::ok);
            *turn.held() = taken;
        })
    }

    /// Hands the turn on: the call is done, or waits for the host.
    pub(crate) fn end(&self) {
        self.held().take();
    }

    fn held(&self) -> MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a connector last computed for long. Whoever does it over and over would otherwise begin each time as a short call.
#[derive(Clone, Default)]
pub(crate) struct Habit(Arc<Mutex<Option<Instant>>>);

impl Habit {
    /// Whether its next call begins as a long one.
    pub(crate) fn is_long(&self) -> bool {
        self.last().is_some_and(|last| last.elapsed() < REMEMBERED)
    }

    /// Takes down that a call has computed for so many ticks.
    pub(crate) fn computed(&self, ticks: u32) {
        if ticks > SHORT {
            *self.last() = Some(Instant::now());
        }
    }

    /// The ticks that a call which begins is taken to have behind it.
    pub(crate) fn ticks(&self) -> u32 {
        if self.is_long() { SHORT } else { 0 }
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn long_calls_take_turns_and_short_ones_do_not_wait() {
        let room = Arc::new(Semaphore::new(1));
        let (one, other) = (Turn::default(), Turn::default());
        one.after(SHORT, &room).await;
        assert_eq!(room.available_permits(), 1, "a short call takes no turn");
        one.after(SHORT + 1, &room).await;
        assert_eq!(room.available_permits(), 0);
        other.after(1, &room).await;
        // The first waits for the host: the other has its turn at once.
        one.end();
        other.after(SHORT + 1, &room).await;
        assert!(one.held().is_none() && other.held().is_some());
        drop(other);
        assert_eq!(room.available_permits(), 1, "a call that is over holds nothing");
    }

    #[test]
    fn whoever_computed_for_long_begins_its_next_calls_as_long_ones() {
        let (habit, other) = (Habit::default(), Habit::default());
        habit.computed(SHORT);
        assert!(!habit.is_long() && habit.ticks() == 0, "a short call makes no habit");
        habit.computed(SHORT + 1);
        assert!(habit.is_long() && habit.ticks() == SHORT && !other.is_long());
        *habit.last() = Instant::now().checked_sub(REMEMBERED);
        assert!(!habit.is_long(), "it is forgotten in time");
    }

    #[tokio::test]
    async fn a_turn_that_is_not_handed_on_holds_nobody_up_for_long() {
        let room = Arc::new(Semaphore::new(1));
        let (one, other) = (Turn::default(), Turn::default());
        one.after(SHORT + 1, &room).await;
        other.after(SHORT + 1, &room).await;
        assert!(one.held().is_some() && other.held().is_none());
    }
}
