//! Failure classes by what a provider answered: the manifest's rules, first match wins, and how long to wait.

use http::{HeaderMap, StatusCode};
use jackfield_model::manifest::{FailureRule, RateLimit};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{json, rate_limit};

pub use crate::rate_limit::LONGEST_WAIT;

/// The largest body that rules are matched against.
const BODY_LIMIT: usize = 256 * 1024;

/// The first rule an answer matches.
pub fn classify<'a>(
    rules: &'a [FailureRule],
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<&'a FailureRule> {
    let looks_inside = rules.iter().any(|rule| rule.body.is_some());
    let body = if looks_inside { json::parse(body, BODY_LIMIT).ok() } else { None };
    rules.iter().find(|rule| matches(rule, status, headers, body.as_ref()))
}

/// Whether a rule matches an answer. A part that is not stated matches anything.
pub(crate) fn matches(rule: &FailureRule, status: StatusCode, headers: &HeaderMap, body: Option<&Value>) -> bool {
    let by_status = rule.statuses.is_empty() || rule.statuses.contains(&status.as_u16());
    let by_header = rule.header.as_ref().is_none_or(|(name, text)| {
        let mut values = headers.get_all(name.as_str()).iter();
        values.any(|value| String::from_utf8_lossy(value.as_bytes()).contains(text.as_str()))
    });
    let by_body = rule.body.as_ref().is_none_or(|(pointer, values)| {
        let found = body.and_then(|body| body.pointer(pointer)).and_then(json::scalar);
        found.is_some_and(|found| values.is_empty() || values.contains(&found))
    });
    by_status && by_header && by_body
}

/// How long a provider asks to wait: by the manifest's own header, else by `Retry-After`, else until the rate limit
/// begins anew; at most a day.
pub fn retry_after(headers: &HeaderMap, limit: Option<&RateLimit>, now: Timestamp) -> Option<SignedDuration> {
    let limits = rate_limit::read(headers, limit, now);
    limits.retry_after.or(limits.reset)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use http::HeaderValue;
    use jackfield_model::{failure::Advice, manifest::ExpiryFormat};

    use super::*;

    fn rule(statuses: &[u16], header: Option<(&str, &str)>, body: Option<(&str, &[&str])>, code: &str) -> FailureRule {
        FailureRule {
            statuses: statuses.to_vec(),
            header: header.map(|(name, text)| (name.into(), text.into())),
            body: body.map(|(pointer, values)| (pointer.into(), values.iter().map(|&value| value.into()).collect())),
            advice: Advice::Reauthorize,
            code: code.into(),
        }
    }

    #[test]
    fn the_first_matching_rule_wins() {
        let rules = [
            rule(&[401], None, Some(("/0/errorCode", &["INVALID_SESSION_ID"])), "session"),
            rule(&[], Some(("x-limit", "exhausted")), None, "limit"),
            rule(&[200], None, Some(("/ok", &["false"])), "envelope"),
            rule(&[401, 403], None, None, "status"),
        ];
        let mut limited = HeaderMap::new();
        limited.insert("x-limit", HeaderValue::from_static("quota exhausted"));
        let none = HeaderMap::new();
        for (status, headers, body, expected) in [
            (401, &none, r#"[{"errorCode":"INVALID_SESSION_ID"}]"#, Some("session")),
            (401, &none, r#"[{"errorCode":"OTHER"}]"#, Some("status")),
            (401, &limited, "<html>", Some("limit")),
            (200, &none, r#"{"ok":false}"#, Some("envelope")),
            (200, &none, r#"{"ok":true}"#, None),
            (500, &none, "", None),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let found = classify(&rules, status, headers, body.as_bytes()).map(|rule| rule.code.as_str());
            assert_eq!(found, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_wait_is_told_by_retry_after_and_else_by_the_reset() {
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let limit = RateLimit {
            limit: String::new(),
            remaining: String::new(),
            reset: "x-reset".into(),
            reset_format: ExpiryFormat::EpochSeconds,
            retry_after: "Retry-After".into(),
        };
        let mut headers = HeaderMap::new();
        headers.insert("x-reset", HeaderValue::from_static("1772359260"));
        assert_eq!(retry_after(&headers, Some(&limit), now), Some(SignedDuration::from_secs(60)));
        headers.insert("retry-after", HeaderValue::from_static("120"));
        assert_eq!(retry_after(&headers, Some(&limit), now), Some(SignedDuration::from_secs(120)));
    }
}
