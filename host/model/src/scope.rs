//! Scopes: requested, granted and implied kept apart, and the least set that a choice of actions needs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::manifest::{Action, Manifest};

/// A set of the provider's permission strings, in order.
pub type ScopeSet = BTreeSet<String>;

/// What was asked for and what was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Sent in the authorization request.
    pub requested: ScopeSet,
    /// Answered by the provider; equal to `requested` where it did not say (RFC 6749 section 5.1).
    pub granted: ScopeSet,
    /// Whether the provider said so itself.
    pub stated: bool,
}

/// An action id that the manifest does not declare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the connector declares no action `{0}`")]
pub struct UnknownAction(pub String);

/// An action and what the grant lacks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// The action's id.
    pub action: String,
    /// The scopes of its nearest alternative that are not granted.
    pub missing: ScopeSet,
}

impl Grant {
    /// A fresh grant: what was requested, and what the provider answered, if it did.
    pub fn new(requested: ScopeSet, answered: Option<ScopeSet>) -> Self {
        let stated = answered.is_some();
        Self { granted: answered.unwrap_or_else(|| requested.clone()), requested, stated }
    }

    /// Requested and neither granted nor implied by what is granted.
    pub fn missing(&self, manifest: &Manifest) -> ScopeSet {
        let effective = closure(manifest, &self.granted);
        self.requested.difference(&effective).cloned().collect()
    }

    /// Granted without being requested: kept and shown, never used to allow more.
    pub fn unasked(&self, manifest: &Manifest) -> ScopeSet {
        let expected = closure(manifest, &self.requested);
        self.granted.difference(&expected).cloned().collect()
    }
}

/// The scopes and all that they imply.
pub fn closure(manifest: &Manifest, scopes: &ScopeSet) -> ScopeSet {
    let mut all = scopes.clone();
    let mut open: Vec<String> = scopes.iter().cloned().collect();
    while let Some(id) = open.pop() {
        let implied = manifest.scopes.iter().filter(|scope| scope.id == id).flat_map(|scope| &scope.implies);
        for next in implied {
            if all.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    all
}

/// The least scopes the chosen actions need: their union, smallest alternative first,
/// plus the scopes that are always asked for, minus what the others imply.
pub fn least(manifest: &Manifest, actions: &BTreeSet<String>) -> Result<ScopeSet, UnknownAction> {
    let mut wanted: ScopeSet =
        manifest.scopes.iter().filter(|scope| scope.always).map(|scope| scope.id.clone()).collect();
    let mut chosen = Vec::with_capacity(actions.len());
    for id in actions {
        chosen.push(manifest.action(id).ok_or_else(|| UnknownAction(id.clone()))?);
    }
    // Actions with one way in first, so that a choice elsewhere can reuse what they bring.
    chosen.sort_by_key(|action| action.any_of.len());
    for action in chosen {
        wanted.extend(cheapest(manifest, action, &wanted));
    }
    Ok(without_implied(manifest, &wanted))
}

/// Which actions the granted scopes cannot do.
pub fn blocked(manifest: &Manifest, granted: &ScopeSet) -> Vec<Blocked> {
    let effective = closure(manifest, granted);
    let lacking = manifest.actions.iter().filter_map(|action| {
        let missing: ScopeSet = cheapest(manifest, action, &effective).difference(&effective).cloned().collect();
        if missing.is_empty() { None } else { Some(Blocked { action: action.id.clone(), missing }) }
    });
    lacking.collect()
}

/// The alternative that adds least to what is there; the first of equals.
fn cheapest(manifest: &Manifest, action: &Action, present: &ScopeSet) -> ScopeSet {
    let have = closure(manifest, present);
    let sets = action.any_of.iter().map(|set| set.iter().cloned().collect::<ScopeSet>());
    sets.min_by_key(|set| set.difference(&have).count()).unwrap_or_default()
}

fn without_implied(manifest: &Manifest, scopes: &ScopeSet) -> ScopeSet {
    let mut kept = scopes.clone();
    for scope in scopes {
        let mut others = kept.clone();
        others.remove(scope);
        let always = manifest.scopes.iter().any(|declared| declared.id == *scope && declared.always);
        if !always && closure(manifest, &others).contains(scope) {
            kept = others;
        }
    }
    kept
}

#[cfg(test)]
mod tests;
