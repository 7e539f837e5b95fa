//! Searching texts for secrets: small ones at once, large ones where what goes last is computed.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::aside::last_of_all;

/// The largest text that is searched where it arrived, in bytes: that is quicker than handing it to another thread.
const HERE: usize = 16 * 1024;

/// Does a search of so many bytes. A large one takes a while, so it is done away from the threads that serve everybody, and one
/// of a connector at a time, so that nobody waits for more than one of each other. None where it panics.
pub(crate) async fn searched<T: Send + 'static>(
    bytes: usize,
    turns: Arc<Semaphore>,
    search: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if bytes <= HERE {
        return Some(search());
    }
    // The semaphore is never closed. Whoever hangs up leaves its turn when the search is over, not before.
    let turn = turns.acquire_owned().await;
    let search = move || {
        let found = search();
        drop(turn);
        found
    };
    last_of_all(search).await
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::mpsc,
        task::{Context, Waker},
    };

    use super::*;

    #[tokio::test]
    async fn one_large_search_of_a_connector_at_a_time_and_small_ones_at_once() {
        let turns = Arc::new(Semaphore::new(1));
        let (open, gate) = mpsc::channel::<()>();
        let mut first = pin!(searched(HERE + 1, Arc::clone(&turns), move || gate.recv().is_err()));
        let mut looked = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut looked).is_pending());
        let (begins, begun) = mpsc::channel();
        let mut second = pin!(searched(HERE + 1, Arc::clone(&turns), move || begins.send(()).is_ok()));
        assert!(second.as_mut().poll(&mut looked).is_pending());
        assert_eq!(turns.available_permits(), 0);
        assert_eq!(searched(HERE, Arc::clone(&turns), || 7).await, Some(7));
        assert!(begun.try_recv().is_err(), "the second waits for the first");
        drop(open);
        assert_eq!(first.await, Some(true));
        assert_eq!(second.await, Some(true));
        assert_eq!(turns.available_permits(), 1);
    }
}
