//! Upkeep: what the host does for a connection without being asked, and when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// When the host looks at a connection next, and since when it holds its token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Upkeep {
    /// When the token there is was asked for; none for credentials that are no tokens.
    pub token_since: Option<Timestamp>,
    /// When its permission was given; none is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_since: Option<Timestamp>,
    /// When the host looks at it next; none where there is nothing to look after. The store keeps an index by it.
    pub due: Option<Timestamp>,
}

impl Upkeep {
    /// Whether the time to look has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}
