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

/// In microseconds.
#[derive(Debug, Default)]
struct Pieces {
    /// Of all pieces that are done.
    done: AtomicU64,
    /// What its thread had computed when the piece under way began.
    since: AtomicU64,
}

impl Spent {
    /// Does one piece of the call's work, without a pause, in the thread it is called in, and counts it. Answers how much that was.
    pub(crate) fn during<T>(&self, piece: impl FnOnce() -> T) -> (T, Duration) {
        let begun = computed();
        self.0.since.store(micros(begun), Ordering::Relaxed);
        let done = piece();
        let took = computed().saturating_sub(begun);
        self.0.done.fetch_add(micros(took), Ordering::Relaxed);
        (done, took)
    }

    /// Of all pieces that are done.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_micros(self.0.done.load(Ordering::Relaxed))
    }

    /// With the piece under way, of which this is a part.
    pub(crate) fn so_far(&self) -> Duration {
        let since = Duration::from_micros(self.0.since.load(Ordering::Relaxed));
        self.total().saturating_add(computed().saturating_sub(since))
    }
}

/// How long this thread has computed since it began.
pub(crate) fn computed() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
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
    fn waiting_is_no_computing() {
        let spent = Spent::default();
        let (nobody, waits) = std::sync::mpsc::channel::<()>();
        let (heard, took) = spent.during(|| waits.recv_timeout(20 * PIECE));
        assert!(heard.is_err() && took < 10 * PIECE, "{took:?}");
        drop(nobody);
    }
}
