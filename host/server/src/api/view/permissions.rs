//! Access rights as JSON.

use jackfield_model::manifest::{Access, Enforced};
use schemars::JsonSchema;
use serde::Serialize;

use crate::service::{ActionWords, Permissions, Right};

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
    /// Whether the provider can limit what this credential may do.
    limited: bool,
    /// What to know where it cannot; null where it can.
    #[schemars(extend("examples" = [null]))]
    note: Option<&'static str>,
    /// Whether only the requests of the chosen actions pass through the proxy: `wholly`, `partly` where one of them
    /// leads to requests that no path tells apart, `not` where the connector lists none.
    #[schemars(example = &"wholly")]
    enforced: &'static str,
    /// Whether a person can prolong the permission by consenting again; where not, its end in `grant_expires` is final.
    renewable: bool,
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
    /// The actions that need it, or something it brings along.
    #[schemars(example = ["list-repositories"])]
    serves: &'a [String],
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
    /// What it does.
    #[schemars(example = &"Shows the repositories of the account.")]
    description: &'a str,
    /// How strong it is: `read`, `write` or `admin`.
    access: Access,
    /// Sets of scopes of which one is needed; none where it needs no scope.
    #[schemars(example = [["repo"]])]
    any_of: &'a [Vec<String>],
    /// Whether the connection was made for it.
    chosen: bool,
    /// Whether the grant allows it.
    allowed: bool,
    /// The scopes it lacks.
    #[schemars(example = ["repo"])]
    missing: &'a [String],
    /// Whether choosing it bounds what passes through the proxy.
    enforceable: bool,
}

/// Where scopes limit nothing, nobody should believe that they do.
const UNLIMITED: &str =
    "The provider cannot limit this credential from here: it may do whatever its owner allowed it there.";

fn scopes(rights: &[Right]) -> Vec<ScopeView<'_>> {
    let shown = rights.iter().map(|Right { words, serves }| ScopeView {
        id: &words.id,
        title: &words.title,
        description: &words.description,
        serves,
    });
    shown.collect()
}

fn action(words: &ActionWords) -> ActionView<'_> {
    ActionView {
        id: &words.id,
        title: &words.title,
        description: &words.description,
        access: words.access,
        any_of: &words.any_of,
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
            limited: permissions.limited,
            note: (!permissions.limited).then_some(UNLIMITED),
            enforced: match permissions.enforced {
                Enforced::Wholly => "wholly",
                Enforced::Partly => "partly",
                Enforced::Not => "not",
            },
            renewable: permissions.renewable,
            actions: permissions.actions.iter().map(action).collect(),
        }
    }
}
