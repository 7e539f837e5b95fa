//! A clock that was ahead and was set back: what it wrote is looked at now, and not when it would have been time by it.

use std::sync::atomic::{AtomicI64, Ordering};

use jackfield_model::{connection::Connection, upkeep::is_of_later};
use jackfield_store::{AuditFilter, StoreError};
use jiff::Timestamp;

use super::super::Service;

/// How many connections are read at a time.
const STRIDE: usize = 500;
/// Before the first round.
const NEVER: i64 = i64::MIN;

/// When the last round was, by the clock it had; in milliseconds.
#[derive(Debug)]
pub(in crate::service) struct LastRound(AtomicI64);

impl Default for LastRound {
    fn default() -> Self {
        Self(AtomicI64::new(NEVER))
    }
}

impl Service {
    /// Looks whether the clock was set back since the last round, or before this start. That is rare, and every connection is
    /// read for it: those it was ahead for lie anywhere in the index, between others that are not due for years.
    pub(super) async fn heed_the_clock(&self) -> Result<(), StoreError> {
        let now = self.now();
        let last = self.last_round.0.swap(now.as_millisecond(), Ordering::Relaxed);
        let last = if last == NEVER { self.last_written().await? } else { Timestamp::from_millisecond(last).ok() };
        if last.is_none_or(|last| !is_of_later(last, now)) {
            return Ok(());
        }
        tracing::warn!(?last, %now, "the clock was set back: what was written by it is looked at anew");
        self.look_again(now).await
    }

    /// When the newest line of the audit log was written.
    async fn last_written(&self) -> Result<Option<Timestamp>, StoreError> {
        let newest = self.store().audit().list(&AuditFilter::default(), None, 1).await?;
        Ok(newest.items.first().map(|line| line.at))
    }

    async fn look_again(&self, now: Timestamp) -> Result<(), StoreError> {
        let by_that_clock = |connection: &Connection| {
            let written = is_of_later(connection.updated_at, now) || connection.upkeep.has_no_known_end(now);
            written && connection.upkeep.due.is_some_and(|due| due > now)
        };
        let mut after = None;
        loop {
            let page = self.store().connections().every(after.as_deref(), STRIDE).await?;
            for found in page.items.iter().filter(|found| by_that_clock(found)) {
                let connections = self.store().connections();
                let amended = connections.amend::<StoreError>(found.tenant, found.id, |found, _| {
                    if by_that_clock(found) {
                        found.upkeep.due = Some(now);
                    }
                    Ok(())
                });
                amended.await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
