//! Access rights as JSON.

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
            actions: permissions.actions.iter().map(action).collect(),
        }
    }
}
