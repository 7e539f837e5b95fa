//! What a call computes: its own processor time, in whichever threads, and none of the time it waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

/// The processor time of one call, with what the host does in its name. Clones are of the same call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spent(Arc<Pieces>);

/// In nanoseconds.
#[derive(Debug, Default)]
struct Pieces {
    /// Of all pieces that are done.
    done: AtomicU64,
    /// What its thread had computed when the piece under way began.
    since: AtomicU64,
    /// How long the piece under way was at work for a provider.
    at_work: AtomicU64,
    /// What was computed for providers, in the pieces that are done.
    for_providers: AtomicU64,
}

impl Spent {
    /// Does one piece of the call's work, without a pause, in the thread it is called in, and counts it. Answers how much that was.
    pub(crate) fn during<T>(&self, piece: impl FnOnce() -> T) -> (T, Duration) {
        let begun = computed();
        self.0.since.store(nanos(begun), Ordering::Relaxed);
        let done = piece();
        let took = computed().saturating_sub(begun);
        self.0.done.fetch_add(nanos(took), Ordering::Relaxed);
        let at_work = self.0.at_work.swap(0, Ordering::Relaxed);
        self.0.for_providers.fetch_add(at_work.min(nanos(took)), Ordering::Relaxed);
        (done, took)
    }

    /// Notes that the piece under way was at work for a provider for so long. Of that no more counts than the piece computes: where
    /// it is put aside meanwhile, time passes too.
    pub(crate) fn at_work(&self, long: Duration) {
        self.0.at_work.fetch_add(nanos(long), Ordering::Relaxed);
    }

    /// What of the pieces that are done was computed for providers, which is no doing of the guest's.
    pub(crate) fn for_providers(&self) -> Duration {
        Duration::from_nanos(self.0.for_providers.load(Ordering::Relaxed))
    }

    /// Of all pieces that are done.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.0.done.load(Ordering::Relaxed))
    }

    /// With the piece under way, of which this is a part.
    pub(crate) fn so_far(&self) -> Duration {
        let since = Duration::from_nanos(self.0.since.load(Ordering::Relaxed));
        self.total().saturating_add(computed().saturating_sub(since))
    }
}

/// How long this thread has computed since it began.
pub(crate) fn computed() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Keeps this thread busy for so much of its own time.
#[cfg(test)]
pub(crate) fn compute(much: Duration) {
    let begun = computed();
    while computed().saturating_sub(begun) < much {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    const PIECE: Duration = Duration::from_millis(2);

    #[test]
    fn it_is_what_every_piece_computed_in_its_own_thread() {
        let spent = Spent::default();
        let ((), took) = spent.during(|| compute(PIECE));
        assert!(took >= PIECE && spent.total() == took.min(spent.total()));
        let (seen, _) = spent.during(|| {
            compute(PIECE);
            spent.so_far()
        });
        assert!(seen >= 2 * PIECE, "the piece under way counts: {seen:?}");
        // Another thread's clock has another beginning.
        let other = spent.clone();
        std::thread::spawn(move || other.during(|| compute(PIECE))).join().unwrap();
        assert!(spent.total() >= 3 * PIECE && spent.total() < Duration::from_mins(1));
    }

    #[test]
    fn work_for_a_provider_counts_as_far_as_it_was_computed() {
        let spent = Spent::default();
        let ((), took) = spent.during(|| {
            compute(PIECE);
            spent.at_work(PIECE / 2);
            compute(PIECE);
        });
        assert!(took >= 2 * PIECE && spent.for_providers() == PIECE / 2);
        // A second in which the thread was put aside nearly all the time.
        let ((), took) = spent.during(|| spent.at_work(Duration::from_secs(1)));
        assert!(took < PIECE && spent.for_providers() == PIECE / 2 + took);
    }

    #[test]
    fn waiting_is_no_computing() {
        let spent = Spent::default();
        let (nobody, waits) = std::sync::mpsc::channel::<()>();
        let (heard, took) = spent.during(|| waits.recv_timeout(20 * PIECE));
        assert!(heard.is_err() && took < 10 * PIECE, "{took:?}");
        drop(nobody);
    }
}
