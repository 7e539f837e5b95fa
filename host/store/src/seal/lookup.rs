//! Keyed hashes: how values that come back from outside are found without being kept.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;

use super::Key;

/// What a hashed value is for. The same value hashes differently for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An API key.
    ApiKey,
    /// The token in a connect session's link.
    SessionToken,
    /// The token in a link that signs somebody in to the pages.
    SignIn,
    /// The token of a session on the pages.
    PageSession,
    /// What a browser holds that began a sign-in.
    Begun,
    /// What a form of the pages carries to show that it is ours.
    Form,
    /// What binds a sign-in at an identity provider to the browser it began in.
    Identity,
    /// OAuth `state`.
    State,
    /// The cookie that binds a browser to an authorization request.
    Cookie,
    /// The one-time ticket that completes a session.
    Ticket,
    /// A person's id at the application, in the index of connections.
    EndUser,
    /// The application's id of a place a connection is used in.
    Use,
    /// Route and idempotency key of a request, and what it asked.
    Idempotency,
    /// The tag of a cursor.
    Cursor,
    /// The state of a record, in its entity tag.
    EntityTag,
    /// What anybody may ask this host to answer, to know it again.
    Nonce,
    /// An account at a provider, in the index of connections.
    Account,
    /// An address that mail goes to, in the queue of messages.
    Address,
}

impl Purpose {
    fn name(self) -> &'static [u8] {
        match self {
            Self::ApiKey => b"api-key",
            Self::SessionToken => b"session-token",
            Self::SignIn => b"sign-in",
            Self::PageSession => b"page-session",
            Self::Begun => b"begun",
            Self::Form => b"form",
            Self::Identity => b"identity",
            Self::State => b"state",
            Self::Cookie => b"cookie",
            Self::Ticket => b"ticket",
            Self::EndUser => b"end-user",
            Self::Use => b"use",
            Self::Idempotency => b"idempotency",
            Self::Cursor => b"cursor",
            Self::Nonce => b"nonce",
            Self::EntityTag => b"entity-tag",
            Self::Account => b"account",
            Self::Address => b"address",
        }
    }
}

/// The key of these hashes: random, wrapped like a data key, so that it outlives every key of the ring.
pub(crate) struct LookupKey(hmac::Key);

impl LookupKey {
    pub(crate) fn new(key: &Key) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()))
    }

    /// HMAC-SHA-256 in lower-case hex.
    pub(crate) fn hash(&self, purpose: Purpose, value: &str) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose.name());
        context.update(&[0]);
        context.update(value.as_bytes());
        HEXLOWER.encode(context.sign().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_differ_by_key_purpose_and_value() {
        let (one, other) = (LookupKey::new(&Key::new([1; 32])), LookupKey::new(&Key::new([2; 32])));
        let hash = one.hash(Purpose::State, "abc");
        assert_eq!(hash, one.hash(Purpose::State, "abc"));
        assert_eq!(hash.len(), 64);
        assert_ne!(hash, one.hash(Purpose::State, "abd"));
        assert_ne!(hash, one.hash(Purpose::Ticket, "abc"));
        assert_ne!(hash, other.hash(Purpose::State, "abc"));
    }
}
