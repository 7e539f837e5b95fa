//! What a provider said went wrong: a closed set of codes and a cleaned sentence (CORE-9).

use jackfield_model::{failure::plain, secret::Secret};

use crate::leak;

/// The longest foreign text that is kept, in characters.
pub const TEXT_LIMIT: usize = 200;

/// Error codes of RFC 6749, RFC 7009, RFC 6750 and OpenID Connect; everything else is `Unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// `invalid_request`
    InvalidRequest,
    /// `invalid_client`
    InvalidClient,
    /// `invalid_grant`
    InvalidGrant,
    /// `invalid_scope`
    InvalidScope,
    /// `invalid_token`
    InvalidToken,
    /// `insufficient_scope`
    InsufficientScope,
    /// `unauthorized_client`
    UnauthorizedClient,
    /// `unsupported_grant_type`
    UnsupportedGrantType,
    /// `unsupported_response_type`
    UnsupportedResponseType,
    /// `unsupported_token_type`
    UnsupportedTokenType,
    /// `access_denied`
    AccessDenied,
    /// `server_error`
    ServerError,
    /// `temporarily_unavailable`
    TemporarilyUnavailable,
    /// `slow_down`
    SlowDown,
    /// `login_required`
    LoginRequired,
    /// `consent_required`
    ConsentRequired,
    /// `interaction_required`
    InteractionRequired,
    /// `account_selection_required`
    AccountSelectionRequired,
    /// None of these.
    Unknown,
}

const NAMES: [(ErrorCode, &str); 18] = [
    (ErrorCode::InvalidRequest, "invalid_request"),
    (ErrorCode::InvalidClient, "invalid_client"),
    (ErrorCode::InvalidGrant, "invalid_grant"),
    (ErrorCode::InvalidScope, "invalid_scope"),
    (ErrorCode::InvalidToken, "invalid_token"),
    (ErrorCode::InsufficientScope, "insufficient_scope"),
    (ErrorCode::UnauthorizedClient, "unauthorized_client"),
    (ErrorCode::UnsupportedGrantType, "unsupported_grant_type"),
    (ErrorCode::UnsupportedResponseType, "unsupported_response_type"),
    (ErrorCode::UnsupportedTokenType, "unsupported_token_type"),
    (ErrorCode::AccessDenied, "access_denied"),
    (ErrorCode::ServerError, "server_error"),
    (ErrorCode::TemporarilyUnavailable, "temporarily_unavailable"),
    (ErrorCode::SlowDown, "slow_down"),
    (ErrorCode::LoginRequired, "login_required"),
    (ErrorCode::ConsentRequired, "consent_required"),
    (ErrorCode::InteractionRequired, "interaction_required"),
    (ErrorCode::AccountSelectionRequired, "account_selection_required"),
];

impl ErrorCode {
    /// The code a provider wrote.
    pub fn of(text: &str) -> Self {
        NAMES.iter().find(|(_, name)| *name == text).map_or(Self::Unknown, |(code, _)| *code)
    }

    /// Its name on the wire; `unknown` for everything else.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(code, _)| *code == self).map_or("unknown", |(_, name)| name)
    }
}

/// An error a provider answered. Plain text, never markup; never part of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider answered `{}`", .code.name())]
pub struct ProviderError {
    /// Which one.
    pub code: ErrorCode,
    /// The provider's own words, cut and cleaned; an unknown code stands in front of them.
    pub text: Option<String>,
}

impl ProviderError {
    /// Maps what a provider wrote. Text that carries part of a secret shown to it is dropped.
    pub fn new(code: &str, description: Option<&str>, shown: &[&Secret]) -> Self {
        let known = ErrorCode::of(code);
        let words = match (known, description) {
            (ErrorCode::Unknown, Some(description)) if !code.is_empty() => format!("{code}: {description}"),
            (ErrorCode::Unknown, None) => code.to_owned(),
            (_, description) => description.unwrap_or_default().to_owned(),
        };
        // As it came and as it is shown: cleaning turns control characters into the blanks a password may have.
        let cleaned = plain(&words, TEXT_LIMIT);
        let echoes = [&words, &cleaned].iter().any(|text| leak::carries_any(text, shown.iter().copied()));
        let text = Some(cleaned).filter(|text| !text.is_empty() && !echoes);
        Self { code: known, text }
    }

    /// An answer in which no error could be read.
    pub fn unstated() -> Self {
        Self { code: ErrorCode::Unknown, text: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_9_codes_are_a_closed_set_and_text_is_cut_and_cleaned() {
        for (code, name) in NAMES {
            assert_eq!((ErrorCode::of(name), code.name()), (code, name));
        }
        let long = format!("<b>no\r\n\u{1b}[31m</b>{}", "x".repeat(5000));
        let error = ProviderError::new("made_up", Some(&long), &[]);
        let text = error.text.clone().unwrap_or_default();
        assert_eq!((error.code, error.code.name()), (ErrorCode::Unknown, "unknown"));
        assert!(text.starts_with("made_up: <b>no") && text.chars().count() <= TEXT_LIMIT);
        assert!(!text.chars().any(char::is_control));
        assert_eq!(error.to_string(), "the provider answered `unknown`");
    }

    #[test]
    fn lk_1_an_echoed_secret_does_not_stay_in_the_error() {
        let secret = Secret::new("rt-4f9a8b7c6d5e4f3a2b1c".into());
        let error = ProviderError::new("invalid_grant", Some("token rt-4f9a8b7c6d5e4f3a2b1c is unknown"), &[&secret]);
        assert_eq!(error, ProviderError { code: ErrorCode::InvalidGrant, text: None });
        let echoed_as_code = ProviderError::new("rt-4f9a8b7c6d5e4f3a2b1c", None, &[&secret]);
        assert_eq!(echoed_as_code, ProviderError::unstated());
    }
}
