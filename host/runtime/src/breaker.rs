//! The breaker: a connector that keeps trapping or passing limits is left alone for a while, and it alone.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// When a breaker opens, and for how long. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// Traps and limits that open it.
    pub faults: u32,
    /// The time within which they count.
    pub within_s: u32,
    /// How long it stays open. Then one call is let through.
    pub open_s: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { faults: 5, within_s: 60, open_s: 60 }
    }
}

/// The breakers of all connectors, by digest.
#[derive(Debug, Default)]
pub struct Breakers {
    settings: BreakerSettings,
    by_digest: HashMap<String, Breaker>,
}

#[derive(Debug, Default)]
struct Breaker {
    faults: VecDeque<Timestamp>,
    open_until: Option<Timestamp>,
}

impl Breakers {
    /// All closed.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, by_digest: HashMap::new() }
    }

    /// Whether a call may begin, and if so, whether it is the one that tries; otherwise, until when it may not.
    pub fn admit(&mut self, digest: &str, now: Timestamp) -> Result<bool, Timestamp> {
        let open_s = self.settings.open_s;
        let Some(breaker) = self.by_digest.get_mut(digest) else { return Ok(false) };
        match breaker.open_until {
            Some(until) if now < until => Err(until),
            Some(_) => {
                // One call tries; until it is back the others wait for as long as before.
                breaker.open_until = Some(later(now, open_s));
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// A call trapped or passed a limit. True when that opens the breaker.
    pub fn fault(&mut self, digest: &str, now: Timestamp) -> bool {
        let settings = self.settings;
        let breaker = self.by_digest.entry(digest.to_owned()).or_default();
        let oldest = now.saturating_sub(seconds(settings.within_s)).unwrap_or(now);
        breaker.faults.push_back(now);
        breaker.faults.retain(|at| *at >= oldest);
        let trying = breaker.open_until.is_some();
        let opens = trying || breaker.faults.len() >= usize::try_from(settings.faults).unwrap_or(usize::MAX);
        if opens {
            breaker.faults.clear();
            breaker.open_until = Some(later(now, settings.open_s));
        }
        opens
    }

    /// A call came back in order. One that began before the breaker opened does not close it: only the one that tries does.
    pub fn works(&mut self, digest: &str, trial: bool) {
        let open = self.by_digest.get(digest).is_some_and(|breaker| breaker.open_until.is_some());
        if trial || !open {
            self.close(digest);
        }
    }

    /// An operator said so: it is closed.
    pub fn close(&mut self, digest: &str) {
        self.by_digest.remove(digest);
    }
}

fn seconds(count: u32) -> SignedDuration {
    SignedDuration::from_secs(count.into())
}

/// So many seconds later.
pub(crate) fn later(now: Timestamp, by: u32) -> Timestamp {
    now.saturating_add(seconds(by)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn it_opens_after_repeated_faults_and_for_that_connector_alone() {
        let mut breakers = Breakers::new(BreakerSettings { faults: 3, within_s: 60, open_s: 30 });
        assert!(!breakers.fault("bad", at(0)));
        assert!(!breakers.fault("bad", at(1)));
        assert!(breakers.fault("bad", at(2)));
        assert_eq!(breakers.admit("bad", at(3)), Err(at(32)));
        assert_eq!(breakers.admit("good", at(3)), Ok(false));
    }

    #[test]
    fn old_faults_do_not_count() {
        let mut breakers = Breakers::new(BreakerSettings { faults: 2, within_s: 10, open_s: 30 });
        assert!(!breakers.fault("slow", at(0)));
        assert!(!breakers.fault("slow", at(11)));
        assert_eq!(breakers.admit("slow", at(12)), Ok(false));
    }

    #[test]
    fn after_a_while_one_call_tries() {
        let mut breakers = Breakers::new(BreakerSettings { faults: 1, within_s: 10, open_s: 30 });
        assert!(breakers.fault("bad", at(0)));
        assert_eq!(breakers.admit("bad", at(30)), Ok(true));
        assert_eq!(breakers.admit("bad", at(31)), Err(at(60)));
        assert!(breakers.fault("bad", at(32)));
        assert_eq!(breakers.admit("bad", at(33)), Err(at(62)));
        assert_eq!(breakers.admit("bad", at(62)), Ok(true));
        breakers.works("bad", true);
        assert_eq!(breakers.admit("bad", at(63)), Ok(false));
    }

    #[test]
    fn a_call_from_before_does_not_close_it() {
        let mut breakers = Breakers::new(BreakerSettings { faults: 2, within_s: 10, open_s: 30 });
        breakers.fault("bad", at(0));
        breakers.works("bad", false);
        assert!(!breakers.fault("bad", at(1)), "what works in between begins the count anew");
        assert!(breakers.fault("bad", at(2)));
        breakers.works("bad", false);
        assert_eq!(breakers.admit("bad", at(3)), Err(at(32)));
    }
}
