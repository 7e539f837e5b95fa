//! Manifests as the store keeps them, and what is worked out from them.

use std::collections::BTreeSet;

use jackfield_model::{
    manifest::{Manifest, check},
    scope::{ScopeSet, blocked, closure, least},
};

/// A manifest reads the same when it is written down; scopes worked out from it are closed and least.
pub fn manifest(bytes: &[u8]) {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else { return };
    let written = serde_json::to_vec(&manifest).unwrap_or_default();
    let again = serde_json::from_slice::<Manifest>(&written);
    assert_eq!(again.as_ref().ok(), Some(&manifest));
    for hooks in [BTreeSet::new(), manifest.requests.iter().map(|declared| declared.hook.clone()).collect()] {
        for fault in check(&manifest, &hooks) {
            assert!(!fault.place.is_empty() && !fault.message.is_empty());
        }
    }
    let actions: BTreeSet<String> = manifest.actions.iter().map(|action| action.id.clone()).take(20).collect();
    let Ok(scopes) = least(&manifest, &actions) else { return };
    let all = closure(&manifest, &scopes);
    assert_eq!(closure(&manifest, &all), all);
    assert!(scopes.is_subset(&all));
    let lacking: Vec<String> = blocked(&manifest, &scopes).into_iter().map(|blocked| blocked.action).collect();
    let first = |id: &String| {
        manifest.action(id).is_some_and(|action| {
            action.any_of.iter().any(|set| set.iter().cloned().collect::<ScopeSet>().is_subset(&all))
        })
    };
    for action in &actions {
        assert!(!lacking.contains(action) || !first(action), "{action} has its scopes and is blocked");
    }
}
