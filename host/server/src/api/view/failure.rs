//! A failure as JSON: what to do, a stable code, a sentence.

use jackfield_model::failure::{Advice, Failure};
use schemars::JsonSchema;
use serde::Serialize;

/// Why something at a provider did not work.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Failure")]
pub(in crate::api) struct FailureView<'a> {
    /// `reauthorize`, `insufficient-scope`, `misconfigured`, `retry`, `provider-down`, `unsupported`, or an open word.
    #[schemars(example = &"reauthorize")]
    advice: &'a str,
    /// A stable word: the provider's own, or the connector's.
    #[schemars(example = &"invalid_grant")]
    code: &'a str,
    /// A sentence for a person.
    #[schemars(example = &"The permission was withdrawn at the provider: consent again.")]
    message: &'a str,
    /// The missing scopes, for `insufficient-scope`.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(example = ["repo"])]
    scopes: &'a [String],
    /// The shortest wait in milliseconds, for `retry`.
    #[schemars(example = 1500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl<'a> From<&'a Failure> for FailureView<'a> {
    fn from(failure: &'a Failure) -> Self {
        let (scopes, retry_after_ms): (&[String], _) = match &failure.advice {
            Advice::InsufficientScope(scopes) => (scopes, None),
            Advice::Retry(after) => (&[], *after),
            _ => (&[], None),
        };
        Self { advice: failure.advice.word(), code: &failure.code, message: &failure.message, scopes, retry_after_ms }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_failure_says_what_to_do() {
        let retry = Failure::new(Advice::Retry(Some(1500)), "rate-limited", "Too many calls.");
        let view = serde_json::to_value(FailureView::from(&retry)).unwrap();
        let expected = json!({
            "advice": "retry", "code": "rate-limited", "message": "Too many calls.", "retry_after_ms": 1500
        });
        assert_eq!(view, expected);
        let scope = Failure::new(Advice::InsufficientScope(vec!["repo".into()]), "scope", "Missing.");
        let view = serde_json::to_value(FailureView::from(&scope)).unwrap();
        assert_eq!(
            view,
            json!({"advice": "insufficient-scope", "code": "scope", "message": "Missing.", "scopes": ["repo"]})
        );
    }
}
