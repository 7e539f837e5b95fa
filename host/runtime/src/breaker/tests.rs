//! Tests of the breaker: who opens it for whom, and who closes it.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use super::*;

const SETTINGS: BreakerSettings = BreakerSettings { faults: 3, within_s: 60, open_s: 30 };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// A person of a tenant.
fn caller(tenant: u128, person: &str) -> Caller {
    Caller::of(TenantId::new(at(0), tenant), Some(person), None)
}

/// A connection of a tenant that belongs to nobody.
fn shared(tenant: u128, connection: u128) -> Caller {
    Caller::of(TenantId::new(at(0), tenant), None, Some(ConnectionId::new(at(0), connection)))
}

/// A call that is let through and meets a fault.
fn meets(breakers: &mut Breakers, caller: &Caller, now: Timestamp) -> Option<&'static str> {
    let tries = breakers.admit("bad", caller, now).unwrap();
    breakers.fault("bad", caller, tries, now)
}

fn open(breakers: &mut Breakers, caller: &Caller, now: Timestamp) -> bool {
    breakers.admit("bad", caller, now).is_err()
}

#[test]
fn one_person_opens_it_for_nobody_else() {
    let mut breakers = Breakers::new(SETTINGS);
    let (one, beside) = (caller(1, "mallory"), caller(1, "alice"));
    assert_eq!([0, 1, 2].map(|second| meets(&mut breakers, &one, at(second))), [None, None, Some("its caller")]);
    assert_eq!(breakers.admit("bad", &one, at(3)), Err(at(32)));
    assert_eq!(breakers.admit("good", &one, at(3)), Ok(Tries::default()));
    for other in [beside, caller(2, "mallory"), shared(1, 1)] {
        assert!(!open(&mut breakers, &other, at(3)), "{other:?}");
    }
}

#[test]
fn several_of_a_tenant_open_it_for_the_tenant_and_several_tenants_for_all() {
    let mut breakers = Breakers::new(SETTINGS);
    for tenant in [1, 2] {
        let opened = [1, 2, 3].map(|connection| meets(&mut breakers, &shared(tenant, connection), at(0)));
        assert_eq!(opened, [None, None, Some("its tenant")]);
        assert!(open(&mut breakers, &shared(tenant, 9), at(1)), "what fails for several fails for their tenant");
        assert!(!open(&mut breakers, &shared(9, 9), at(1)));
    }
    assert_eq!(meets(&mut breakers, &shared(3, 1), at(1)), Some("all"));
    assert!(open(&mut breakers, &shared(9, 9), at(2)));
}

#[test]
fn what_works_for_one_closes_nothing_of_another() {
    let mut breakers = Breakers::new(SETTINGS);
    for connection in 1..=3 {
        meets(&mut breakers, &shared(1, connection), at(0));
    }
    meets(&mut breakers, &shared(2, 1), at(0));
    breakers.works("bad", &shared(3, 1), Tries::default());
    assert!(open(&mut breakers, &shared(1, 1), at(1)));
    // But it speaks for the connector: the tenants are counted anew.
    assert_eq!(meets(&mut breakers, &shared(4, 1), at(1)), None);
    assert_eq!(meets(&mut breakers, &shared(5, 1), at(1)), None);
    assert_eq!(meets(&mut breakers, &shared(6, 1), at(1)), Some("all"));
}

#[test]
fn old_faults_do_not_count_and_what_works_in_between_begins_anew() {
    let mut breakers = Breakers::new(BreakerSettings { faults: 2, ..SETTINGS });
    let one = caller(1, "alice");
    assert_eq!(meets(&mut breakers, &one, at(0)), None);
    assert_eq!(meets(&mut breakers, &one, at(61)), None);
    breakers.works("bad", &one, Tries::default());
    assert_eq!(meets(&mut breakers, &one, at(62)), None);
    assert_eq!(meets(&mut breakers, &one, at(63)), Some("its caller"));
}

#[test]
fn after_a_while_one_call_tries() {
    let mut breakers = Breakers::new(BreakerSettings { faults: 1, ..SETTINGS });
    let (one, other) = (caller(1, "alice"), caller(2, "bob"));
    assert_eq!(meets(&mut breakers, &one, at(0)), Some("all"));
    let tries = breakers.admit("bad", &other, at(30)).unwrap();
    assert_eq!(tries, Tries([false, false, true]));
    assert_eq!(breakers.admit("bad", &one, at(31)), Err(at(60)));
    assert_eq!(breakers.fault("bad", &other, tries, at(32)), Some("all"));
    assert_eq!(breakers.admit("bad", &one, at(33)), Err(at(62)));
    let tries = breakers.admit("bad", &one, at(62)).unwrap();
    breakers.works("bad", &one, tries);
    assert_eq!(breakers.admit("bad", &one, at(63)), Ok(Tries::default()));
    assert_eq!(breakers.admit("bad", &other, at(63)), Ok(Tries([true, true, false])), "its own are tried by itself");
}

#[test]
fn a_call_from_before_neither_closes_it_nor_keeps_it_open() {
    let mut breakers = Breakers::new(BreakerSettings { faults: 2, ..SETTINGS });
    let one = caller(1, "alice");
    for second in [0, 1] {
        meets(&mut breakers, &one, at(second));
    }
    breakers.works("bad", &one, Tries::default());
    assert_eq!(breakers.fault("bad", &one, Tries::default(), at(20)), None);
    assert_eq!(breakers.admit("bad", &one, at(21)), Err(at(31)));
    let tries = breakers.admit("bad", &one, at(31)).unwrap();
    breakers.close("bad");
    assert_eq!(breakers.fault("bad", &one, tries, at(32)), None, "an operator was quicker than the trial");
}

#[test]
fn a_clock_that_was_ahead_keeps_nobody_away() {
    let mut breakers = Breakers::new(BreakerSettings { faults: 1, ..SETTINGS });
    let one = caller(1, "alice");
    meets(&mut breakers, &one, at(86_400));
    assert!(!open(&mut breakers, &one, at(0)));
}

#[test]
fn however_many_callers_meet_faults_no_more_breakers_are_kept() {
    let mut breakers = Breakers::new(SETTINGS);
    for connection in 0..3 * MOST as u128 {
        // Calls that began together: a breaker that opens meanwhile ends none of them. Others work all the while.
        breakers.fault("bad", &shared(1, connection), Tries::default(), at(0));
        breakers.works("bad", &shared(1, u128::MAX), Tries::default());
    }
    let kept = |breakers: &Breakers| breakers.by_digest.get("bad").unwrap().len();
    assert!(kept(&breakers) <= MOST + 2, "{}", kept(&breakers));
    breakers.fault("bad", &shared(1, 7), Tries::default(), at(61));
    assert!(kept(&breakers) <= 3, "what says nothing any more is forgotten");
}
