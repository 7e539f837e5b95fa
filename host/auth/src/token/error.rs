//! What a refusing token endpoint means for the connection (CORE-12).

use http::StatusCode;
use jackfield_model::{
    failure::{Advice, Failure},
    manifest::FailureRule,
};
use jiff::SignedDuration;

use crate::provider_error::{ErrorCode, ProviderError};

/// Why there are no tokens. Each class has its own consequence; none holds a body or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The grant is gone: a person has to consent again, unless a newer version is stored (REF-5).
    #[error("the provider no longer accepts the grant")]
    InvalidGrant(ProviderError),
    /// The client itself was refused: who it is refused for waits, and none loses its status.
    #[error("the provider refused the client, not the connection")]
    ClientMisconfigured(ProviderError),
    /// These scopes are missing.
    #[error("the permission lacks scopes")]
    ScopeMissing(Vec<String>),
    /// Try again later.
    #[error("the provider asks to try again later")]
    Transient {
        /// Not before this long.
        retry_after: Option<SignedDuration>,
    },
    /// Too many requests: wait.
    #[error("the provider's rate limit is reached")]
    RateLimited {
        /// Not before this long.
        retry_after: Option<SignedDuration>,
    },
    /// The provider is broken.
    #[error("the provider answered with status {status}")]
    ProviderDown {
        /// The status.
        status: u16,
        /// Not before this long.
        retry_after: Option<SignedDuration>,
    },
    /// Any other refusal: tried again a few times, then flagged.
    #[error("the provider refused the request with status {status}: {error}")]
    Refused {
        /// The status.
        status: u16,
        /// What it said.
        error: ProviderError,
    },
    /// The provider cannot do this.
    #[error("the provider cannot do this")]
    Unsupported(ProviderError),
    /// It answered, and not with tokens that may be used.
    #[error("the provider's answer cannot be used: {0}")]
    Unusable(#[from] Unusable),
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No access token in it.
    #[error("it holds no access token")]
    NoToken,
    /// A token with characters no header can carry, or longer than 10 KiB.
    #[error("its token is malformed or too long")]
    BadToken,
    /// A token type other than bearer (RFC 6749 section 7.1).
    #[error("its token is of a type this host does not know, so it is never used")]
    TokenType,
    /// A page for people.
    #[error("it is a web page")]
    Html,
    /// Nothing.
    #[error("it is empty")]
    Empty,
    /// Neither JSON nor a form.
    #[error("it is neither JSON nor a form")]
    Unreadable,
    /// Too large or too deep.
    #[error("it is too large")]
    TooLarge,
    /// A redirect, which is never followed with a secret in hand.
    #[error("it is a redirect")]
    Redirect,
}

impl TokenError {
    /// The class of an answer with this status and, where one could be read, this error.
    pub(super) fn of(status: StatusCode, error: Option<ProviderError>, retry_after: Option<SignedDuration>) -> Self {
        let error = error.unwrap_or_else(ProviderError::unstated);
        let number = status.as_u16();
        match (error.code, number) {
            (_, 429) => Self::RateLimited { retry_after },
            (_, 500..) | (ErrorCode::ServerError, _) => Self::ProviderDown { status: number, retry_after },
            (ErrorCode::InvalidGrant, _) => Self::InvalidGrant(error),
            (ErrorCode::InvalidClient | ErrorCode::UnauthorizedClient, _) => Self::ClientMisconfigured(error),
            (ErrorCode::TemporarilyUnavailable | ErrorCode::SlowDown, _) | (_, 408 | 425) => {
                Self::Transient { retry_after }
            }
            _ => Self::Refused { status: number, error },
        }
    }

    /// The class a manifest's rule gives; `scopes` are those the answer says are missing.
    pub(super) fn declared(
        rule: &FailureRule,
        scopes: Vec<String>,
        status: StatusCode,
        error: Option<ProviderError>,
        retry_after: Option<SignedDuration>,
    ) -> Self {
        let mut error = error.unwrap_or_else(ProviderError::unstated);
        error.text.get_or_insert_with(|| rule.code.clone());
        match &rule.advice {
            Advice::Reauthorize => Self::InvalidGrant(error),
            Advice::InsufficientScope(_) => Self::ScopeMissing(scopes),
            Advice::Misconfigured => Self::ClientMisconfigured(error),
            Advice::Retry(after) => {
                let declared = after.and_then(|ms| i64::try_from(ms).ok()).map(SignedDuration::from_millis);
                Self::Transient { retry_after: retry_after.or(declared) }
            }
            Advice::ProviderDown => Self::ProviderDown { status: status.as_u16(), retry_after },
            Advice::Unsupported => Self::Unsupported(error),
            Advice::Other(_) => Self::Refused { status: status.as_u16(), error },
        }
    }

    /// Whether the provider may have acted although there are no tokens: it answered success without
    /// something usable, or a gateway lost its answer.
    pub fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::Unusable(_) | Self::ProviderDown { status: 502 | 504, .. })
    }

    /// How long the provider asks to wait.
    pub fn retry_after(&self) -> Option<SignedDuration> {
        match self {
            Self::Transient { retry_after }
            | Self::RateLimited { retry_after }
            | Self::ProviderDown { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// As a failure: what to do, a stable code and a sentence.
    pub fn failure(&self) -> Failure {
        let wait = || self.retry_after().and_then(|wait| u64::try_from(wait.as_millis()).ok());
        let (advice, code) = match self {
            Self::InvalidGrant(_) => (Advice::Reauthorize, "grant-lost"),
            Self::ClientMisconfigured(_) => (Advice::Misconfigured, "client-refused"),
            Self::ScopeMissing(scopes) => (Advice::InsufficientScope(scopes.clone()), "scope-missing"),
            Self::Transient { .. } => (Advice::Retry(wait()), "try-later"),
            Self::RateLimited { .. } => (Advice::Retry(wait()), "rate-limited"),
            Self::ProviderDown { .. } => (Advice::ProviderDown, "provider-down"),
            Self::Refused { .. } => (Advice::Other("refused".into()), "token-refused"),
            Self::Unsupported(_) => (Advice::Unsupported, "unsupported"),
            Self::Unusable(_) => (Advice::ProviderDown, "answer-unusable"),
        };
        let words = match self {
            Self::InvalidGrant(error)
            | Self::ClientMisconfigured(error)
            | Self::Unsupported(error)
            | Self::Refused { error, .. } => Some(error),
            _ => None,
        };
        let words = words.and_then(|error| error.text.as_deref()).map(|text| format!(" (it says: {text})"));
        Failure::new(advice, code, &format!("{self}{}", words.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
