//! Waiting for a lock that is about to be let go of: a process that was just forked, a compiler for one, holds what its
//! parent had locked until it becomes another program.

use std::{
    fs::{File, TryLockError},
    io, thread,
    time::Duration,
};

/// How often a lock is asked for, and the pause in between: a quarter of a second together.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(5);

/// Tries until there is an outcome; none where somebody holds the lock all the while. Blocks.
#[allow(clippy::disallowed_methods, reason = "nothing tells when a forked process has become another program")]
pub(crate) fn tried<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..ATTEMPTS {
        if let Some(outcome) = attempt() {
            return Some(outcome);
        }
        thread::sleep(PAUSE);
    }
    None
}

/// Locks a file; false where somebody else holds it all the while. Blocks.
pub(crate) fn locked(file: &File) -> io::Result<bool> {
    let outcome = tried(|| match file.try_lock() {
        Ok(()) => Some(Ok(true)),
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Error(error)) => Some(Err(error)),
    });
    outcome.unwrap_or(Ok(false))
}
