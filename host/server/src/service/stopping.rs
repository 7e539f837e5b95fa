//! The end of a host: from the first word of it nothing new begins, and what is under way is waited for.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

use super::Service;

/// Whether the host is ending, and the requests it still serves.
#[derive(Default)]
pub(super) struct Stopping {
    told: AtomicBool,
    requests: TaskTracker,
}

impl Service {
    /// From now on the host is not ready, and every new request is refused.
    pub fn begin_stop(&self) {
        self.stopping.told.store(true, Ordering::SeqCst);
    }

    /// Whether the host was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.told.load(Ordering::SeqCst)
    }

    /// A request that `drain` waits for until the token is dropped.
    pub fn request_begins(&self) -> TaskTrackerToken {
        self.stopping.requests.token()
    }

    /// Waits until every request is answered and every refresh and completion under way has stored its result. What has
    /// only been queued by housekeeping stays due.
    pub async fn drain(&self) {
        self.rounds.close();
        self.revoking.close();
        self.post.rounds.close();
        self.stopping.requests.close();
        self.stopping.requests.wait().await;
        self.tasks.close();
        self.tasks.wait().await;
    }
}
