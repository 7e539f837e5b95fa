//! Computing aside: a call that computed for long goes on in threads of the lowest priority, so that whoever computes longest
//! gets what the others leave.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::OnceLock,
    task::{Context, Poll},
    time::Duration,
};

use rayon::{ThreadPool, ThreadPoolBuilder};
use rustix::{
    process::setpriority_process,
    time::{ClockId, clock_gettime},
};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};

/// A stretch of computing after which a call is no longer a short one. Of this thread's own time: on a busy machine a short
/// call is often put aside in the middle, and is no longer for it.
const LONG: Duration = Duration::from_millis(1);
/// The lowest priority there is (setpriority(2)). Not lower than all others (`SCHED_IDLE`): who holds what a short call waits for
/// must get a core sooner or later.
const LAST: i32 = 19;

/// Does work that may compute for long. A worker of the runtime that computes reads no sockets, and the others need not
/// know: so from the first long stretch on, its place is given to another thread, and the work to one that goes last.
/// Work that is expected to be long goes there from the start.
///
/// None where it computed for longer than `most` says at that moment; it is looked at whenever it waits or yields.
pub(crate) async fn aside<T: Send>(
    work: impl Future<Output = T> + Send,
    expected: bool,
    most: impl Fn() -> Duration,
) -> Option<T> {
    let has_workers = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    let (mut work, mut long, mut spent) = (pin!(work), expected && has_workers, Duration::ZERO);
    poll_fn(|context| {
        let mut poll = |context: &mut Context<'_>| {
            let begun = computed();
            let polled = work.as_mut().poll(context);
            (polled, computed().saturating_sub(begun))
        };
        let (polled, took) = if long { polled_last(poll, context) } else { poll(context) };
        spent = spent.saturating_add(took);
        long |= has_workers && took >= LONG;
        match polled {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if spent > most() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// How long this thread has computed since it began.
pub(crate) fn computed() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// Polls in a thread of the lowest priority, or here where there are none.
fn polled_last<T: Send>(poll: impl FnOnce(&mut Context<'_>) -> T + Send, context: &mut Context<'_>) -> T {
    let (runtime, waker) = (Handle::current(), context.waker().clone());
    block_in_place(move || {
        let work = move || {
            let _runtime = runtime.enter();
            poll(&mut Context::from_waker(&waker))
        };
        match last() {
            Some(threads) => threads.install(work),
            None => work(),
        }
    })
}

/// As many threads as there are cores; none where the system gives no more threads.
fn last() -> Option<&'static ThreadPool> {
    static LAST_THREADS: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let made = LAST_THREADS.get_or_init(|| {
        let threads = ThreadPoolBuilder::new().thread_name(|number| format!("aside-{number}")).start_handler(|_| {
            // Without it they compute like everybody else, which is no reason to stop.
            let _ = setpriority_process(None, LAST);
        });
        let made = threads.build();
        made.inspect_err(|error| tracing::warn!(%error, "no threads for calls that compute for long")).ok()
    });
    made.as_ref()
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    fn compute() {
        let begun = computed();
        while computed().saturating_sub(begun) < LONG {}
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn whoever_computed_for_long_keeps_no_other_task_waiting() {
        let (started, hears) = tokio::sync::oneshot::channel();
        let (told, waits) = std::sync::mpsc::channel();
        let long = tokio::spawn(aside(
            async move {
                compute();
                yield_now().await;
                let _ = started.send(());
                // The only worker would wait here for ever for what another task of it has to say.
                waits.recv()
            },
            false,
            || Duration::MAX,
        ));
        hears.await.ok();
        tokio::spawn(async move { told.send(()) }).await.ok();
        assert!(long.await.is_ok_and(|heard| heard.is_some_and(|heard| heard.is_ok())));
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_does_the_same_work() {
        let done = aside(
            async {
                compute();
                yield_now().await;
                7
            },
            true,
            || Duration::MAX,
        );
        assert_eq!(done.await, Some(7));
    }

    #[tokio::test]
    async fn what_computes_for_longer_than_it_may_is_ended_when_it_yields() {
        let endless = async {
            loop {
                compute();
                yield_now().await;
            }
        };
        assert_eq!(aside::<()>(endless, false, || 3 * LONG).await, None);
    }
}
