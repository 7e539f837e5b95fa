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
use rustix::process::setpriority_process;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::oneshot,
    task::block_in_place,
};
use tracing::Span;

use crate::spent::Spent;

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
/// Counts what it computes. None where that is longer than `most` says at that moment; it is looked at whenever it waits or
/// yields.
pub(crate) async fn aside<T: Send>(
    work: impl Future<Output = T> + Send,
    expected: bool,
    spent: &Spent,
    most: impl Fn() -> Duration,
) -> Option<T> {
    let has_workers = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    let (mut work, mut long) = (pin!(work), expected && has_workers);
    poll_fn(|context| {
        let mut poll = |context: &mut Context<'_>| spent.during(|| work.as_mut().poll(context));
        let (polled, took) = if long { polled_last(poll, context) } else { poll(context) };
        long |= has_workers && took >= LONG;
        match polled {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if spent.total() > most() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Does work that computes and waits for nothing, in the threads that go last: as much of it at once as there are cores, and
/// none of it once nobody waits for it any more. None where it panics.
pub(crate) async fn last_of_all<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (tell, told) = oneshot::channel();
    let work = move || {
        if !tell.is_closed() {
            // Whoever stopped waiting meanwhile needs no answer.
            let _ = tell.send(work());
        }
    };
    match last() {
        Some(threads) => threads.spawn_fifo(work),
        None => work(),
    }
    told.await.ok()
}

/// Polls in a thread of the lowest priority, or here where there are none; what is written to the log there says what it is of.
fn polled_last<T: Send>(poll: impl FnOnce(&mut Context<'_>) -> T + Send, context: &mut Context<'_>) -> T {
    let (runtime, waker, span) = (Handle::current(), context.waker().clone(), Span::current());
    block_in_place(move || {
        let work = move || {
            let (_runtime, _span) = (runtime.enter(), span.enter());
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
        // Whoever waits for what panicked is told by its end; without a handler the whole process would stop.
        let threads =
            threads.panic_handler(|_| tracing::error!("what was computed in a thread that goes last panicked"));
        let made = threads.build();
        made.inspect_err(|error| tracing::warn!(%error, "no threads for calls that compute for long")).ok()
    });
    made.as_ref()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "what panics is looked at")]
    use std::{
        pin::Pin,
        sync::{
            Arc, Mutex,
            atomic::{AtomicUsize, Ordering::SeqCst},
            mpsc,
        },
        task::Waker,
    };

    use rustix::process::getpriority_process;
    use tokio::task::yield_now;

    use super::*;
    use crate::spent::compute;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn whoever_computed_for_long_keeps_no_other_task_waiting() {
        let (started, hears) = tokio::sync::oneshot::channel();
        let (told, waits) = std::sync::mpsc::channel();
        let work = async move {
            compute(LONG);
            yield_now().await;
            let _ = started.send(());
            // The only worker would wait here for ever for what another task of it has to say.
            waits.recv()
        };
        let long = tokio::spawn(async { aside(work, false, &Spent::default(), || Duration::MAX).await });
        hears.await.ok();
        tokio::spawn(async move { told.send(()) }).await.ok();
        assert!(long.await.is_ok_and(|heard| heard.is_some_and(|heard| heard.is_ok())));
    }

    /// Work that was handed over already.
    fn handed_over<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = Option<T>>>> {
        let mut work = Box::pin(last_of_all(work));
        assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        work
    }

    #[tokio::test]
    async fn what_goes_last_is_done_by_no_more_threads_than_there_are_and_not_where_nobody_waits() {
        let threads = last().map_or(0, ThreadPool::current_num_threads);
        assert_eq!(threads, std::thread::available_parallelism().map_or(1, usize::from));
        let (opens, gate) = mpsc::channel::<()>();
        let (gate, begun) = (Arc::new(Mutex::new(gate)), Arc::new(AtomicUsize::new(0)));
        let held = || {
            let (gate, begun) = (Arc::clone(&gate), Arc::clone(&begun));
            handed_over(move || {
                begun.fetch_add(1, SeqCst);
                let _ = gate.lock().map(|gate| gate.recv());
                getpriority_process(None).ok()
            })
        };
        let mut waiting: Vec<_> = std::iter::repeat_with(held).take(threads + 2).collect();
        drop(waiting.pop());
        assert!(begun.load(SeqCst) <= threads, "no more at once than there are threads");
        drop(opens);
        for work in waiting {
            assert_eq!(work.await, Some(Some(LAST)));
        }
        assert_eq!(last_of_all(|| 7).await, Some(7));
        assert_eq!(begun.load(SeqCst), threads + 1, "what nobody waited for was not begun");
    }

    #[tokio::test]
    async fn what_panics_brings_nothing_and_the_threads_work_on() {
        assert_eq!(last_of_all(|| panic!("on purpose")).await, None::<u32>);
        assert_eq!(last_of_all(|| 7).await, Some(7));
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_does_the_same_work() {
        let work = async {
            compute(LONG);
            yield_now().await;
            7
        };
        assert_eq!(aside(work, true, &Spent::default(), || Duration::MAX).await, Some(7));
    }

    #[tokio::test]
    async fn what_computes_for_longer_than_it_may_is_ended_when_it_yields() {
        let endless = async {
            loop {
                compute(LONG);
                yield_now().await;
            }
        };
        assert_eq!(aside::<()>(endless, false, &Spent::default(), || 3 * LONG).await, None);
    }
}
