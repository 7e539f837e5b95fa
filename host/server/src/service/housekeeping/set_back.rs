//! A clock that was ahead and was set back: what it wrote is looked at now, and not when it would have been time by it.

use std::sync::{Mutex, PoisonError};

use jackfield_model::{
    connection::Connection,
    message::{Message, MessageState},
    upkeep::{is_of_later, wait_left},
};
use jackfield_store::{Change, StoreError, if_readable};
use jiff::{SignedDuration, Timestamp};

use super::super::Service;

/// How many connections or messages are read at a time.
const STRIDE: usize = 500;
/// Longer than any message or revocation waits for its next try.
const LONGEST_TRY: SignedDuration = SignedDuration::from_hours(48);
/// How far the clock goes on before it is noted again, for the next start: by less it may have been ahead unnoticed.
const NOTED_EACH: SignedDuration = SignedDuration::from_hours(1);

/// The clock as the last round had it, and as it was last noted.
#[derive(Debug, Clone, Copy)]
struct Known {
    seen: Timestamp,
    noted: Timestamp,
}

/// The clock as the last round had it; nothing before the first.
#[derive(Debug, Default)]
pub(in crate::service) struct LastRound(Mutex<Option<Known>>);

impl Service {
    /// Looks whether the clock was set back since the last round, or before this start. That is rare, and every connection is
    /// read for it: those it was ahead for lie anywhere in the index, between others that are not due for years.
    pub(super) async fn heed_the_clock(&self) -> Result<(), StoreError> {
        let now = self.now();
        let known = *self.last_round.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match known {
            Some(known) => Some(known),
            None => self.store().clock().noted().await?.map(|noted| Known { seen: noted, noted }),
        };
        let set_back = known.is_some_and(|known| is_of_later(known.seen, now));
        if set_back {
            tracing::warn!(?known, %now, "the clock was set back: what was written by it is looked at anew");
            self.look_again(now).await?;
            self.revoke_again(now).await?;
            self.send_again(now).await?;
        }
        let noted = match known {
            Some(known) if !set_back && now.duration_since(known.noted) < NOTED_EACH => known.noted,
            _ => self.store().clock().note(now).await.map(|()| now)?,
        };
        *self.last_round.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known { seen: now, noted });
        Ok(())
    }

    /// Makes due what was written by a moment that is not yet.
    async fn look_again(&self, now: Timestamp) -> Result<(), StoreError> {
        let of_that_clock = |connection: &Connection| {
            let written = is_of_later(connection.updated_at, now) || connection.upkeep.has_no_known_end(now);
            written && connection.upkeep.due.is_some_and(|due| due > now)
        };
        let connections = self.store().connections();
        let mut after = None;
        loop {
            let page = connections.every(after.as_deref(), STRIDE).await?;
            for found in page.items.iter().filter(|found| of_that_clock(found)) {
                let amended = connections.amend::<StoreError>(found.tenant, found.id, |found, _| {
                    if of_that_clock(found) {
                        found.upkeep.due = Some(now);
                    }
                    Ok(())
                });
                // One that does not let itself be changed holds up no other.
                if let Err(error) = amended.await {
                    tracing::warn!(connection = %found.id, %error, "what the clock wrote while it was ahead stays");
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Has every revocation tried that would be tried by that clock only.
    async fn revoke_again(&self, now: Timestamp) -> Result<(), StoreError> {
        let revocations = self.store().revocations();
        for mut waiting in revocations.all().await?.items.into_iter().filter(|waiting| waits_by(waiting.next_at, now)) {
            let mut change = Change::new();
            revocations.postpone(&mut change, &mut waiting, now)?;
            self.commit_unless_beaten(change).await?;
        }
        Ok(())
    }

    /// Has every message sent that would be sent by that clock only, and would keep those behind it waiting as long.
    async fn send_again(&self, now: Timestamp) -> Result<(), StoreError> {
        let of_that_clock = |message: &Message| {
            message.state == MessageState::Waiting && message.next_at.is_some_and(|at| waits_by(at, now))
        };
        let messages = self.store().messages();
        let mut after = None;
        loop {
            let page = messages.due(Timestamp::MAX, after.as_deref(), STRIDE).await?;
            for due in page.items {
                let found = if_readable(messages.get(due.tenant, due.message).await)?;
                let Some(mut found) = found.filter(|found| of_that_clock(found)) else { continue };
                found.next_at = Some(now);
                let mut change = Change::new();
                messages.update(&mut change, &mut found).await?;
                self.commit_unless_beaten(change).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

/// Whether a next try lies further ahead than any is put off.
fn waits_by(next: Timestamp, now: Timestamp) -> bool {
    next > now && wait_left(next, now, LONGEST_TRY).is_none()
}
