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

use crate::spent::Spent;

/// How long a call has waited for providers. Clones are of the same call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waited {
    /// In microseconds.
    passed: Arc<AtomicU64>,
    /// Where the host's work on what they answer is noted.
    spent: Spent,
}

/// Counts the time also where its work is given up.
struct Passing<'a> {
    begun: Instant,
    passed: &'a AtomicU64,
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        let micros = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.passed.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Waited {
    /// Of a call that computes this.
    pub(crate) fn of(spent: &Spent) -> Self {
        Self { passed: Arc::default(), spent: spent.clone() }
    }

    /// Does work that is the provider's doing. It is timed without the thread's clock, which is a system call.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let _passing = Passing { begun: Instant::now(), passed: &self.passed };
        let mut work = pin!(work);
        poll_fn(|context| {
            let begun = Instant::now();
            let polled = work.as_mut().poll(context);
            self.spent.at_work(begun.elapsed());
            polled
        })
        .await
    }

    /// The time that passed.
    pub(crate) fn passed(&self) -> Duration {
        Duration::from_micros(self.passed.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::{sync::oneshot, time::timeout};

    use super::*;
    use crate::{aside::aside, spent::compute};

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
        let spent = Spent::default();
        let waited = Waited::of(&spent);
        let call = async {
            compute(Duration::from_millis(2));
            waited.during(async { compute(Duration::from_millis(2)) }).await;
        };
        let done = aside(call, false, &spent, || Duration::MAX).await;
        let least = Duration::from_millis(2);
        assert!(done.is_some() && spent.for_providers() >= least && spent.total() >= 2 * least);
        let _elapsed = timeout(least, waited.during(pending::<()>())).await;
        assert!(waited.passed() >= 2 * least, "waiting passes, and is no work");
    }
}
