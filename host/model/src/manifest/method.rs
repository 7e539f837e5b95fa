//! Auth methods: the ways to connect that a connector offers.

use serde::{Deserialize, Serialize};

use super::{Basic, Field, Guide, OAuth2, Placement};
use crate::pattern::Pattern;

/// One way to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Its id.
    pub id: String,
    /// In words.
    pub title: String,
    /// How to find the key, or what will happen.
    pub help: Option<Guide>,
    /// The method itself.
    pub kind: MethodKind,
    /// Asked only for this method.
    pub fields: Vec<Field>,
    /// Public fields that are part of a secret one.
    #[serde(default)]
    pub taken: Vec<TakenValue>,
    /// Where the credential goes on calls.
    pub placements: Vec<Placement>,
    /// How long the permission lasts.
    pub lifetime: Lifetime,
    /// How it is ended at the provider.
    pub revocation: Revocation,
}

/// A public value taken out of a secret field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenValue {
    /// The public field that gets it.
    pub field: String,
    /// The secret field.
    pub secret: String,
    /// The whole secret must match; its one group is the value.
    pub pattern: Pattern,
}

/// The method itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodKind {
    /// Authorization code (RFC 6749 section 4.1).
    OAuth2Code(Box<OAuth2>),
    /// Client credentials (RFC 6749 section 4.4).
    ClientCredentials(Box<OAuth2>),
    /// A token a person typed.
    ApiToken {
        /// The secret field that holds it.
        field: String,
    },
    /// A name and a password (RFC 7617).
    Basic(Basic),
}

impl MethodKind {
    /// Its OAuth 2 rules, where it has some.
    pub fn oauth2(&self) -> Option<&OAuth2> {
        match self {
            Self::OAuth2Code(oauth2) | Self::ClientCredentials(oauth2) => Some(oauth2),
            Self::ApiToken { .. } | Self::Basic(_) => None,
        }
    }
}

/// How long a permission lasts, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    /// From consent, whatever happens.
    pub absolute: Option<u64>,
    /// Without use.
    pub idle: Option<u64>,
    /// A kept value that says the end.
    pub hard_cap: Option<String>,
    /// Whether a person can prolong it.
    pub renewable: bool,
}

/// How a grant is ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// RFC 7009.
    Rfc7009,
    /// By the `revoke` hook.
    Hook,
    /// A person does it there.
    Page(Guide),
    /// Not at all.
    None,
}
