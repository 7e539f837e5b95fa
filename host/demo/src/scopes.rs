//! The scopes of the demo's provider: what each allows, and who may have it.

use oxide_auth::primitives::scope::Scope;

/// One permission the provider can give.
pub(crate) struct Permission {
    /// The scope's name on the wire.
    pub(crate) scope: &'static str,
    /// What the consent page says it allows.
    pub(crate) words: &'static str,
    /// Whether a client may have it in its own name, without a person.
    pub(crate) without_person: bool,
}

const fn personal(scope: &'static str, words: &'static str) -> Permission {
    Permission { scope, words, without_person: false }
}

const fn shared(scope: &'static str, words: &'static str) -> Permission {
    Permission { scope, words, without_person: true }
}

/// Every permission there is, in the order the consent page shows them.
pub(crate) const PERMISSIONS: [Permission; 6] = [
    personal("openid", "Know who you are"),
    personal("profile", "See your name"),
    personal("email", "See your e-mail address"),
    personal("offline_access", "Stay connected while you are away"),
    shared("items:read", "Read your items"),
    shared("items:write", "Add items"),
];

/// All scopes that `keep` accepts and that are `asked` for; all of them where nothing is asked.
/// `None` if nothing remains.
pub(crate) fn narrowed(asked: Option<&Scope>, keep: impl Fn(&Permission) -> bool) -> Option<Scope> {
    let kept: Vec<&str> = PERMISSIONS
        .iter()
        .filter(|permission| keep(permission))
        .map(|permission| permission.scope)
        .filter(|name| asked.is_none_or(|scope| has(scope, name)))
        .collect();
    if kept.is_empty() {
        return None;
    }
    kept.join(" ").parse().ok()
}

/// Whether `scope` contains the permission `name`.
pub(crate) fn has(scope: &Scope, name: &str) -> bool {
    scope.iter().any(|held| held == name)
}

/// The scope as it is written on the wire, always in the same order.
pub(crate) fn written(scope: &Scope) -> String {
    let held: Vec<&str> =
        PERMISSIONS.iter().map(|permission| permission.scope).filter(|name| has(scope, name)).collect();
    held.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn unknown_scopes_are_dropped_and_nothing_left_is_none() {
        let asked: Scope = "items:read admin openid".parse().unwrap();
        let all = narrowed(Some(&asked), |_| true).unwrap();
        assert_eq!(written(&all), "openid items:read");
        let alone = narrowed(Some(&asked), |permission| permission.without_person).unwrap();
        assert_eq!(written(&alone), "items:read");
        assert!(narrowed(Some(&"admin".parse().unwrap()), |_| true).is_none());
    }
}
