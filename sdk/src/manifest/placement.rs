//! Placements: where a credential goes on calls. Names and prefixes are templates over public fields.

use super::{Placed, Placement};

impl Placement {
    /// `Authorization: Bearer …` (RFC 6750 section 2.1).
    pub fn bearer() -> Self {
        Self::named_header("Authorization", "Bearer ")
    }

    /// A header and what precedes the credential in it.
    pub fn named_header(name: &str, prefix: &str) -> Self {
        Self::header(name).prefixed(prefix)
    }

    /// A header with nothing but the credential.
    pub fn header(name: &str) -> Self {
        Self::Header(placed(name))
    }

    /// A query parameter. A deviation that the operator approves: addresses are logged.
    pub fn query(name: &str) -> Self {
        Self::Query(placed(name))
    }

    /// A member of the JSON object or the form that a request brings. A deviation that the operator approves.
    pub fn body(name: &str) -> Self {
        Self::Body(placed(name))
    }

    /// A cookie. A deviation that the operator approves.
    pub fn cookie(name: &str) -> Self {
        Self::Cookie(placed(name))
    }

    /// What precedes the credential there.
    #[must_use]
    pub fn prefixed(self, prefix: &str) -> Self {
        self.with(|placed| prefix.clone_into(&mut placed.prefix))
    }

    /// The secret field of this key goes there instead of the method's own credential.
    #[must_use]
    pub fn of_field(self, key: &str) -> Self {
        self.with(|placed| placed.secret = Some(key.to_owned()))
    }

    fn with(mut self, change: impl FnOnce(&mut Placed)) -> Self {
        match &mut self {
            Self::Header(placed) | Self::Query(placed) | Self::Body(placed) | Self::Cookie(placed) => change(placed),
            Self::Other(_) => {}
        }
        self
    }
}

fn placed(name: &str) -> Placed {
    Placed { name: name.to_owned(), prefix: String::new(), secret: None, extras: Vec::new() }
}
