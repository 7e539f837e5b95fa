//! A door for requests: stories use it where a provider is slow, so that nothing waits for a clock.

use tokio::sync::watch;

/// Closed when made. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate {
    open: watch::Sender<bool>,
    waiting: watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { open: watch::Sender::new(false), waiting: watch::Sender::new(0) }
    }
}

impl Gate {
    /// Lets everything through, from now on.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Returns once `count` requests have reached the gate.
    pub async fn reached(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        // The sender is borrowed here, so it cannot be gone.
        let _ = waiting.wait_for(|arrived| *arrived >= count).await;
    }

    /// Arrives at the gate and waits until it is open.
    pub(super) async fn pass(&self) {
        self.waiting.send_modify(|arrived| *arrived += 1);
        let mut open = self.open.subscribe();
        let _ = open.wait_for(|open| *open).await;
    }
}
