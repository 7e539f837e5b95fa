//! The two clocks of a connection: when its token ends and when the permission itself ends.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a moment is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ExpirySource")]
pub enum Source {
    /// The provider's answer.
    Response,
    /// The token's own `exp`.
    Jwt,
    /// The manifest.
    Declared,
    /// Nobody said; the manifest's guess.
    Assumed,
    /// The application that imported the token.
    Imported,
}

/// A moment and where it is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expiry {
    /// The moment, on our clock.
    pub at: Timestamp,
    /// Where it is known from.
    pub source: Source,
}

/// Access expiry and grant expiry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// When the access token ends; drives refresh. Absent: unknown, so a 401 decides.
    pub access: Option<Expiry>,
    /// When the permission ends; drives notices.
    pub grant: Option<Expiry>,
}

impl Clocks {
    /// Seconds of access left at `now`; none when unknown.
    pub fn access_left(&self, now: Timestamp) -> Option<i64> {
        self.access.map(|expiry| expiry.at.duration_since(now).as_secs())
    }

    /// Whether the access token is good for at least `wanted` more.
    pub fn access_covers(&self, now: Timestamp, wanted: SignedDuration) -> bool {
        self.access.is_none_or(|expiry| expiry.at.duration_since(now) >= wanted)
    }
}
