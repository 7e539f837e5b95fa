//! Upkeep: what the host does for a connection without being asked, and when.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How far ahead of the clock a moment that was stored may lie: clocks are set back by a little now and then.
pub const SET_BACK: SignedDuration = SignedDuration::from_mins(5);

/// Whether something is said to have happened at a moment that is not yet: a clock said so that was ahead and was set back.
pub fn is_of_later(at: Timestamp, now: Timestamp) -> bool {
    at.duration_since(now) > SET_BACK
}

/// What is left of a wait that was agreed to. Nothing of one that is longer than any we agree to: a clock that was ahead and was
/// set back agreed to it.
pub fn wait_left(until: Timestamp, now: Timestamp, longest: SignedDuration) -> Option<SignedDuration> {
    Some(until.duration_since(now)).filter(|left| left.is_positive() && *left <= longest)
}

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

    /// Whether the token was asked for by a clock that was ahead: then nobody knows when it ends.
    pub fn has_no_known_end(&self, now: Timestamp) -> bool {
        self.token_since.is_some_and(|since| is_of_later(since, now))
    }
}
