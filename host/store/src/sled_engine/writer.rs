//! The one thread that writes: takes what waits, applies it, syncs once, answers everyone (group commit).

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use super::{Shared, fault_of, piece::Piece};
use crate::engine::{Batch, EngineError, Fault};

/// How many batches may wait; more make their senders wait.
const QUEUE: usize = 1024;
/// How many batches share one sync at most.
const GROUP: usize = 64;

/// How long a change may take before the writer counts as stuck: where a write fails, sled can miss to wake who waits for it,
/// who then waits for ever.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) type Answer = Result<(), EngineError>;

pub(super) enum Job {
    Commit(Batch, oneshot::Sender<Answer>),
    #[cfg(test)]
    Panic(oneshot::Sender<Answer>),
    #[cfg(test)]
    Hang(oneshot::Sender<Answer>, std::sync::mpsc::Receiver<()>),
}

impl Job {
    fn answer(self, answer: Answer) {
        let sender = match self {
            Self::Commit(_, sender) => sender,
            #[cfg(test)]
            Self::Panic(sender) | Self::Hang(sender, _) => sender,
        };
        // Whoever asked may have gone; the change stands all the same.
        let _ = sender.send(answer);
    }
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    pub(super) patience: Duration,
    stuck: AtomicBool,
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(shared: Arc<Shared>) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("jackfield-store".into()).spawn(move || run(&theirs, jobs))?;
        Ok(Self { shared, patience: PATIENCE, stuck: AtomicBool::new(false), queue: Some(queue), thread: Some(thread) })
    }

    /// None when the thread is gone.
    pub(super) async fn commit(&self, batch: Batch) -> Option<Answer> {
        self.send(|sender| Job::Commit(batch, sender)).await
    }

    #[cfg(test)]
    pub(super) async fn panic(&self) -> Option<Answer> {
        self.send(Job::Panic).await
    }

    #[cfg(test)]
    pub(super) async fn hang(&self, until: std::sync::mpsc::Receiver<()>) -> Option<Answer> {
        self.send(|sender| Job::Hang(sender, until)).await
    }

    async fn send(&self, job: impl FnOnce(oneshot::Sender<Answer>) -> Job) -> Option<Answer> {
        if let Some(fault) = self.shared.fault.get() {
            return Some(Err(EngineError::ReadOnly(*fault)));
        }
        let (sender, answer) = oneshot::channel();
        let answered = async {
            self.queue.as_ref()?.send(job(sender)).await.ok()?;
            answer.await.ok()
        };
        if let Ok(answer) = tokio::time::timeout(self.patience, answered).await {
            return answer;
        }
        self.stuck.store(true, Ordering::Relaxed);
        self.shared.fail(Fault::Io);
        Some(Err(EngineError::ReadOnly(Fault::Io)))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Closing the queue ends the thread once it is empty.
        self.queue = None;
        // A stuck thread ends with the process.
        if let Some(thread) = self.thread.take().filter(|_| !self.stuck.load(Ordering::Relaxed)) {
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = jobs.try_recv()
        {
            group.push(next);
        }
        let answers = match shared.fault.get() {
            Some(fault) => vec![Err(EngineError::ReadOnly(*fault)); group.len()],
            None => write(shared, &group),
        };
        for (job, answer) in group.into_iter().zip(answers) {
            job.answer(answer);
        }
    }
}

/// Applies a group and syncs it. Whatever breaks, breaks all of it: what a failed sync left on disk is unknown.
fn write(shared: &Shared, group: &[Job]) -> Vec<Answer> {
    let fault = match catch_unwind(AssertUnwindSafe(|| apply_and_sync(shared, group))) {
        Ok(Ok(answers)) => return answers,
        Ok(Err(fault)) => fault,
        Err(_) => Fault::Stopped,
    };
    shared.fail(fault);
    vec![Err(EngineError::ReadOnly(fault)); group.len()]
}

fn apply_and_sync(shared: &Shared, group: &[Job]) -> Result<Vec<Answer>, Fault> {
    let mut answers = Vec::with_capacity(group.len());
    let mut piece = Piece::default();
    for job in group {
        #[cfg(test)]
        trip(shared, super::Point::Apply)?;
        answers.push(match job {
            Job::Commit(batch, _) => piece.take(shared, batch).map_err(|error| fault_of(&error))?,
            #[cfg(test)]
            Job::Hang(_, until) => {
                let _ = until.recv();
                return Err(Fault::Stopped);
            }
            #[cfg(test)]
            Job::Panic(_) => std::panic::resume_unwind(Box::new("asked to by a test")),
        });
        if piece.is_full() {
            piece.apply(shared).map_err(|error| fault_of(&error))?;
        }
    }
    piece.apply(shared).map_err(|error| fault_of(&error))?;
    if answers.iter().any(Result::is_ok) {
        #[cfg(test)]
        trip(shared, super::Point::Flush)?;
        shared.database.flush().map_err(|error| fault_of(&error))?;
        #[cfg(test)]
        trip(shared, super::Point::Sync)?;
        shared.files.data.sync_data().map_err(|_| Fault::Io)?;
    }
    Ok(answers)
}

#[cfg(test)]
fn trip(shared: &Shared, here: super::Point) -> Result<(), Fault> {
    if shared.trips.strike(here) { Err(Fault::Io) } else { Ok(()) }
}
