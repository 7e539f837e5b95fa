//! A row: what an endpoint does, and the class it belongs to.

use jackfield_tests::doubles::hostile::{Deed, Endpoint};

/// What a behaviour means for the connection it met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Odd, and good enough.
    Works,
    /// The provider is broken: nothing is lost by trying again.
    Down,
    /// The provider asks to wait.
    Later,
    /// The client, an address or a document is wrong: for an operator.
    Misconfigured,
    /// The grant is gone: for the person.
    Reauthorize,
    /// Something else was refused, or cannot be believed.
    Refused,
    /// The refresh token may be spent: kept for the last moment, and said.
    Uncertain,
}

/// One behaviour at one endpoint.
pub(super) struct Row {
    /// What it does, in words.
    pub(super) name: String,
    /// Where.
    pub(super) on: Endpoint,
    /// How.
    pub(super) deed: Deed,
    /// The class it belongs to.
    pub(super) class: Class,
    /// Seconds that the answer must pass on as `Retry-After`, where it belongs to a class that waits.
    pub(super) wait: Option<u64>,
    /// Whether it stays so although the provider is honest again, until an operator accepts that.
    pub(super) lasts: bool,
    /// Whether a request with a secret in it may have arrived there at most once, and nothing of it anywhere else.
    pub(super) once: bool,
}

impl Row {
    pub(super) fn new(on: Endpoint, name: impl Into<String>, deed: Deed, class: Class) -> Self {
        Self { name: name.into(), on, deed, class, wait: None, lasts: false, once: false }
    }

    /// It is what the client goes on with.
    pub(super) fn lasts(self) -> Self {
        Self { lasts: true, ..self }
    }

    /// It asks for a request to be sent again, which no request with a secret in it is.
    pub(super) fn once(self) -> Self {
        Self { once: self.on.takes_secrets(), ..self }
    }

    /// It says how long to wait.
    pub(super) fn waits(self, seconds: u64) -> Self {
        Self { wait: Some(seconds), ..self }
    }
}
