//! Tests of upkeep: when a connection is looked at, and what for.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    expiry::Clocks,
    id::{ConnectionId, TenantId},
    manifest::{RefreshUsing, Rotation},
    scope::Grant,
    upkeep::Upkeep,
};
use proptest::prelude::*;

use super::*;
use crate::{fixtures, fixtures::noon};

const DAY: i64 = 86_400;

fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

#[allow(clippy::unnecessary_wraps, reason = "what a clock takes")]
fn expiry(seconds: i64, source: Source) -> Option<Expiry> {
    Some(Expiry { at: after(seconds), source })
}

/// A connection whose token was asked for at noon and lives so many seconds.
fn connection(life: Option<i64>) -> Connection {
    Connection {
        id: ConnectionId::new(noon(), 7),
        tenant: TenantId::new(noon(), 7),
        connector: "github".into(),
        method: "oauth".into(),
        client: None,
        end_user: None,
        name: "GitHub".into(),
        status: Status::Active,
        failure: None,
        account: None,
        subject: None,
        fields: BTreeMap::new(),
        actions: BTreeSet::new(),
        grant: Grant::default(),
        endpoints: None,
        version: 1,
        clocks: Clocks { access: life.and_then(|life| expiry(life, Source::Response)), grant: None },
        step: None,
        refresh: RefreshState::Idle,
        tokens: vec![],
        target: jackfield_model::target::Targeting::None,
        upkeep: Upkeep { token_since: Some(noon()), grant_since: None, due: None },
        verification: None,
        uses: 0,
        said: jackfield_model::notice::Said::default(),
        created_at: noon(),
        updated_at: noon(),
    }
}

fn rules() -> RefreshRules {
    RefreshRules { rotation: Rotation::Strict, ..fixtures::oauth2().refresh }
}

fn idle(seconds: u64) -> Lifetime {
    Lifetime { idle: Some(seconds), ..Lifetime::default() }
}

fn look(connection: &Connection, rules: Option<&RefreshRules>, lifetime: &Lifetime, at: i64) -> Plan {
    let days = BTreeSet::from([2, 7, 14]);
    plan(&Seen { connection, rules, lifetime, days: &days, verify_every: None, now: after(at) })
}

/// The step that was taken before an end at so many seconds.
fn step(seconds: i64, days: u16) -> SaidEnd {
    SaidEnd { at: after(seconds), days }
}

#[test]
fn ref_3_a_token_is_refreshed_ahead_of_its_end_and_not_before() {
    let (connection, rules, forever) = (connection(Some(3600)), rules(), Lifetime::default());
    let at_noon = look(&connection, Some(&rules), &forever, 0);
    let due = at_noon.next.unwrap();
    assert!(at_noon.duty.is_none() && due >= after(3600 - 330) && due <= after(3600 - 270), "{at_noon:?}");
    assert_eq!(look(&connection, Some(&rules), &forever, 100), at_noon, "the same record gives the same moment");
    let then = look(&connection, Some(&rules), &forever, 3400);
    assert_eq!((then.duty, then.due(after(3400))), (Some(Duty::Refresh), Some(after(3400))));
}

#[test]
fn connections_of_one_moment_are_spread() {
    let due = |number| {
        let connection = Connection { id: ConnectionId::new(noon(), number), ..connection(Some(3600)) };
        look(&connection, Some(&rules()), &Lifetime::default(), 0).next
    };
    let moments: BTreeSet<_> = (0..100).map(due).collect();
    assert!(moments.len() > 50, "{} moments for 100 connections", moments.len());
    let (old, new) = (connection(None), Connection { version: 2, ..connection(None) });
    assert_ne!(spread(&old), spread(&new));
}

#[test]
fn exact_online_is_never_refreshed_before_it_allows_idle_or_not() {
    let exact = RefreshRules { earliest: Some(30), margin: Some(900), ..rules() };
    for lifetime in [Lifetime::default(), idle(60)] {
        let due = look(&connection(Some(600)), Some(&exact), &lifetime, 0).next.unwrap();
        assert!(due >= after(570) && due <= after(600), "{due}");
    }
}

#[test]
fn a_grant_with_an_idle_limit_is_kept_alive_by_refreshing_inside_it() {
    let month = idle(30 * 86_400);
    for life in [None, Some(365 * DAY)] {
        let connection = connection(life);
        let due = look(&connection, Some(&rules()), &month, 0).next.unwrap();
        assert!(due > after(20 * DAY) && due < after(29 * DAY), "{due}");
        assert_eq!(look(&connection, Some(&rules()), &month, 29 * DAY).duty, Some(Duty::Refresh));
    }
    // An hour's token moves the limit at every refresh, so its own end decides.
    assert!(look(&connection(Some(3600)), Some(&rules()), &month, 0).next.unwrap() < after(3600));
    let grant = expiry(30 * DAY, Source::Declared);
    assert_eq!(after_use(&month, grant, after(DAY)), expiry(31 * DAY, Source::Declared));
    let fixed = Lifetime { absolute: Some(1), ..idle(5) };
    assert_eq!(after_use(&fixed, grant, after(DAY)), grant);
    assert_eq!(after_use(&Lifetime::default(), None, after(DAY)), None);
}

#[test]
fn nothing_to_refresh_with_nears_its_end_and_ends() {
    let forever = Lifetime::default();
    let mut connection = connection(Some(60 * DAY));
    assert_eq!(look(&connection, None, &forever, 0), Plan { duty: None, next: Some(after(46 * DAY)) });
    for (day, days, next) in [(46, 14, 53), (53, 7, 58), (58, 2, 60)] {
        let said = step(60 * DAY, days);
        let then = look(&connection, None, &forever, day * DAY);
        assert_eq!(then, Plan { duty: Some(Duty::SayNearsEnd(said)), next: Some(after(next * DAY)) });
        connection.status = Status::Expiring;
        connection.said.ends = Some(said);
        assert_eq!(look(&connection, None, &forever, day * DAY), Plan { duty: None, next: Some(after(next * DAY)) });
    }
    assert_eq!(look(&connection, None, &forever, 60 * DAY), Plan { duty: Some(Duty::SayEnded), next: None });
    connection.status = Status::NeedsReauthorization;
    assert_eq!(look(&connection, None, &forever, 60 * DAY), Plan::default());
}

#[test]
fn a_grant_that_ends_is_said_and_refreshed_until_the_provider_refuses() {
    let year = Lifetime { absolute: Some(365 * 86_400), ..Lifetime::default() };
    let mut connection = connection(Some(3600));
    connection.clocks.grant = expiry(365 * DAY, Source::Declared);
    connection.upkeep.token_since = Some(after(351 * DAY));
    connection.clocks.access = expiry(351 * DAY + 3600, Source::Response);
    let said = step(365 * DAY, 2);
    assert_eq!(
        look(&connection, Some(&rules()), &year, 364 * DAY).duty,
        Some(Duty::SayNearsEnd(said)),
        "the last step only"
    );
    connection.status = Status::Expiring;
    connection.said.ends = Some(said);
    assert_eq!(look(&connection, Some(&rules()), &year, 366 * DAY).duty, Some(Duty::Refresh));
}

#[test]
fn a_step_leaves_at_least_half_of_a_permission_s_time_before_it() {
    let forever = Lifetime::default();
    let ten_days = connection(Some(10 * DAY));
    assert_eq!(look(&ten_days, None, &forever, 0).next, Some(after(8 * DAY)));
    let an_hour = connection(Some(3600));
    assert_eq!(look(&an_hour, None, &forever, 0).next, Some(after(2880)));
    assert_eq!(look(&an_hour, None, &forever, 2880).duty, Some(Duty::SayNearsEnd(step(3600, 0))));
    // Reauthorized, it is another end, and said anew.
    let mut again = connection(Some(20 * DAY));
    again.said.ends = Some(step(10 * DAY, 2));
    assert_eq!(look(&again, None, &forever, 13 * DAY).duty, Some(Duty::SayNearsEnd(step(20 * DAY, 7))));
}

#[test]
fn verifying_unasked_comes_round_and_is_spread() {
    let (forever, days) = (Lifetime::default(), BTreeSet::new());
    let every = Some(SignedDuration::from_hours(24));
    let see = |connection: &Connection, at| {
        plan(&Seen { connection, rules: None, lifetime: &forever, days: &days, verify_every: every, now: after(at) })
    };
    let mut connection = connection(None);
    let first = see(&connection, 0).next.unwrap();
    assert!(first > after(21 * 3600) && first <= after(DAY), "{first}");
    assert_eq!(see(&connection, DAY).duty, Some(Duty::Verify));
    connection.status = Status::Failing;
    assert_eq!(see(&connection, DAY).duty, Some(Duty::Verify), "so that it is found to work again");
    connection.status = Status::NeedsReauthorization;
    assert_eq!(see(&connection, DAY), Plan::default());
    let moments: BTreeSet<_> = (0..50)
        .map(|number| {
            see(&Connection { id: ConnectionId::new(noon(), number), status: Status::Active, ..connection.clone() }, 0)
                .next
        })
        .collect();
    assert!(moments.len() > 20, "{}", moments.len());
}

#[test]
fn nothing_to_look_after_is_never_due() {
    let forever = Lifetime::default();
    assert_eq!(look(&connection(None), None, &forever, 0), Plan::default());
    let none = RefreshRules { using: RefreshUsing::None, ..rules() };
    assert_eq!(look(&connection(Some(3600)), Some(&none), &forever, 0), Plan::default());
}

#[test]
fn waits_are_kept_and_a_short_life_is_not_tried_twice() {
    let forever = Lifetime::default();
    let mut waiting = connection(Some(3600));
    waiting.refresh = RefreshState::Waiting { attempts: 3, until: after(3500) };
    assert_eq!(look(&waiting, Some(&rules()), &forever, 3400), Plan { duty: None, next: Some(after(3500)) });
    assert_eq!(look(&waiting, Some(&rules()), &forever, 3500).duty, Some(Duty::Refresh));
    waiting.clocks.access = expiry(40, Source::Response);
    assert_eq!(look(&waiting, Some(&rules()), &forever, 30), Plan::default());
    let unknown = |until| RefreshState::Unknown { from_version: 1, attempts: 0, since: noon(), until };
    waiting.refresh = unknown(None);
    assert_eq!(look(&waiting, Some(&rules()), &forever, 30), Plan::default());
    waiting.refresh = unknown(Some(after(3540)));
    assert_eq!(look(&waiting, Some(&rules()), &forever, 30).next, Some(after(3540)));
}

proptest! {
    #[test]
    fn a_look_that_finds_nothing_to_do_has_its_next_in_the_future(life in 1_i64..1_000_000, now in 0_i64..2_000_000, short in 1_u64..1_000_000) {
        for rules in [Some(&rules()), None] {
            let plan = look(&connection(Some(life)), rules, &idle(short), now);
            prop_assert!(plan.next.is_none_or(|next| next > after(now)));
            prop_assert!(plan.due(after(now)).is_some());
        }
    }
}
