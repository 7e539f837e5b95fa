//! What a call spent on its provider: time, and work of the host's, that are no doing of the guest's.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a call has waited for providers, and how long the host was at work on their answers. Clones are of the same call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waited(Arc<Spent>);

/// In microseconds.
#[derive(Debug, Default)]
struct Spent {
    passed: AtomicU64,
    at_work: AtomicU64,
}

/// Counts the time also where its work is given up.
struct Passing<'a> {
    begun: Instant,
    spent: &'a Spent,
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        add(&self.spent.passed, self.begun.elapsed());
    }
}

impl Waited {
    /// Does work that is the provider's doing.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let _passing = Passing { begun: Instant::now(), spent: &self.0 };
        let mut work = pin!(work);
        poll_fn(|context| {
            let begun = Instant::now();
            let polled = work.as_mut().poll(context);
            add(&self.0.at_work, begun.elapsed());
            polled
        })
        .await
    }

    /// The time that passed.
    pub(crate) fn passed(&self) -> Duration {
        Duration::from_micros(self.0.passed.load(Ordering::Relaxed))
    }

    /// How long the host was at work, without its waiting. No less than what it computed, as what is put aside meanwhile counts
    /// too: it is let go to the guest's good, and needs no look at the thread's clock, which is a system call.
    pub(crate) fn at_work(&self) -> Duration {
        Duration::from_micros(self.0.at_work.load(Ordering::Relaxed))
    }
}

fn add(to: &AtomicU64, duration: Duration) {
    to.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::{sync::oneshot, time::timeout};

    use super::*;
    use crate::spent::compute;

    #[tokio::test]
    async fn what_is_given_up_counts_as_what_is_done() {
        let waited = Waited::default();
        assert_eq!(waited.during(async { 7 }).await, 7);
        let (_never, answer) = oneshot::channel::<()>();
        let given_up = timeout(Duration::from_millis(2), waited.during(answer)).await;
        assert!(given_up.is_err() && waited.passed() >= Duration::from_millis(2));
    }

    #[tokio::test]
    async fn work_on_an_answer_is_told_apart() {
        let (waited, other) = (Waited::default(), Waited::default());
        let busy = async { compute(Duration::from_millis(2)) };
        waited.during(busy).await;
        assert!(waited.at_work() >= Duration::from_millis(2) && waited.passed() >= waited.at_work());
        let _elapsed = timeout(Duration::from_millis(20), other.during(pending::<()>())).await;
        assert!(other.at_work() < other.passed() / 2, "waiting is no work");
    }
}
