//! Connections: a tenant's stored link to one account through one connector.

mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    expiry::Clocks,
    failure::Failure,
    id::{ClientId, ConnectionId, TenantId},
    notice::Said,
    scope::Grant,
    session::Endpoints,
    status::{Happening, IllegalTransition, Status},
    target::Targeting,
    upkeep::Upkeep,
};

pub use tokens::TokenState;

/// The longest name a connection may have, in characters.
pub const NAME_LIMIT: usize = 120;

/// A connection, without its credential, which is sealed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id; kept for life.
    pub id: ConnectionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The connector, by name.
    pub connector: String,
    /// The auth method.
    pub method: String,
    /// The client it was made with.
    pub client: Option<ClientId>,
    /// The person it belongs to, by the application's id; none for shared ones.
    pub end_user: Option<String>,
    /// What people call it.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// Why it stands badly.
    pub failure: Option<Failure>,
    /// Whose it is at the provider.
    pub account: Option<Account>,
    /// The subject its ID token named (ID-3).
    pub subject: Option<String>,
    /// Public field values, frozen at creation.
    pub fields: BTreeMap<String, String>,
    /// What it is for.
    pub actions: BTreeSet<String>,
    /// Requested and granted scopes.
    pub grant: Grant,
    /// The provider's endpoints as recorded at the start.
    pub endpoints: Option<Endpoints>,
    /// Counts the credentials it has had; compare-and-set guards it.
    pub version: u64,
    /// When token and permission end.
    pub clocks: Clocks,
    /// The token-request step still to be taken, where a method has several (`token-request-rules.further-steps`).
    #[serde(default)]
    pub step: Option<u32>,
    /// The refresh on its way.
    pub refresh: RefreshState,
    /// What the host does for it unasked.
    #[serde(default)]
    pub upkeep: Upkeep,
    /// Its tokens in the manifest's order, where it has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<TokenState>,
    /// What it points at there, where its connector finds that out.
    #[serde(default, skip_serializing_if = "Targeting::is_none")]
    pub target: Targeting,
    /// The last verify.
    pub verification: Option<Verification>,
    /// In how many places the application says it is used.
    #[serde(default)]
    pub uses: u32,
    /// What applications and people were told of it.
    #[serde(default)]
    pub said: Said,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
}

/// Whether a refresh is on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum RefreshState {
    /// None.
    #[default]
    Idle,
    /// Sent, or about to be: written before the call.
    Refreshing {
        /// The credential it starts from.
        from_version: u64,
        /// Tries before this one.
        attempts: u32,
        /// When its refresh token was first shown.
        since: Timestamp,
        /// Whether an earlier showing of it was never answered.
        resent: bool,
    },
    /// It failed for a while: not tried again before then, and the token there is serves meanwhile.
    Waiting {
        /// How many tries in a row failed.
        attempts: u32,
        /// When it may be tried again.
        until: Timestamp,
    },
    /// It ended without an answer; the refresh token may be spent.
    Unknown {
        /// The credential it started from.
        from_version: u64,
        /// Tries before this one.
        attempts: u32,
        /// When its refresh token was first shown.
        since: Timestamp,
        /// When the old token is tried once more; none waits for the provider to refuse the access token.
        until: Option<Timestamp>,
    },
}

/// The record of a verify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// When.
    pub at: Timestamp,
    /// Who asked: an API key's id, `end-user`, or `host`.
    pub by: String,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
    /// Why it failed; none when it worked.
    pub failure: Option<Failure>,
    /// How many answers in a row said nothing anybody could read, this one included.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub doubts: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A name that cannot be a connection's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but space.
    #[error("give the connection a name")]
    Empty,
    /// Longer than the limit.
    #[error("a connection's name has at most {NAME_LIMIT} characters")]
    TooLong,
    /// Control characters.
    #[error("a connection's name is one line of plain text")]
    Control,
}

/// A name as it is kept: trimmed, one line, not empty.
pub fn name(given: &str) -> Result<String, NameError> {
    let trimmed = given.trim();
    if trimmed.is_empty() {
        return Err(NameError::Empty);
    }
    if trimmed.chars().count() > NAME_LIMIT {
        return Err(NameError::TooLong);
    }
    if trimmed.chars().any(char::is_control) {
        return Err(NameError::Control);
    }
    Ok(trimmed.to_owned())
}

impl Connection {
    /// Lets something happen to its status; the failure that explains it comes along.
    pub fn happen(
        &mut self,
        happening: Happening,
        failure: Option<Failure>,
        now: Timestamp,
    ) -> Result<(), IllegalTransition> {
        let (status, held_back_by) = self.held_back(self.status.after(happening)?);
        self.status = status;
        let explained = matches!(self.status, Status::Active | Status::Expiring | Status::Pending);
        self.failure = if explained { None } else { failure.or(held_back_by).or_else(|| self.failure.take()) };
        self.updated_at = now;
        Ok(())
    }

    /// Whether another identity is the one this connection belongs to. Unknown on either side is no mismatch.
    pub fn is_same_account(&self, other: &Account) -> bool {
        self.account.as_ref().is_none_or(|mine| mine.id == other.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  My Slack "), Ok("My Slack".to_owned()));
        assert_eq!(name(" \t "), Err(NameError::Empty));
        assert_eq!(name(&"x".repeat(10_000)), Err(NameError::TooLong));
        assert_eq!(name("a\nb"), Err(NameError::Control));
    }
}
