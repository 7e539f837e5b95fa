//! Access rights as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::service::{ActionWords, Permissions, ScopeWords};

/// What a connection may do, in words.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Permissions")]
pub(in crate::api) struct PermissionsView<'a> {
    /// What was asked for.
    requested: Vec<ScopeView<'a>>,
    /// What was granted.
    granted: Vec<ScopeView<'a>>,
    /// What a granted scope brings along.
    implied: Vec<ScopeView<'a>>,
    /// What was asked for and not granted.
    missing: Vec<ScopeView<'a>>,
    /// What was granted without being asked for.
    unasked: Vec<ScopeView<'a>>,
    /// Whether the provider itself said what it granted.
    stated: bool,
    /// What the connector offers to do, and whether this connection may.
    actions: Vec<ActionView<'a>>,
}

/// A scope in words.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PermissionScope")]
struct ScopeView<'a> {
    /// The provider's name of it.
    #[schemars(example = &"repo")]
    id: &'a str,
    /// What it is called.
    #[schemars(example = &"Repositories")]
    title: &'a str,
    /// What it allows.
    #[schemars(example = &"Read and write code, issues and settings of repositories.")]
    description: &'a str,
}

/// An action, and whether the connection allows it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PermissionAction")]
struct ActionView<'a> {
    /// Its id.
    #[schemars(example = &"list-repositories")]
    id: &'a str,
    /// What it is called.
    #[schemars(example = &"List repositories")]
    title: &'a str,
    /// Whether the connection was made for it.
    chosen: bool,
    /// Whether the grant allows it.
    allowed: bool,
    /// The scopes it lacks.
    #[schemars(example = ["repo"])]
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
