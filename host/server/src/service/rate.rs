//! How often somebody may do something: a bucket that fills evenly, so that a burst is fine and a flood is not.
//!
//! An API key has one for its requests, and a person one for the connections they begin and one for the forms they send, so that
//! neither a key nor a link nor a page fills the store for everybody.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use jackfield_model::{
    id::{ApiKeyId, TenantId},
    person,
};
use jiff::Timestamp;

use super::Service;

/// The span a limit is counted over, in seconds.
pub const WINDOW_SECONDS: u64 = 60;
const WINDOW_MS: u64 = WINDOW_SECONDS * 1000;
/// How many forms of the pages a person may send in a window: more than hands can.
const FORMS: u32 = 60;

/// What is left to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many a window allows.
    pub limit: u32,
    /// How many are left now.
    pub remaining: u32,
    /// In how many seconds all of them are there again.
    pub reset: u64,
    /// In how many seconds the next one is there; none where this one may go on.
    pub wait: Option<u64>,
}

/// One caller's bucket: what is left, in turns times the window's milliseconds, so that no fraction is lost.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: u64,
    at: i64,
}

/// What is counted, each in buckets of its own.
#[derive(Debug, Default)]
pub(super) struct Rates {
    requests: Buckets<ApiKeyId>,
    starts: Buckets<Person>,
    forms: Buckets<Person>,
}

/// Every caller's bucket.
#[derive(Debug)]
struct Buckets<K>(Mutex<HashMap<K, Bucket>>);

/// A person, by their tenant and its own id of them; an operator has none.
type Person = (Option<TenantId>, String);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// Takes one turn out of a caller's bucket.
    fn take(&self, key: K, limit: u32, now: Timestamp) -> Allowance {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = u64::from(limit).saturating_mul(WINDOW_MS);
        let now = now.as_millisecond();
        let bucket = buckets.entry(key).or_insert(Bucket { left: full, at: now });
        let passed = u64::try_from(now.saturating_sub(bucket.at)).unwrap_or(0);
        bucket.left = bucket.left.saturating_add(passed.saturating_mul(u64::from(limit))).min(full);
        // A clock that was ahead and was set back: else nothing would come in until it is there again.
        bucket.at = if bucket.at.abs_diff(now) < WINDOW_MS { bucket.at.max(now) } else { now };
        let wait = match bucket.left.checked_sub(WINDOW_MS) {
            Some(left) => {
                bucket.left = left;
                None
            }
            None => Some(seconds(WINDOW_MS - bucket.left, limit)),
        };
        Allowance {
            limit,
            remaining: u32::try_from(bucket.left / WINDOW_MS).unwrap_or(u32::MAX),
            reset: seconds(full - bucket.left, limit),
            wait,
        }
    }

    /// Forgets who did nothing for a window: their buckets are full. And who did it in a time to come, by a clock that was
    /// ahead.
    fn sweep(&self, now: Timestamp) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.retain(|_, bucket| now.as_millisecond().abs_diff(bucket.at) < WINDOW_MS);
    }
}

impl Rates {
    /// Forgets whoever did nothing for a while.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.requests.sweep(now);
        self.starts.sweep(now);
        self.forms.sweep(now);
    }
}

/// How long a bucket takes to gain this much, in whole seconds.
fn seconds(missing: u64, limit: u32) -> u64 {
    missing.div_ceil(u64::from(limit.max(1))).div_ceil(1000)
}

impl Service {
    /// Counts a request of a key; none where the operator set no limit.
    pub fn count(&self, key: ApiKeyId) -> Option<Allowance> {
        let limit = self.parts.settings.requests_per_minute;
        (limit > 0).then(|| self.rates.requests.take(key, limit, self.now()))
    }

    /// Counts a connection that a person begins, by whichever door; in how many seconds they may, where that is not now.
    pub(super) fn count_start(&self, tenant: TenantId, end_user: &str) -> Option<u64> {
        let limit = self.parts.settings.starts_per_minute;
        (limit > 0).then(|| self.rates.starts.take((Some(tenant), end_user.to_owned()), limit, self.now()))?.wait
    }

    /// Counts a form that a person sends; in how many seconds they may, where that is not now. None is counted where the
    /// operator counts no starts.
    pub fn count_form(&self, person: &person::Person) -> Option<u64> {
        let sender = || (person.tenant, person.subject.clone());
        (self.parts.settings.starts_per_minute > 0).then(|| self.rates.forms.take(sender(), FORMS, self.now()))?.wait
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + ms).unwrap()
    }

    fn key(number: u128) -> ApiKeyId {
        ApiKeyId::new(Timestamp::UNIX_EPOCH, number)
    }

    #[test]
    fn a_burst_goes_on_until_the_bucket_is_empty_and_time_fills_it() {
        let buckets = Buckets::default();
        let taken: Vec<_> = (0..4).map(|_| buckets.take(key(1), 3, at(0))).collect();
        let remaining: Vec<u32> = taken.iter().map(|allowance| allowance.remaining).collect();
        assert_eq!(remaining, [2, 1, 0, 0]);
        let waits: Vec<_> = taken.iter().map(|allowance| allowance.wait).collect();
        assert_eq!(waits, [None, None, None, Some(20)]);
        assert_eq!(taken.last().unwrap().reset, 60);
        assert_eq!(buckets.take(key(1), 3, at(19_999)).wait, Some(1));
        assert_eq!(buckets.take(key(1), 3, at(20_000)).wait, None);
        assert_eq!(buckets.take(key(2), 3, at(0)).remaining, 2, "another key has a bucket of its own");
        assert_eq!(buckets.take(key(1), 3, at(3_600_000)).remaining, 2, "it never holds more than a window");
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_and_costs_a_window_at_most() {
        let buckets = Buckets::default();
        assert_eq!(buckets.take(key(1), 1, at(3_600_000)).wait, None);
        assert_eq!(buckets.take(key(1), 1, at(0)).wait, Some(60));
        assert_eq!(buckets.take(key(1), 1, at(59_999)).wait, Some(1));
        assert_eq!(buckets.take(key(1), 1, at(60_000)).wait, None);
        buckets.sweep(at(119_999));
        assert!(buckets.take(key(1), 1, at(119_999)).wait.is_some());
        buckets.sweep(at(59_000));
        assert_eq!(buckets.0.lock().unwrap().len(), 0, "what a clock that was ahead counted");
        buckets.take(key(1), 1, at(120_000));
        buckets.sweep(at(180_000));
        assert_eq!(buckets.0.lock().unwrap().len(), 0);
    }
}
