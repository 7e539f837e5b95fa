//! The breaker: a connector that keeps trapping or passing limits is left alone for a while, and it alone, by whoever meets
//! that: one person, who may have brought it about; a tenant, where several did; all, where several tenants did.

use std::{collections::HashMap, sync::Arc};

use jackfield_model::{
    id::{ConnectionId, TenantId},
    upkeep::wait_left,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The most breakers that are kept of one connector. Beyond it callers have none of their own, only their tenants'.
const MOST: usize = 1024;

/// When a breaker opens, and for how long. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// Traps and limits that open a caller's; callers who met one that open a tenant's; and tenants that open it for all.
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

/// On whose behalf a connector is called: a person's, or a connection's that belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Caller {
    tenant: TenantId,
    who: Who,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Person(Arc<str>),
    Connection(Option<ConnectionId>),
}

/// Whom one breaker keeps from a connector.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Circle {
    Caller(Caller),
    Tenant(TenantId),
    All,
}

/// Which breakers let a call through to try: its caller's, its tenant's, that for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tries([bool; 3]);

/// The breakers of all connectors, by digest.
#[derive(Debug, Default)]
pub(crate) struct Breakers {
    settings: BreakerSettings,
    by_digest: HashMap<String, HashMap<Circle, Breaker>>,
}

#[derive(Debug, Default)]
struct Breaker {
    /// When faults were met, and in which narrower circle.
    faults: Vec<(Option<Circle>, Timestamp)>,
    open_until: Option<Timestamp>,
}

impl Caller {
    pub(crate) fn of(tenant: TenantId, end_user: Option<&str>, connection: Option<ConnectionId>) -> Self {
        let who = end_user.map_or(Who::Connection(connection), |person| Who::Person(person.into()));
        Self { tenant, who }
    }

    /// From the narrowest to the widest.
    fn circles(&self) -> [Circle; 3] {
        [Circle::Caller(self.clone()), Circle::Tenant(self.tenant), Circle::All]
    }
}

impl Circle {
    fn name(&self) -> &'static str {
        match self {
            Self::Caller(_) => "its caller",
            Self::Tenant(_) => "its tenant",
            Self::All => "all",
        }
    }
}

impl Breakers {
    /// All closed.
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self { settings, by_digest: HashMap::new() }
    }

    /// Whether a call may begin, and if so, which breakers it tries; otherwise, until when it may not.
    pub(crate) fn admit(&mut self, digest: &str, caller: &Caller, now: Timestamp) -> Result<Tries, Timestamp> {
        let settings = self.settings;
        let Some(breakers) = self.by_digest.get_mut(digest) else { return Ok(Tries::default()) };
        let circles = caller.circles();
        let open = circles.iter().filter_map(|circle| breakers.get(circle)?.closed_to(now, settings)).max();
        if let Some(until) = open {
            return Err(until);
        }
        Ok(Tries(circles.map(|circle| {
            let tried = breakers.get_mut(&circle).and_then(|breaker| breaker.open_until.as_mut());
            // One call tries; until it is back the others wait for as long as before.
            tried.map(|until| *until = later(now, settings.open_s)).is_some()
        })))
    }

    /// A call trapped or passed a limit. For whom that opens a breaker, the widest where it opens several.
    pub(crate) fn fault(
        &mut self,
        digest: &str,
        caller: &Caller,
        tries: Tries,
        now: Timestamp,
    ) -> Option<&'static str> {
        let settings = self.settings;
        let breakers = self.by_digest.entry(digest.to_owned()).or_default();
        if breakers.len() >= MOST {
            breakers.retain(|_, breaker| breaker.says_something(now, settings));
        }
        let (mut narrower, mut opened) = (None, None);
        for (circle, tries) in caller.circles().into_iter().zip(tries.0) {
            let room = breakers.len() < MOST || !matches!(circle, Circle::Caller(_));
            if room || breakers.contains_key(&circle) {
                let breaker = breakers.entry(circle.clone()).or_default();
                if breaker.fault(narrower, tries, now, settings) {
                    opened = Some(circle.name());
                }
            }
            narrower = Some(circle);
        }
        opened
    }

    /// A call came back in order. One that began before a breaker opened does not close it: only the one that tries does.
    pub(crate) fn works(&mut self, digest: &str, caller: &Caller, tries: Tries) {
        let Some(breakers) = self.by_digest.get_mut(digest) else { return };
        for (circle, tries) in caller.circles().into_iter().zip(tries.0) {
            let open = breakers.get(&circle).is_some_and(|breaker| breaker.open_until.is_some());
            if tries || !open {
                breakers.remove(&circle);
            }
        }
    }

    /// An operator said so: all of a connector's are closed.
    pub(crate) fn close(&mut self, digest: &str) {
        self.by_digest.remove(digest);
    }
}

impl Breaker {
    /// Until when nobody is let through.
    fn closed_to(&self, now: Timestamp, settings: BreakerSettings) -> Option<Timestamp> {
        self.open_until.filter(|until| wait_left(*until, now, seconds(settings.open_s)).is_some())
    }

    fn says_something(&self, now: Timestamp, settings: BreakerSettings) -> bool {
        let oldest = settings.oldest(now);
        self.closed_to(now, settings).is_some() || self.faults.iter().any(|(_, at)| *at >= oldest)
    }

    /// Counts a fault, that of a narrower circle once. True when it opens.
    fn fault(&mut self, of: Option<Circle>, tries: bool, now: Timestamp, settings: BreakerSettings) -> bool {
        if self.open_until.is_some() && !tries {
            return false;
        }
        let oldest = settings.oldest(now);
        self.faults.retain(|(earlier, at)| *at >= oldest && (of.is_none() || *earlier != of));
        self.faults.push((of, now));
        let enough = self.faults.len() >= usize::try_from(settings.faults).unwrap_or(usize::MAX);
        // A trial that an operator was quicker than is a fault like any other.
        let opens = enough || self.open_until.is_some();
        if opens {
            self.faults.clear();
            self.open_until = Some(later(now, settings.open_s));
        }
        opens
    }
}

impl BreakerSettings {
    /// A fault before it counts no more.
    fn oldest(self, now: Timestamp) -> Timestamp {
        now.saturating_sub(seconds(self.within_s)).unwrap_or(now)
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
mod tests;
