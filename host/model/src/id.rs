//! Typed ids: a prefix that names the noun and 26 characters that sort by time.

use std::{borrow::Cow, fmt, str::FromStr};

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Text that is no id of the expected noun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {noun} id: it looks like `{prefix}_01J…`")]
pub struct IdError {
    given: String,
    noun: &'static str,
    prefix: &'static str,
}

fn ulid_at(at: Timestamp, random: u128) -> Ulid {
    Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), random)
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// What precedes the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id that sorts by `at` (millisecond precision); the low 80 bits of `random` are used.
            pub fn new(at: Timestamp, random: u128) -> Self {
                Self(ulid_at(at, random))
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
                    "examples": [concat!($prefix, "_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")],
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{}_{}", $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bad = || IdError { given: text.chars().take(80).collect(), noun: $noun, prefix: $prefix };
                let rest = text.strip_prefix(concat!($prefix, "_")).ok_or_else(bad)?;
                let id = Ulid::from_string(rest).map_err(|_| bad())?;
                if id.to_string() == rest { Ok(Self(id)) } else { Err(bad()) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

typed_id!(
    /// A connection.
    ConnectionId, "conn", "connection"
);
typed_id!(
    /// A tenant.
    TenantId, "ten", "tenant"
);
typed_id!(
    /// A client: our registration at a provider. Not the provider's `client_id`.
    ClientId, "cli", "client"
);
typed_id!(
    /// An API key.
    ApiKeyId, "key", "API key"
);
typed_id!(
    /// A connect session.
    SessionId, "ses", "connect session"
);
typed_id!(
    /// An authorization request on its way.
    AuthorizationId, "auth", "authorization request"
);
typed_id!(
    /// One line of a timeline or of the audit log.
    EventId, "evt", "event"
);
typed_id!(
    /// An HTTP request to this host.
    RequestId, "req", "request"
);
typed_id!(
    /// A sign-in to the pages.
    PageSessionId, "pgs", "page session"
);
typed_id!(
    /// A webhook: where a tenant hears of changes.
    WebhookId, "whk", "webhook"
);
typed_id!(
    /// A message on its way out: a webhook's or a mail.
    MessageId, "msg", "message"
);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn an_id_survives_text_and_sorts_by_time() {
        let early = ConnectionId::new(Timestamp::from_second(1).unwrap(), u128::MAX);
        let late = ConnectionId::new(Timestamp::from_second(2).unwrap(), 0);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<ConnectionId>().unwrap(), early);
    }

    #[test]
    fn another_noun_or_spelling_is_refused() {
        let id = TenantId::new(Timestamp::UNIX_EPOCH, u128::MAX).to_string();
        assert!(id.parse::<ConnectionId>().is_err());
        assert!(id.to_lowercase().parse::<TenantId>().is_err());
        assert!("ten_".parse::<TenantId>().is_err());
    }
}
