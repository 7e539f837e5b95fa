//! Upkeep, decided: what a connection needs from the host without anybody asking, and when to look again.

use jackfield_model::{
    connection::{Connection, RefreshState},
    expiry::{Expiry, Source},
    manifest::{Lifetime, RefreshRules},
    status::Status,
};
use jiff::{SignedDuration, Timestamp};

use crate::refresh::{Life, due_at, jittered, seconds};

/// The longest time before its end that a permission is said to end soon: when the first notice goes out.
pub const NEAR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A connection as the host finds it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// How it is refreshed; none where there is nothing to refresh it with.
    pub rules: Option<&'a RefreshRules>,
    /// How long its method's permission lasts.
    pub lifetime: &'a Lifetime,
    /// Our clock.
    pub now: Timestamp,
}

/// What the host does for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Refresh it.
    Refresh,
    /// Say that its permission ends soon.
    SayNearsEnd,
    /// Say that it has ended: only a person can renew it.
    SayEnded,
}

/// What to do now, and when to look again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be done now.
    pub duty: Option<Duty>,
    /// When to look again; none where nothing will change by itself.
    pub next: Option<Timestamp>,
}

impl Plan {
    /// When the host looks at the connection next.
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        self.duty.map(|_| now).or(self.next)
    }
}

/// What a connection needs, decided from what is stored. The same record gives the same plan.
pub fn plan(seen: &Seen<'_>) -> Plan {
    let (connection, now) = (seen.connection, seen.now);
    if !connection.status.is_usable() {
        return Plan::default();
    }
    let end = end(seen);
    let final_end = end.filter(|_| seen.rules.is_none());
    if final_end.is_some_and(|end| end <= now) {
        return Plan { duty: Some(Duty::SayEnded), next: None };
    }
    let near = end.map(|end| nears(connection, end)).filter(|_| connection.status != Status::Expiring);
    let refresh = seen.rules.and_then(|rules| refresh_at(rules, seen));
    let next = [near, refresh, final_end].into_iter().flatten().filter(|at| *at > now).min();
    let is_over = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let duty = match connection.status {
        Status::Active if is_over(near) => Some(Duty::SayNearsEnd),
        _ if is_over(refresh) => Some(Duty::Refresh),
        _ => None,
    };
    Plan { duty, next }
}

/// When to refresh a connection ahead of need: before its token ends, and within the time its grant may lie idle.
fn refresh_at(rules: &RefreshRules, seen: &Seen<'_>) -> Option<Timestamp> {
    let connection = seen.connection;
    let since = connection.upkeep.token_since.unwrap_or(connection.updated_at);
    let ends = connection.clocks.access.map(|expiry| expiry.at);
    let random = spread(connection);
    let ahead = |tries| due_at(rules, &Life { sent_at: since, ends_at: ends? }, tries, random);
    match connection.refresh {
        // A short life is tried ahead of its end once only (REF-3); where no end is known, the wait is all there is.
        RefreshState::Waiting { attempts, until } => (ends.is_none() || ahead(attempts).is_some()).then_some(until),
        RefreshState::Unknown { until, .. } => until,
        RefreshState::Refreshing { since, .. } => Some(since),
        RefreshState::Idle => {
            let idle = seen.lifetime.idle.map(seconds).and_then(|idle| {
                let kept_alive = since.checked_add(idle - jittered(idle / 5, 10, random)).ok()?;
                Some(kept_alive.max(allowed_from(rules, ends)?))
            });
            [ahead(0), idle].into_iter().flatten().min()
        }
    }
}

/// From when the provider takes a refresh at all.
fn allowed_from(rules: &RefreshRules, ends: Option<Timestamp>) -> Option<Timestamp> {
    match (rules.earliest, ends) {
        (Some(earliest), Some(ends)) => ends.checked_sub(seconds(earliest)).ok(),
        _ => Some(Timestamp::MIN),
    }
}

/// When the permission ends for good: with its grant, and with its token where nothing renews that.
fn end(seen: &Seen<'_>) -> Option<Timestamp> {
    let clocks = &seen.connection.clocks;
    let access = clocks.access.filter(|_| seen.rules.is_none());
    let grant = clocks.grant.filter(|grant| seen.rules.is_none() || !is_kept_alive(seen.lifetime, grant));
    [access, grant].into_iter().flatten().map(|expiry| expiry.at).min()
}

/// An idle limit is no end while refreshes keep the grant from lying idle.
fn is_kept_alive(lifetime: &Lifetime, grant: &Expiry) -> bool {
    lifetime.idle.is_some() && lifetime.absolute.is_none() && grant.source == Source::Declared
}

/// From when an end counts as near: two weeks, and never more than a fifth of what there was.
fn nears(connection: &Connection, end: Timestamp) -> Timestamp {
    let since = connection.upkeep.token_since.unwrap_or(connection.created_at);
    let whole = end.duration_since(since).max(SignedDuration::ZERO);
    end.checked_sub(NEAR.min(whole / 5)).unwrap_or(end)
}

/// The idle limit counts anew from a use at `at`; other ends of a grant stay where they are.
pub fn after_use(lifetime: &Lifetime, grant: Option<Expiry>, at: Timestamp) -> Option<Expiry> {
    let moved = grant
        .filter(|grant| is_kept_alive(lifetime, grant))
        .and_then(|_| Some(Expiry { at: at.checked_add(seconds(lifetime.idle?)).ok()?, source: Source::Declared }));
    moved.or(grant)
}

/// Randomness that is the same for one credential whenever it is asked for, and different for the next (FNV-1a).
pub fn spread(connection: &Connection) -> u64 {
    let id = connection.id.to_string();
    let bytes = id.bytes().chain(connection.version.to_be_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests;
