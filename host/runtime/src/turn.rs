//! Turns: calls that compute for long take turns among themselves on all cores but one, so that a short call, of whichever
//! connector, always finds a core.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::yield_now,
    time::timeout,
};

use crate::{engine::TICK, spent::Spent, waited::Waited};

/// Computing after which a call is a long one. It is the processor's time: whoever waits for its provider, or was put aside
/// on a busy machine, finds many ticks gone when it goes on, and has computed nothing.
const SHORT: Duration = TICK.saturating_mul(2);
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
pub(crate) struct Turn {
    held: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
    waited: Waited,
    /// What the call has computed.
    pub(crate) spent: Spent,
}

impl Turn {
    /// What a call does where a tick interrupts it, with so much computing behind it: it lets others go first, and a long one
    /// waits for its turn.
    pub(crate) fn after(&self, computed: Duration, room: &Arc<Semaphore>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if computed <= SHORT {
            return Box::pin(yield_now());
        }
        let (turn, room) = (self.clone(), Arc::clone(room));
        Box::pin(async move {
            turn.end();
            let waiting = async {
                yield_now().await;
                timeout(PATIENCE, room.acquire_owned()).await
            };
            // The semaphore is never closed; whoever waited for too long goes on without.
            let taken = turn.waited.during(waiting).await.ok().and_then(Result::ok);
            *turn.held() = taken;
        })
    }

    /// Does the work of a call, and hands its turn on whenever that waits, for whatever it is: who waits needs no core.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            if polled.is_pending() {
                self.end();
            }
            polled
        })
        .await
    }

    /// How long the call has waited for its turns.
    pub(crate) fn waited(&self) -> Duration {
        self.waited.passed()
    }

    fn end(&self) {
        self.held().take();
    }

    fn held(&self) -> MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Takes down how much a call has computed by its end. One that was short ends the habit: on a busy machine a call of any
    /// connector takes long now and then.
    pub(crate) fn computed(&self, computed: Duration) {
        *self.last() = (computed > SHORT).then(Instant::now);
    }

    /// The computing that a call which begins is taken to have behind it.
    pub(crate) fn head_start(&self) -> Duration {
        if self.is_long() { SHORT } else { Duration::ZERO }
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        task::{Context, Waker},
    };

    use super::*;

    const LONG: Duration = SHORT.saturating_add(TICK);

    #[tokio::test]
    async fn long_calls_take_turns_and_short_ones_do_not_wait() {
        let room = Arc::new(Semaphore::new(1));
        let (one, other) = (Turn::default(), Turn::default());
        one.after(SHORT, &room).await;
        assert_eq!(room.available_permits(), 1, "a short call takes no turn");
        one.after(LONG, &room).await;
        assert_eq!(room.available_permits(), 0);
        other.after(TICK, &room).await;
        // The first waits for the host: the other has its turn at once.
        one.end();
        other.after(LONG, &room).await;
        assert!(one.held().is_none() && other.held().is_some());
        drop(other);
        assert_eq!(room.available_permits(), 1, "a call that is over holds nothing");
    }

    #[test]
    fn whoever_computed_for_long_begins_its_next_calls_as_long_ones() {
        let (habit, other) = (Habit::default(), Habit::default());
        habit.computed(SHORT);
        assert!(!habit.is_long() && habit.head_start().is_zero(), "a short call makes no habit");
        habit.computed(LONG);
        assert!(habit.is_long() && habit.head_start() == SHORT && !other.is_long());
        *habit.last() = Instant::now().checked_sub(REMEMBERED);
        assert!(!habit.is_long(), "it is forgotten in time");
        habit.computed(LONG);
        habit.computed(SHORT);
        assert!(!habit.is_long(), "a short call ends it");
    }

    #[tokio::test]
    async fn a_call_that_waits_for_whatever_it_is_holds_no_turn() {
        let room = Arc::new(Semaphore::new(1));
        let sleeps = Turn::default();
        let work = async {
            sleeps.after(LONG, &room).await;
            assert_eq!(room.available_permits(), 0);
            pending::<()>().await;
        };
        let mut work = pin!(sleeps.during(work));
        for _ in 0..2 {
            assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(room.available_permits(), 1);
    }

    #[tokio::test]
    async fn a_turn_that_is_not_handed_on_holds_nobody_up_for_long() {
        let room = Arc::new(Semaphore::new(1));
        let (one, other) = (Turn::default(), Turn::default());
        one.after(LONG, &room).await;
        other.after(LONG, &room).await;
        assert!(one.held().is_some() && other.held().is_none());
        assert!(other.waited() >= PATIENCE && one.waited() < other.waited(), "what was waited is known");
    }
}
