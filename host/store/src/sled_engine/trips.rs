//! Faults on purpose: a change fails where it is applied, flushed or synced, as it does on a disk that has no more.

use std::sync::{Mutex, PoisonError};

/// Where a change can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// Before anything of it is done.
    Apply,
    /// When it is in memory, and not in the file.
    Flush,
    /// When it is in the file, and not known to be on the disk.
    Sync,
}

/// What fails next.
#[derive(Default)]
pub(crate) struct Trips(Mutex<Option<(Point, u32)>>);

impl Trips {
    /// Lets the so-manieth change from now on fail there.
    pub(crate) fn set(&self, point: Point, number: u32) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((point, number));
    }

    /// Whether this one fails.
    pub(super) fn strike(&self, here: Point) -> bool {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match next.as_mut() {
            Some((point, left)) if *point == here => {
                *left -= 1;
                *left == 0
            }
            _ => false,
        }
    }
}
