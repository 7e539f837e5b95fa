//! How far the actions a connection was made for bound what passes through it.

use std::collections::BTreeSet;

use super::{Action, Manifest};

/// Whether only the requests of the chosen actions pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforced {
    /// Only they do.
    Wholly,
    /// Only they do, and one of them leads to requests that no path tells apart (GraphQL, batch).
    Partly,
    /// The connector lists no requests, so any passes.
    Not,
}

impl Action {
    /// Whether choosing this action, and no other, bounds what passes.
    pub fn is_enforceable(&self) -> bool {
        !self.requests.is_empty() && !self.indivisible
    }
}

impl Manifest {
    /// The actions of a connection made without a person and without naming any: every action for a credential that
    /// has no scopes; for one that has, those that need none, since no scope is asked for unnamed.
    pub fn actions_unnamed(&self, has_scopes: bool) -> BTreeSet<String> {
        let free = |action: &&Action| !has_scopes || action.any_of.iter().all(Vec::is_empty);
        self.actions.iter().filter(free).map(|action| action.id.clone()).collect()
    }

    /// Whether a connection made for these actions is held to them. Deny by default: once one action lists requests,
    /// what none of the chosen ones lists does not pass.
    pub fn enforced(&self, chosen: &BTreeSet<String>) -> Enforced {
        if self.actions.iter().all(|action| action.requests.is_empty()) {
            return Enforced::Not;
        }
        let mut chosen = self.actions.iter().filter(|action| chosen.contains(&action.id));
        let leaks = chosen.any(|action| action.indivisible && !action.requests.is_empty());
        if leaks { Enforced::Partly } else { Enforced::Wholly }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;
    use crate::sample::manifest;

    #[test]
    fn what_a_path_cannot_divide_is_never_called_enforced() {
        let chosen = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        let mut manifest = manifest();
        for action in &mut manifest.actions {
            action.requests.clear();
        }
        assert_eq!(manifest.enforced(&chosen(&["look"])), Enforced::Not);
        manifest.actions[0].requests = crate::sample::manifest().requests[0].requests.clone();
        assert_eq!(manifest.enforced(&chosen(&["look"])), Enforced::Wholly);
        assert_eq!(manifest.enforced(&chosen(&[])), Enforced::Wholly);
        manifest.actions[0].indivisible = true;
        assert_eq!(manifest.enforced(&chosen(&["look"])), Enforced::Partly);
        assert_eq!(manifest.enforced(&chosen(&["post"])), Enforced::Wholly);
        assert!(!manifest.actions[0].is_enforceable());
    }
}
