//! One call's life: when something moved last, how long it may stand still, and what ended it.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::{
    counts::Counts,
    settings::{Bound, ProxySettings},
};

/// What ended a call before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Ended {
    /// A bound.
    #[error("{0}")]
    Bound(Bound),
    /// The caller broke off in its body.
    #[error("the caller broke off")]
    Caller,
}

/// Where the request's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// More of it is awaited from the caller.
    Caller = 0,
    /// The provider takes its time.
    Provider = 1,
    /// All of it was handed over.
    Done = 2,
}

/// How far the call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// No answer yet.
    Asking,
    /// The answer has begun.
    Answering,
}

/// Shared by both directions of a call.
#[derive(Debug)]
pub(super) struct Activity {
    started: Instant,
    first_byte: Duration,
    idle: Duration,
    total: Duration,
    moved_ms: AtomicU64,
    sending: AtomicU8,
    ended: OnceLock<Ended>,
    /// Where what passes is counted.
    pub(super) counts: Counts,
}

impl Activity {
    /// A call that begins now.
    pub(super) fn begin(settings: &ProxySettings, counts: &Counts) -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            first_byte: settings.first_byte,
            idle: settings.idle,
            total: settings.total,
            moved_ms: AtomicU64::new(0),
            sending: AtomicU8::new(Sending::Caller as u8),
            ended: OnceLock::new(),
            counts: counts.clone(),
        })
    }

    /// Something moved.
    pub(super) fn moved(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.store(now, Ordering::Relaxed);
    }

    /// Where the body is now.
    pub(super) fn sending(&self, at: Sending) {
        self.sending.store(at as u8, Ordering::Relaxed);
    }

    /// Ends the call; the first reason counts.
    pub(super) fn end(&self, ended: Ended) -> Ended {
        *self.ended.get_or_init(|| {
            if let Ended::Bound(bound) = ended {
                self.counts.add(bound);
            }
            ended
        })
    }

    /// What ended it, if something did.
    pub(super) fn ended(&self) -> Option<Ended> {
        self.ended.get().copied()
    }

    /// When patience ends, and which one it was.
    fn due(&self, stage: Stage) -> (Instant, Bound) {
        let moved = self.started + Duration::from_millis(self.moved_ms.load(Ordering::Relaxed));
        let sending = self.sending.load(Ordering::Relaxed);
        let (due, bound) = match stage {
            Stage::Answering => (moved + self.idle, Bound::Idle),
            Stage::Asking if sending == Sending::Done as u8 => (moved + self.first_byte, Bound::FirstByte),
            Stage::Asking if sending == Sending::Caller as u8 => (moved + self.idle, Bound::CallerIdle),
            Stage::Asking => (moved + self.idle, Bound::ProviderIdle),
        };
        let last = self.started + self.total;
        if last < due { (last, Bound::Total) } else { (due, bound) }
    }

    /// Returns when the call has stood still, or lasted, for too long; it has ended then.
    pub(super) async fn stands_still(&self, stage: Stage) -> Ended {
        loop {
            let (due, bound) = self.due(stage);
            if due <= Instant::now() {
                return self.end(Ended::Bound(bound));
            }
            sleep_until(due).await;
        }
    }

    /// Work for as long as something moves.
    pub(super) async fn within<T>(&self, stage: Stage, work: impl Future<Output = T>) -> Result<T, Ended> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            ended = self.stands_still(stage) => Err(ended),
        }
    }
}
