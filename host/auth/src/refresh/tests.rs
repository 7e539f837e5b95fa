//! Tests of the refresh decisions: when one is due, and what a failure means.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]
use jackfield_model::expiry::{Expiry, Source};
use proptest::prelude::*;

use super::*;
use crate::{
    fixtures::{self, noon},
    provider_error::ErrorCode,
    token::Unusable,
};

fn rules(rotation: Rotation) -> RefreshRules {
    RefreshRules { rotation, ..fixtures::oauth2().refresh }
}

fn life(seconds: i64) -> Life {
    Life { sent_at: noon(), ends_at: noon() + SignedDuration::from_secs(seconds) }
}

/// Seconds before the end at which a refresh is due, without jitter.
fn margin(rules: &RefreshRules, seconds: i64) -> Option<i64> {
    let due = due_at(rules, &life(seconds), 0, 1000)?;
    Some(life(seconds).ends_at.duration_since(due).as_secs())
}

fn situation() -> Situation {
    Situation {
        from_version: 3,
        stored_version: 3,
        access_ends: Some(noon() + SignedDuration::from_mins(40)),
        first_sent: noon(),
        resent: false,
        attempts: 0,
        now: noon(),
        random: 1000,
    }
}

fn grant_lost() -> TokenError {
    TokenError::InvalidGrant(ProviderError { code: ErrorCode::InvalidGrant, text: None })
}

#[test]
fn ref_3_due_at_a_fifth_of_the_life_or_five_minutes() {
    let plain = rules(Rotation::Strict);
    for (seconds, expected) in
        [(3600, Some(300)), (600, Some(120)), (100, Some(30)), (59, Some(11)), (0, None), (-5, None)]
    {
        assert_eq!(margin(&plain, seconds), expected, "{seconds}");
    }
}

#[test]
fn ref_3_jitter_is_a_tenth_to_either_side() {
    let plain = rules(Rotation::Strict);
    let at = |random| life(3600).ends_at.duration_since(due_at(&plain, &life(3600), 0, random).unwrap()).as_secs();
    assert_eq!((at(0), at(1000), at(2000)), (270, 300, 330));
}

#[test]
fn ref_3_a_short_life_is_refreshed_ahead_once_only() {
    let plain = rules(Rotation::Strict);
    assert!(due_at(&plain, &life(59), 0, 0).is_some());
    assert_eq!(due_at(&plain, &life(59), 1, 0), None);
    assert!(due_at(&plain, &life(60), 1, 0).is_some());
}

#[test]
fn exact_online_is_not_refreshed_before_it_allows() {
    let exact = RefreshRules { earliest: Some(30), margin: Some(900), ..rules(Rotation::Strict) };
    for random in [0, 1000, 2000, u64::MAX] {
        let due = due_at(&exact, &life(600), 0, random).unwrap();
        assert!(life(600).ends_at.duration_since(due) <= SignedDuration::from_secs(30), "{random}");
    }
    let access = |left| {
        let at = noon() + SignedDuration::from_secs(left);
        Clocks { access: Some(Expiry { at, source: Source::Response }), grant: None }
    };
    let need = |left| on_demand(&exact, &access(left), None, noon(), SignedDuration::from_secs(300));
    assert_eq!((need(300), need(120), need(29)), (Need::Fresh, Need::TooEarly, Need::Refresh));
}

#[test]
fn a_declared_margin_is_bounded_by_half_the_life() {
    let wide = RefreshRules { margin: Some(7200), ..rules(Rotation::None) };
    assert_eq!(margin(&wide, 3600), Some(1800));
    let none = RefreshRules { using: RefreshUsing::None, ..rules(Rotation::None) };
    assert_eq!(margin(&none, 3600), None);
}

#[test]
fn ref_4_thirty_seconds_before_its_end_a_token_counts_as_over() {
    let clocks = |left| {
        let at = noon() + SignedDuration::from_secs(left);
        Clocks { access: Some(Expiry { at, source: Source::Response }), grant: None }
    };
    let need = |left, wanted| {
        on_demand(&rules(Rotation::None), &clocks(left), None, noon(), SignedDuration::from_secs(wanted))
    };
    assert_eq!((need(31, 0), need(29, 0), need(200, 300)), (Need::Fresh, Need::Refresh, Need::Refresh));
    let unknown = on_demand(&rules(Rotation::None), &Clocks::default(), None, noon(), SignedDuration::from_secs(300));
    assert_eq!(unknown, Need::Fresh);
    let hour = Some(SignedDuration::from_secs(3600));
    let greedy = on_demand(&rules(Rotation::None), &clocks(3590), hour, noon(), SignedDuration::from_secs(86_400));
    assert_eq!(greedy, Need::Fresh);
}

#[test]
fn ref_5_a_newer_version_in_the_store_wins_over_every_failure() {
    let newer = Situation { stored_version: 4, ..situation() };
    for failed in [Failed::Answered(&grant_lost()), Failed::Lost, Failed::NotSent] {
        assert_eq!(next(&rules(Rotation::Strict), failed, &newer), Next::UseNewer);
    }
    assert_eq!(Next::UseNewer.happening(), None);
}

#[test]
fn ref_5_without_a_newer_version_the_grant_is_gone_and_the_cause_told() {
    let lost = grant_lost();
    let strict = rules(Rotation::Strict);
    let revoked = next(&strict, Failed::Answered(&lost), &situation());
    assert_eq!(revoked, Next::Reauthorize(Cause::Revoked));
    assert_eq!(revoked.happening(), Some(Happening::GrantLost));
    let resent = Situation { resent: true, ..situation() };
    assert_eq!(next(&strict, Failed::Answered(&lost), &resent), Next::Reauthorize(Cause::RotationLost));
}

#[test]
fn ref_6_strict_rotation_waits_until_the_access_token_is_nearly_over() {
    let last = situation().access_ends.unwrap() - LAST_MOMENT;
    let html = TokenError::Unusable(Unusable::Html);
    for rotation in [Rotation::Strict, Rotation::Unknown] {
        for failed in [Failed::Lost, Failed::Answered(&html)] {
            let next = next(&rules(rotation), failed, &situation());
            assert_eq!(next, Next::Uncertain(Some(last)), "{rotation:?}");
            assert_eq!(next.happening(), Some(Happening::RefreshUnknown));
        }
    }
    let endless = Situation { access_ends: None, ..situation() };
    assert_eq!(next(&rules(Rotation::Strict), Failed::Lost, &endless), Next::Uncertain(None));
    let over = Situation { access_ends: Some(noon()), ..situation() };
    assert_eq!(next(&rules(Rotation::Strict), Failed::Lost, &over), Next::Uncertain(Some(noon())));
}

#[test]
fn ref_6_forgiving_rotation_is_tried_again_at_once_within_its_grace() {
    assert_eq!(next(&rules(Rotation::None), Failed::Lost, &situation()), Next::RetryAt(noon()));
    let grace = rules(Rotation::Grace(30));
    assert_eq!(next(&grace, Failed::Lost, &situation()), Next::RetryAt(noon()));
    let late = Situation { first_sent: noon() - SignedDuration::from_secs(31), ..situation() };
    assert!(matches!(next(&grace, Failed::Lost, &late), Next::Uncertain(_)));
    let same = RefreshRules { using: RefreshUsing::SameGrant, ..rules(Rotation::Strict) };
    assert_eq!(next(&same, Failed::Lost, &situation()), Next::RetryAt(noon()));
}

#[test]
fn ref_6_a_grace_that_nobody_used_is_over_until_the_access_token_nearly_is() {
    let ends = situation().access_ends;
    let over =
        |rotation, waited, now| grace_is_over(&rules(rotation), now - SignedDuration::from_secs(waited), ends, now);
    let grace = Rotation::Grace(30);
    assert!(!over(grace, 29, noon()) && over(grace, 30, noon()));
    assert!(!over(Rotation::None, 30, noon()) && !over(Rotation::Strict, 30, noon()));
    assert!(!over(grace, 30, ends.unwrap() - LAST_MOMENT), "then nothing is lost with the access token");
    assert!(grace_is_over(&rules(grace), noon() - SignedDuration::from_secs(30), None, noon()));
}

#[test]
fn ref_6_a_request_that_was_never_sent_is_safe_to_repeat() {
    assert!(matches!(next(&rules(Rotation::Strict), Failed::NotSent, &situation()), Next::RetryAt(at) if at > noon()));
}

#[test]
fn core_12_classes_decide_what_happens_to_the_connection() {
    let strict = rules(Rotation::Strict);
    let after = |error: &TokenError, situation: &Situation| next(&strict, Failed::Answered(error), situation);
    let client = ProviderError { code: ErrorCode::InvalidClient, text: None };
    let paused = after(&TokenError::ClientMisconfigured(client.clone()), &situation());
    assert_eq!((paused.happening(), paused), (None, Next::ClientRefused(client)));

    let waiting = TokenError::RateLimited { retry_after: Some(SignedDuration::from_secs(600)) };
    assert_eq!(after(&waiting, &situation()), Next::RetryAt(noon() + SignedDuration::from_secs(600)));
    let down = TokenError::ProviderDown { status: 500, retry_after: None };
    let retry = after(&down, &situation());
    assert_eq!(retry.happening(), None);
    assert!(matches!(retry, Next::RetryAt(at) if at > noon() && at < noon() + SignedDuration::from_secs(10)));

    let refused = TokenError::Refused { status: 400, error: ProviderError::unstated() };
    assert!(matches!(after(&refused, &situation()), Next::RetryAt(_)));
    let often = Situation { attempts: REFUSALS - 1, ..situation() };
    assert_eq!(after(&refused, &often), Next::Flag);
    assert!(matches!(after(&down, &often), Next::RetryAt(_)));
}

#[test]
fn waits_grow_to_a_quarter_of_an_hour() {
    let wait = |attempts| match next(&rules(Rotation::None), Failed::NotSent, &Situation { attempts, ..situation() }) {
        Next::RetryAt(at) => at.duration_since(noon()).as_secs(),
        other => panic!("{other:?}"),
    };
    assert!(wait(0) < wait(3) && wait(3) < wait(7));
    assert!(wait(40) <= LONGEST_BACKOFF && wait(u32::MAX) >= LONGEST_BACKOFF / 2);
}

proptest! {
    #[test]
    fn due_times_lie_within_the_life(seconds in 1_i64..100_000_000, random: u64, margin: Option<u64>, earliest: Option<u64>) {
        let rules = RefreshRules { margin, earliest, ..rules(Rotation::Strict) };
        let life = life(seconds);
        let due = due_at(&rules, &life, 0, random).unwrap();
        prop_assert!(due <= life.ends_at && due >= life.sent_at);
    }
}
