//! Auth methods: the ways to connect that a connector offers.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Basic, Condition, Field, Guide, OAuth2, Placement};
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
    /// What ending it there ends.
    #[serde(default)]
    pub revocation_ends: Reach,
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
    /// Lifetimes that hold instead, under a condition; the first that is met.
    #[serde(default)]
    pub cases: Vec<LifetimeCase>,
}

/// A lifetime that holds where a field, of the connection or of its client, has one of some values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifetimeCase {
    /// The condition.
    pub when: Condition,
    /// From consent, whatever happens; in seconds.
    pub absolute: Option<u64>,
    /// Without use; in seconds.
    pub idle: Option<u64>,
}

impl Lifetime {
    /// What holds where `holds` answers conditions: the first case that is met, or these limits themselves.
    #[must_use]
    pub fn settled(&self, holds: impl Fn(&Condition) -> bool) -> Self {
        let case = self.cases.iter().find(|case| holds(&case.when));
        let (absolute, idle) = case.map_or((self.absolute, self.idle), |case| (case.absolute, case.idle));
        Self { absolute, idle, cases: vec![], ..self.clone() }
    }

    /// When a permission ends that somebody gave, and used, at `from`; none where nobody says.
    pub fn end(&self, from: Timestamp) -> Option<Timestamp> {
        let after =
            |seconds: u64| from.checked_add(SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))).ok();
        [self.absolute, self.idle].into_iter().flatten().filter_map(after).min()
    }
}

/// What ending a credential at the provider ends with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// That credential alone.
    Token,
    /// Whatever the same account granted the same client: every connection to it made with that client.
    #[default]
    Account,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_ends_at_the_earlier_of_its_limits_and_a_case_takes_their_place() {
        let case = |value: &str, absolute| LifetimeCase {
            when: Condition { field: "client.status".into(), one_of: vec![value.into()] },
            absolute,
            idle: None,
        };
        let lifetime = Lifetime {
            absolute: Some(100),
            idle: Some(30),
            cases: vec![case("testing", Some(7)), case("endless", None)],
            ..Lifetime::default()
        };
        let end = |value: &'static str| {
            let settled = lifetime.settled(|condition| condition.one_of.iter().any(|one| one == value));
            settled.end(Timestamp::UNIX_EPOCH).map(Timestamp::as_second)
        };
        assert_eq!((end(""), end("testing"), end("endless")), (Some(30), Some(7), None));
        assert_eq!(Lifetime::default().end(Timestamp::UNIX_EPOCH), None);
    }
}
