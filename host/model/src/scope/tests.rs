//! Tests of the least scope set and of what a grant cannot do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use proptest::prelude::*;

use super::*;
use crate::sample::manifest;

fn set(scopes: &[&str]) -> ScopeSet {
    scopes.iter().map(|&scope| scope.to_owned()).collect()
}

#[test]
fn only_what_the_actions_need_is_asked_for() {
    let least = |actions: &[&str]| least(&manifest(), &set(actions)).unwrap();
    assert_eq!(least(&[]), set(&["openid"]));
    assert_eq!(least(&["look"]), set(&["openid", "read"]));
    assert_eq!(least(&["look", "post"]), set(&["openid", "write"]));
    assert_eq!(least(&["either", "post"]), set(&["openid", "write"]));
}

#[test]
fn an_unknown_action_is_named() {
    assert_eq!(least(&manifest(), &set(&["fly"])), Err(UnknownAction("fly".into())));
}

#[test]
fn core_8_a_narrower_grant_names_the_actions_it_blocks() {
    let blocked = blocked(&manifest(), &set(&["openid", "read"]));
    assert_eq!(blocked, [Blocked { action: "post".into(), missing: set(&["write"]) }]);
}

#[test]
fn core_8_a_wider_grant_is_stored_and_flagged() {
    let grant = Grant::new(set(&["read"]), Some(set(&["read", "admin"])));
    assert_eq!(grant.unasked(&manifest()), set(&["admin"]));
    assert!(grant.missing(&manifest()).is_empty());
}

#[test]
fn core_8_an_unstated_grant_equals_the_request() {
    let grant = Grant::new(set(&["read"]), None);
    assert_eq!((grant.granted, grant.stated), (set(&["read"]), false));
}

#[test]
fn an_implied_scope_is_not_missing() {
    let grant = Grant::new(set(&["read", "write"]), Some(set(&["write"])));
    assert!(grant.missing(&manifest()).is_empty());
}

proptest! {
    #[test]
    fn the_least_set_serves_every_chosen_action(chosen in proptest::collection::btree_set(0usize..4, 0..4)) {
        let manifest = manifest();
        let ids: ScopeSet = chosen.iter().map(|&index| manifest.actions[index].id.clone()).collect();
        let granted = least(&manifest, &ids).unwrap();
        let blocked = blocked(&manifest, &granted);
        prop_assert!(blocked.iter().all(|blocked| !ids.contains(&blocked.action)));
        for scope in granted.iter().filter(|scope| *scope != "openid") {
            let mut fewer = granted.clone();
            fewer.remove(scope);
            prop_assert!(!closure(&manifest, &fewer).contains(scope), "{scope} is implied by the others");
        }
    }
}
