//! What a call spent on its provider: time and processor time that are no doing of the guest's.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::spent::computed;

/// How long a call has waited for providers, and what the host computed for their answers. Clones are of the same call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waited(Arc<Spent>);

/// In microseconds.
#[derive(Debug, Default)]
struct Spent {
    passed: AtomicU64,
    computed: AtomicU64,
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
            let begun = computed();
            let polled = work.as_mut().poll(context);
            add(&self.0.computed, computed().saturating_sub(begun));
            polled
        })
        .await
    }

    /// The time that passed.
    pub(crate) fn passed(&self) -> Duration {
        Duration::from_micros(self.0.passed.load(Ordering::Relaxed))
    }

    /// The processor time.
    pub(crate) fn computed(&self) -> Duration {
        Duration::from_micros(self.0.computed.load(Ordering::Relaxed))
    }
}

fn add(to: &AtomicU64, duration: Duration) {
    to.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
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
    async fn computing_for_an_answer_is_told_apart() {
        let waited = Waited::default();
        let busy = async { compute(Duration::from_millis(2)) };
        waited.during(busy).await;
        assert!(waited.computed() >= Duration::from_millis(2) && waited.passed() >= waited.computed());
    }
}
