//! Access rights as JSON.

use jackfield_model::manifest::Enforced;
use serde::Serialize;

use crate::service::{ActionWords, Permissions, ScopeWords};

/// What a connection may do, in words.
#[derive(Debug, Serialize)]
pub(in crate::api) struct PermissionsView<'a> {
    requested: Vec<ScopeView<'a>>,
    granted: Vec<ScopeView<'a>>,
    implied: Vec<ScopeView<'a>>,
    missing: Vec<ScopeView<'a>>,
    unasked: Vec<ScopeView<'a>>,
    /// Whether the provider itself said what it granted.
    stated: bool,
    /// Whether only the requests of the chosen actions pass through the proxy: `wholly`, `partly` where one of them
    /// leads to requests that no path tells apart, `not` where the connector lists none.
    enforced: &'static str,
    actions: Vec<ActionView<'a>>,
}

#[derive(Debug, Serialize)]
struct ScopeView<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
}

#[derive(Debug, Serialize)]
struct ActionView<'a> {
    id: &'a str,
    title: &'a str,
    /// Whether the connection was made for it.
    chosen: bool,
    /// Whether the grant allows it.
    allowed: bool,
    /// The scopes it lacks.
    missing: &'a [String],
    /// Whether choosing it bounds what passes through the proxy.
    enforceable: bool,
}

fn scopes(words: &[ScopeWords]) -> Vec<ScopeView<'_>> {
    words
        .iter()
        .map(|words| ScopeView { id: &words.id, title: &words.title, description: &words.description })
        .collect()
}

fn action(words: &ActionWords) -> ActionView<'_> {
    ActionView {
        id: &words.id,
        title: &words.title,
        chosen: words.chosen,
        allowed: words.allowed,
        missing: &words.missing,
        enforceable: words.enforceable,
    }
}

impl<'a> From<&'a Permissions> for PermissionsView<'a> {
    fn from(permissions: &'a Permissions) -> Self {
        Self {
            requested: scopes(&permissions.requested),
            granted: scopes(&permissions.granted),
            implied: scopes(&permissions.implied),
            missing: scopes(&permissions.missing),
            unasked: scopes(&permissions.unasked),
            stated: permissions.stated,
            enforced: match permissions.enforced {
                Enforced::Wholly => "wholly",
                Enforced::Partly => "partly",
                Enforced::Not => "not",
            },
            actions: permissions.actions.iter().map(action).collect(),
        }
    }
}
