//! Clients that a provider refuses: which connections wait for that, and who of them asks whether it is over.
//!
//! One refusal does not say whose trouble it is: the secret of the client may be over, or one customer's directory may have
//! switched it off for itself. So a refused connection waits alone; what others meet with decides whether a tenant's wait with
//! it, and all of the client. In memory: a host that starts anew asks anew.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jackfield_model::{
    id::{ClientId, ConnectionId, TenantId},
    upkeep::wait_left,
};
use jiff::{SignedDuration, Timestamp};

/// How long whoever was refused waits; twice as long after each further refusal, up to [`LONGEST`]. One of all asks as often.
const FIRST: SignedDuration = SignedDuration::from_mins(5);
/// The longest wait of a connection, and of a tenant's.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// How many have to be refused, with none accepted in between, before those beside them wait as well.
const ENOUGH: usize = 2;
/// A refusal that nobody met with again for so long counts no more: its connection is gone, or consented anew.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(6);

/// Whose refresh it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    /// As whom it asks.
    pub(super) client: ClientId,
    /// The tenant.
    pub(super) tenant: TenantId,
    /// The connection.
    pub(super) connection: ConnectionId,
}

/// Who waits together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    /// A connection.
    One(TenantId, ConnectionId),
    /// What a tenant has of the client.
    Tenant(TenantId),
    /// All of the client.
    All,
}

/// What those who wait together met with since one of them was accepted.
#[derive(Debug, Default)]
struct Waiting {
    /// Those of them that were refused.
    refused: HashSet<Who>,
    /// How often one was refused while they waited.
    times: u32,
    until: Timestamp,
}

/// The clients that were refused.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<ClientId, HashMap<Who, Waiting>>>);

impl Refusals {
    /// Whether somebody may ask now. Where others wait with them, they ask for all, and nobody else does for a while.
    pub(super) fn may_ask(&self, asker: Asker, now: Timestamp) -> bool {
        let mut clients = self.lock();
        let Some(client) = clients.get_mut(&asker.client) else { return true };
        if asker.chain().iter().any(|who| client.get(who).is_some_and(|waiting| waiting.is_on(*who, now))) {
            return false;
        }
        for who in asker.chain() {
            if let Some(waiting) = client.get_mut(&who) {
                waiting.until = now + FIRST;
            }
        }
        true
    }

    /// They were refused.
    pub(super) fn refused(&self, asker: Asker, now: Timestamp) {
        let mut clients = self.lock();
        let client = clients.entry(asker.client).or_default();
        let mut member = None;
        for who in asker.chain() {
            let waiting = client.entry(who).or_default();
            waiting.refused.insert(member.unwrap_or(who));
            waiting.go_on(who, now);
            member = Some(who);
        }
    }

    /// They were accepted, and so the client is: nobody waits for others any more. Answers whether nobody waits at all.
    pub(super) fn accepted(&self, asker: Asker, now: Timestamp) -> bool {
        let mut clients = self.lock();
        let Some(client) = clients.get_mut(&asker.client) else { return true };
        for who in asker.chain() {
            client.remove(&who);
        }
        client.retain(|_, waiting| now.duration_since(waiting.until).abs() < FORGOTTEN);
        let nobody = client.is_empty();
        if nobody {
            clients.remove(&asker.client);
        }
        nobody
    }

    /// An operator changed the client: whoever waits asks at once.
    pub(super) fn forget(&self, client: ClientId) {
        self.lock().remove(&client);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClientId, HashMap<Who, Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asker {
    /// With whom they may have to wait, each among those of the next.
    fn chain(self) -> [Who; 3] {
        [Who::One(self.tenant, self.connection), Who::Tenant(self.tenant), Who::All]
    }
}

impl Waiting {
    fn is_on(&self, who: Who, now: Timestamp) -> bool {
        self.holds(who) && wait_left(self.until, now, LONGEST).is_some()
    }

    /// Whether it keeps anybody waiting.
    fn holds(&self, who: Who) -> bool {
        matches!(who, Who::One(..)) || self.refused.len() >= ENOUGH
    }

    /// One more of them was refused.
    fn go_on(&mut self, who: Who, now: Timestamp) {
        let before = if matches!(who, Who::One(..)) { self.times } else { self.times.saturating_sub(1) };
        let doubled = (FIRST * i32::from(1_u8 << before.min(2))).min(LONGEST);
        let wait = match who {
            _ if !self.holds(who) => SignedDuration::ZERO,
            Who::One(..) => doubled,
            // Whoever comes next may show at once that it was those two.
            _ if self.times == 0 => SignedDuration::ZERO,
            // Longer than all, so that who asks for all is another tenant's next time.
            Who::Tenant(_) => doubled,
            Who::All => FIRST,
        };
        self.until = now + wait;
        self.times += u32::from(self.holds(who));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + minutes * 60).unwrap()
    }

    /// A connection of a tenant, both by number.
    fn asker(tenant: u128, connection: u128) -> Asker {
        Asker {
            client: ClientId::new(Timestamp::UNIX_EPOCH, 1),
            tenant: TenantId::new(Timestamp::UNIX_EPOCH, tenant),
            connection: ConnectionId::new(Timestamp::UNIX_EPOCH, connection),
        }
    }

    #[test]
    fn one_refusal_stops_nobody_else() {
        let refusals = Refusals::default();
        refusals.refused(asker(1, 1), at(0));
        assert!(!refusals.may_ask(asker(1, 1), at(4)));
        assert!(refusals.may_ask(asker(1, 2), at(0)) && refusals.may_ask(asker(2, 3), at(0)));
        assert!(refusals.may_ask(asker(1, 1), at(5)), "it is tried again");
        refusals.refused(asker(1, 1), at(5));
        assert!(!refusals.may_ask(asker(1, 1), at(14)) && refusals.may_ask(asker(1, 1), at(15)));
    }

    #[test]
    fn of_a_client_that_everybody_is_refused_with_one_asks_every_few_minutes() {
        let refusals = Refusals::default();
        let asked = (0..2000_u128).filter(|number| {
            let asker = asker(number % 100, *number);
            let now = at(i64::try_from(number / 100).unwrap());
            let may = refusals.may_ask(asker, now);
            if may {
                refusals.refused(asker, now);
            }
            may
        });
        assert_eq!(asked.count(), 3 + 3, "in twenty minutes");
        assert!(!refusals.accepted(asker(99, 1), at(20)), "others wait still, each for itself");
        assert!(refusals.may_ask(asker(98, 1), at(20)) && refusals.may_ask(asker(97, 1), at(20)));
        refusals.forget(asker(1, 1).client);
        assert!(refusals.may_ask(asker(0, 0), at(20)));
    }

    #[test]
    fn tenants_that_are_refused_for_themselves_leave_others_their_turn() {
        let refusals = Refusals::default();
        let refuse = |tenant, connection, now| {
            let asker = asker(tenant, connection);
            let may = refusals.may_ask(asker, now);
            if may {
                refusals.refused(asker, now);
            }
            may
        };
        // Two customers with many connections each.
        for minute in 0..60 {
            for connection in 0..100 {
                refuse(1, connection, at(minute));
                refuse(2, 1000 + connection, at(minute));
            }
        }
        let free = (60..75).find(|minute| {
            let (first, second) = (refuse(1, 500, at(*minute)), refuse(2, 1500, at(*minute)));
            !first && !second && refusals.may_ask(asker(3, 9), at(*minute))
        });
        assert!(free.is_some());
        refusals.accepted(asker(3, 9), at(75));
        assert!(refusals.may_ask(asker(3, 9), at(75)) && refusals.may_ask(asker(4, 9), at(75)));
    }

    #[test]
    fn a_client_works_again_when_nobody_is_refused_any_more() {
        let refusals = Refusals::default();
        refusals.refused(asker(1, 1), at(0));
        assert!(!refusals.accepted(asker(2, 2), at(1)), "that one still is");
        assert!(refusals.accepted(asker(1, 1), at(5)));
        refusals.refused(asker(1, 1), at(5));
        assert!(refusals.accepted(asker(2, 2), at(5 + 6 * 60 + 5)), "nobody asked for that one any more");
    }

    #[test]
    fn what_a_clock_ahead_wrote_down_keeps_nobody_waiting() {
        let refusals = Refusals::default();
        for number in 0..3 {
            refusals.refused(asker(number, number), at(9999));
        }
        assert!(refusals.may_ask(asker(0, 0), at(0)));
    }
}
