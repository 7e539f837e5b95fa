//! Upkeep, decided: what a connection needs from the host without anybody asking, and when to look again.

use std::collections::BTreeSet;

use jackfield_model::{
    connection::{Connection, RefreshState},
    expiry::{Expiry, Source},
    manifest::{Lifetime, RefreshRules},
    notice::SaidEnd,
    status::Status,
};
use jiff::{SignedDuration, Timestamp};

use crate::refresh::{Life, due_at, jittered, seconds, wait_ends};

/// The longest time before its end that a permission is said to end soon where no step of the ladder fits into it.
pub const NEAR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Answers in a row that nobody could read before a connection counts as failing: one may be a page of somebody between.
pub const DOUBTS: u32 = 3;
/// When an answer nobody could read is asked for again; each further one as long again.
const DOUBT_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// A day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A connection as the host finds it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// How it is refreshed; none where there is nothing to refresh it with.
    pub rules: Option<&'a RefreshRules>,
    /// How long its method's permission lasts.
    pub lifetime: &'a Lifetime,
    /// How many days before an end it is said: the ladder.
    pub days: &'a BTreeSet<u16>,
    /// How often it is verified unasked; none: never.
    pub verify_every: Option<SignedDuration>,
    /// Our clock.
    pub now: Timestamp,
}

/// What the host does for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Refresh it.
    Refresh,
    /// Ask the provider whether it works.
    Verify,
    /// Say that its permission ends soon.
    SayNearsEnd(SaidEnd),
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
    let verify = verify_at(seen);
    if !connection.status.is_usable() {
        return Plan::default();
    }
    let end = end(seen);
    let final_end = end.filter(|_| seen.rules.is_none());
    if final_end.is_some_and(|end| end <= now) {
        return Plan { duty: Some(Duty::SayEnded), next: None };
    }
    let (step, later) = end.map_or((None, None), |end| ladder(seen, end));
    let refresh = seen.rules.and_then(|rules| refresh_at(rules, seen));
    let next = [later, refresh, final_end, verify].into_iter().flatten().filter(|at| *at > now).min();
    let is_over = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let duty = match (connection.status, step) {
        (Status::Active | Status::Expiring, Some(step)) => Some(Duty::SayNearsEnd(step)),
        _ if is_over(refresh) => Some(Duty::Refresh),
        _ if is_over(verify) => Some(Duty::Verify),
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
        RefreshState::Waiting { attempts, until } => {
            (ends.is_none() || ahead(attempts).is_some()).then_some(wait_ends(until, seen.now))
        }
        RefreshState::Unknown { until, .. } => until,
        RefreshState::Refreshing { since, .. } => Some(since),
        RefreshState::Idle if connection.upkeep.has_no_known_end(seen.now) => Some(seen.now),
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

/// The step of the ladder to take now, and when the next one is. A step fits where at least half of the permission's time lies
/// before it; where none fits, there is one, of no days: two weeks before, and never more than a fifth of what there was.
fn ladder(seen: &Seen<'_>, end: Timestamp) -> (Option<SaidEnd>, Option<Timestamp>) {
    let whole = end.duration_since(given_at(seen)).max(SignedDuration::ZERO);
    let before = |days: u16| DAY * i32::from(days);
    let mut steps: Vec<(Timestamp, u16)> = seen
        .days
        .iter()
        .copied()
        .filter(|days| *days > 0 && before(*days) <= whole / 2)
        .filter_map(|days| Some((end.checked_sub(before(days)).ok()?, days)))
        .collect();
    if steps.is_empty() {
        steps.push((end.checked_sub(NEAR.min(whole / 5)).unwrap_or(end), 0));
    }
    let said = seen.connection.said.ends.filter(|said| said.at == end);
    // Who is told anew of an end that was said before there were steps hears the present step.
    let left = steps.into_iter().filter(|(_, days)| said.is_none_or(|said| *days < said.days));
    let (over, ahead): (Vec<_>, Vec<_>) = left.partition(|(at, _)| *at <= seen.now);
    // Of several that were missed, the last says it all.
    let step = over.into_iter().max_by_key(|(at, _)| *at).map(|(_, days)| SaidEnd { at: end, days });
    (step, ahead.into_iter().map(|(at, _)| at).min())
}

/// When its permission was given, as far as anybody knows: where nothing renews the token, with the token.
fn given_at(seen: &Seen<'_>) -> Timestamp {
    let (connection, upkeep) = (seen.connection, &seen.connection.upkeep);
    let token = upkeep.token_since.filter(|_| seen.rules.is_none());
    upkeep.grant_since.or(token).unwrap_or(connection.created_at)
}

/// When it is verified unasked: as its tenant wishes, and sooner where the last answer could not be read.
fn verify_at(seen: &Seen<'_>) -> Option<Timestamp> {
    if seen.connection.status == Status::Pending || !seen.connection.target.choices().is_empty() {
        return None;
    }
    [usual_verify_at(seen), asked_again_at(seen.connection)].into_iter().flatten().min()
}

/// After the last time, up to a tenth early, so that what was made together is spread.
fn usual_verify_at(seen: &Seen<'_>) -> Option<Timestamp> {
    let (every, connection) = (seen.verify_every?, seen.connection);
    let last = connection.verification.as_ref().map_or(connection.created_at, |last| last.at);
    let early = every / 1000 * i32::try_from(spread(connection) % 100).unwrap_or(0);
    last.checked_add(every - early).ok()
}

/// When a connection is verified again because the last answer could not be read; none where it could, and where that
/// was the last of [`DOUBTS`].
pub fn asked_again_at(connection: &Connection) -> Option<Timestamp> {
    let last = connection.verification.as_ref().filter(|last| (1..DOUBTS).contains(&last.doubts))?;
    let late = SignedDuration::from_secs(i64::try_from(spread(connection) % 120).unwrap_or(0));
    last.at.checked_add(DOUBT_WAIT * i32::try_from(last.doubts).unwrap_or(1) + late).ok()
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
