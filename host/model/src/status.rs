//! A connection's status and the only ways it changes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(extend("examples" = ["active"]))]
pub enum Status {
    /// Made, not yet proven.
    Pending,
    /// Works.
    Active,
    /// Works, and its permission ends soon.
    Expiring,
    /// A refresh went out and its answer is unknown.
    Uncertain,
    /// A person has to consent again.
    NeedsReauthorization,
    /// Kept, and does not work for a stated reason.
    Failing,
    /// Ended at the provider and here.
    Revoked,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The provider accepted the credential.
    Verified,
    /// The provider refused or did not answer a verify.
    VerifyFailed,
    /// New tokens are stored.
    Refreshed,
    /// A refresh was sent and no answer is known.
    RefreshUnknown,
    /// The grant is gone.
    GrantLost,
    /// One of several tokens is gone, and another works.
    TokenLost,
    /// A person consented again.
    Reauthorized,
    /// The permission ends soon.
    NearsEnd,
    /// Revoked or deleted.
    Revoked,
}

/// A change that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {status} connection cannot become {happening:?}")]
pub struct IllegalTransition {
    status: Status,
    happening: Happening,
}

impl Status {
    /// The status after something happened.
    pub fn after(self, happening: Happening) -> Result<Self, IllegalTransition> {
        use Happening as H;
        use Status as S;
        let next = match (self, happening) {
            (S::Revoked, H::Revoked) => S::Revoked,
            (S::Revoked, _) => return Err(IllegalTransition { status: self, happening }),
            (_, H::Revoked) => S::Revoked,
            (_, H::Reauthorized) => S::Active,
            // Without a grant only a person helps; nothing else may hide that.
            (S::NeedsReauthorization, _) | (_, H::GrantLost) => S::NeedsReauthorization,
            // Its other tokens work; what became of this one is known now.
            (_, H::TokenLost) => S::Failing,
            (S::Expiring, H::Verified | H::Refreshed | H::NearsEnd) => S::Expiring,
            // A working access token says nothing about a refresh token that may be spent.
            (S::Uncertain, H::Verified | H::VerifyFailed | H::NearsEnd) => S::Uncertain,
            (_, H::Verified) => S::Active,
            (S::Pending | S::Active | S::Expiring | S::Failing, H::VerifyFailed) => S::Failing,
            (S::Failing, H::Refreshed | H::NearsEnd) => S::Failing,
            (S::Pending, H::Refreshed | H::NearsEnd) => S::Pending,
            (_, H::Refreshed) => S::Active,
            (_, H::RefreshUnknown) => S::Uncertain,
            (S::Active, H::NearsEnd) => S::Expiring,
        };
        Ok(next)
    }

    /// Whether its credential may still be used.
    pub fn is_usable(self) -> bool {
        !matches!(self, Self::Revoked | Self::NeedsReauthorization)
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Expiring => "expiring",
            Self::Uncertain => "uncertain",
            Self::NeedsReauthorization => "needs-reauthorization",
            Self::Failing => "failing",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Happening as H, Status as S};

    const STATUSES: [S; 7] =
        [S::Pending, S::Active, S::Expiring, S::Uncertain, S::NeedsReauthorization, S::Failing, S::Revoked];
    const HAPPENINGS: [H; 9] = [
        H::Verified,
        H::VerifyFailed,
        H::Refreshed,
        H::RefreshUnknown,
        H::GrantLost,
        H::TokenLost,
        H::Reauthorized,
        H::NearsEnd,
        H::Revoked,
    ];

    #[test]
    fn a_revoked_connection_never_comes_back() {
        for happening in HAPPENINGS {
            assert_eq!(S::Revoked.after(happening).is_ok(), happening == H::Revoked, "{happening:?}");
        }
    }

    #[test]
    fn every_other_change_is_defined() {
        for status in STATUSES.into_iter().filter(|status| *status != S::Revoked) {
            for happening in HAPPENINGS {
                assert!(status.after(happening).is_ok(), "{status} {happening:?}");
            }
        }
    }

    #[test]
    fn a_lost_grant_is_mended_by_a_person_only() {
        for happening in HAPPENINGS {
            let next = S::NeedsReauthorization.after(happening);
            let mended = matches!(happening, H::Reauthorized | H::Revoked);
            assert_eq!(next != Ok(S::NeedsReauthorization), mended, "{happening:?}");
        }
    }

    #[test]
    fn a_working_token_does_not_hide_an_uncertain_refresh() {
        assert_eq!(S::Uncertain.after(H::Verified), Ok(S::Uncertain));
        assert_eq!(S::Uncertain.after(H::Refreshed), Ok(S::Active));
    }
}
