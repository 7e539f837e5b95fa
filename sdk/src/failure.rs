//! Failures: what the host should do, a stable code and a sentence for a person. Never a secret, never a body.

use crate::{Advice, Failure, SendError};

impl Failure {
    /// A failure with this advice. The code is for programs, the message for a person.
    pub fn new(advice: Advice, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { advice, code: code.into(), message: message.into(), extras: Vec::new() }
    }

    /// The grant is gone: a person has to consent again.
    pub fn reauthorize(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Advice::Reauthorize, code, message)
    }

    /// The credential works but lacks these scopes; empty where the provider does not name them.
    pub fn insufficient_scope(scopes: Vec<String>, message: impl Into<String>) -> Self {
        Self::new(Advice::InsufficientScope(scopes), "insufficient-scope", message)
    }

    /// The client, a field or the manifest is wrong: a person has to mend it.
    pub fn misconfigured(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Advice::Misconfigured, code, message)
    }

    /// Try again, not before this many milliseconds where given.
    pub fn retry(after: Option<u64>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Advice::Retry(after), code, message)
    }

    /// The provider itself is broken or unreachable.
    pub fn provider_down(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Advice::ProviderDown, code, message)
    }

    /// The provider cannot do what was asked.
    pub fn unsupported(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Advice::Unsupported, code, message)
    }

    /// The provider answered something that its documentation does not describe.
    pub fn unexpected(message: impl Into<String>) -> Self {
        Self::new(Advice::Other("unexpected-answer".into()), "unexpected-answer", message)
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Denied(denial) => Self::misconfigured(denial.rule, denial.message),
            SendError::Limit(message) => Self::retry(None, "call-limit", message),
            SendError::Unreachable(message) => Self::provider_down("unreachable", message),
            SendError::Other(message) => Self::new(Advice::Other("not-sent".into()), "not-sent", message),
        }
    }
}
