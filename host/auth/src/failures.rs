//! Failure classes by what a provider answered: the manifest's rules, first match wins, and how long to wait.

use http::{HeaderMap, StatusCode};
use jackfield_model::manifest::{FailureRule, RateLimit};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::Value;

use crate::{json, token::expiry};

/// The largest body that rules are matched against.
const BODY_LIMIT: usize = 256 * 1024;
/// The longest wait a provider can ask for.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

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

/// How long a provider asks to wait: by the manifest's own header, else by `Retry-After` in the one form it has
/// (RFC 9110 section 10.2.3), else until the rate limit begins anew; at most a day.
pub fn retry_after(headers: &HeaderMap, limit: Option<&RateLimit>, now: Timestamp) -> Option<SignedDuration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let declared = |name: fn(&RateLimit) -> &String| {
        let limit = limit.filter(|limit| !name(limit).eq_ignore_ascii_case("retry-after"))?;
        expiry::moment(&limit.reset_format, &Value::from(text(name(limit))?), now)
    };
    let standard = || {
        let value = text("retry-after")?;
        let seconds = value.parse::<u32>().ok().map(i64::from).map(SignedDuration::from_secs);
        seconds.and_then(|wait| now.checked_add(wait).ok()).or_else(|| http_date(value))
    };
    let until = declared(|limit| &limit.retry_after).or_else(standard).or_else(|| declared(|limit| &limit.reset));
    until.map(|until| until.duration_since(now).clamp(SignedDuration::ZERO, LONGEST_WAIT))
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
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
    fn waits_are_read_as_seconds_dates_and_declared_headers_and_bounded() {
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let wait = |name: &'static str, value: &'static str, limit: Option<&RateLimit>| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            retry_after(&headers, limit, now).map(|wait| wait.as_secs())
        };
        assert_eq!(wait("retry-after", "120", None), Some(120));
        assert_eq!(wait("retry-after", "Sun, 01 Mar 2026 10:02:00 GMT", None), Some(120));
        assert_eq!(wait("retry-after", "Sun, 01 Mar 2026 09:00:00 GMT", None), Some(0));
        assert_eq!(wait("retry-after", "4000000000", None), Some(24 * 3600));
        for garbage in ["soon", "-1", "99999999999999999999"] {
            assert_eq!(wait("retry-after", garbage, None), None, "{garbage}");
        }
        let limit = RateLimit {
            limit: String::new(),
            remaining: String::new(),
            reset: "x-reset".into(),
            reset_format: ExpiryFormat::EpochSeconds,
            retry_after: String::new(),
        };
        assert_eq!(wait("x-reset", "1772359260", Some(&limit)), Some(60));
    }

    #[test]
    fn retry_after_counts_seconds_whatever_form_the_reset_has_and_comes_before_it() {
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
