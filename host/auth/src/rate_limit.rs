//! What a provider's answer says about its limits, in one spelling, and whether it asks to be left alone for a while.

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use jackfield_model::{
    failure::Advice,
    manifest::{ExpiryFormat, RateLimit},
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::Value;

use crate::token::expiry;

/// The longest wait a provider can ask for.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What the headers of an answer tell; what they do not tell is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls there are in a window.
    pub limit: Option<u64>,
    /// Calls left in it.
    pub remaining: Option<u64>,
    /// Until the window begins anew.
    pub reset: Option<SignedDuration>,
    /// Not to be asked again for so long.
    pub retry_after: Option<SignedDuration>,
}

/// Reads the headers a manifest names, and `Retry-After` in the form it has everywhere (RFC 9110 section 10.2.3).
pub fn read(headers: &HeaderMap, declared: Option<&RateLimit>, now: Timestamp) -> Limits {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |name: &str| text(name).and_then(leading_number);
    let until = |name: &str, format: &ExpiryFormat| {
        let moment = expiry::moment(format, &Value::from(text(name)?), now)?;
        Some(bounded(moment, now))
    };
    let own = |name: &str| !name.is_empty() && !name.eq_ignore_ascii_case(RETRY_AFTER.as_str());
    let standard = || {
        let value = text(RETRY_AFTER.as_str())?;
        let seconds = value.parse::<u32>().ok().map(i64::from).map(SignedDuration::from_secs);
        seconds.and_then(|wait| now.checked_add(wait).ok()).or_else(|| http_date(value)).map(|at| bounded(at, now))
    };
    let Some(declared) = declared else { return Limits { retry_after: standard(), ..Limits::default() } };
    let named = Some(&declared.retry_after).filter(|name| own(name));
    Limits {
        limit: number(&declared.limit),
        remaining: number(&declared.remaining),
        reset: Some(&declared.reset).filter(|name| own(name)).and_then(|name| until(name, &declared.reset_format)),
        retry_after: named.and_then(|name| until(name, &declared.reset_format)).or_else(standard),
    }
}

/// How long not to ask again after an answer: where it refused for the number of calls, or asked for a pause itself.
///
/// A success with nothing left is no refusal: the next call may count elsewhere, and the provider says so then.
pub fn pause(status: StatusCode, limits: &Limits, advice: Option<&Advice>) -> Option<SignedDuration> {
    let told = limits.retry_after.or(limits.reset);
    let refused = match status {
        StatusCode::TOO_MANY_REQUESTS => told,
        StatusCode::SERVICE_UNAVAILABLE => limits.retry_after,
        // GitHub, for one: "403 … and x-ratelimit-remaining will be 0".
        StatusCode::FORBIDDEN if limits.remaining == Some(0) => told,
        _ => None,
    };
    let classed = match advice {
        Some(Advice::Retry(after)) => told.or_else(|| after.map(milliseconds)),
        _ => None,
    };
    refused.or(classed).filter(SignedDuration::is_positive)
}

fn milliseconds(after: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(after).unwrap_or(i64::MAX)).min(LONGEST_WAIT)
}

fn bounded(until: Timestamp, now: Timestamp) -> SignedDuration {
    until.duration_since(now).clamp(SignedDuration::ZERO, LONGEST_WAIT)
}

/// `100`, and the number before the policy in `100, 100;window=60`.
fn leading_number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn declared(retry_after: &str) -> RateLimit {
        RateLimit {
            limit: "x-ratelimit-limit".into(),
            remaining: "x-ratelimit-remaining".into(),
            reset: "x-ratelimit-reset".into(),
            reset_format: ExpiryFormat::EpochSeconds,
            retry_after: retry_after.into(),
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "what a reading answers")]
    fn seconds(count: i64) -> Option<SignedDuration> {
        Some(SignedDuration::from_secs(count))
    }

    #[test]
    fn waits_are_read_as_seconds_dates_and_declared_headers_and_bounded() {
        let wait = |value: &'static str| {
            read(&headers(&[("retry-after", value)]), None, now()).retry_after.map(|wait| wait.as_secs())
        };
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Sun, 01 Mar 2026 10:02:00 GMT"), Some(120));
        assert_eq!(wait("Sun, 01 Mar 2026 09:00:00 GMT"), Some(0));
        assert_eq!(wait("4000000000"), Some(24 * 3600));
        for garbage in ["soon", "-1", "99999999999999999999"] {
            assert_eq!(wait(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn retry_after_counts_seconds_whatever_form_the_reset_has() {
        let told = headers(&[
            ("x-ratelimit-limit", "100, 100;window=60"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1772359260"),
            ("retry-after", "120"),
        ]);
        let read = read(&told, Some(&declared("Retry-After")), now());
        let expected = Limits { limit: Some(100), remaining: Some(0), reset: seconds(60), retry_after: seconds(120) };
        assert_eq!(read, expected);
        let own = super::read(&headers(&[("x-wait", "1772359230")]), Some(&declared("X-Wait")), now());
        assert_eq!(own.retry_after, seconds(30));
    }

    #[test]
    fn a_pause_follows_a_refusal_and_not_a_success() {
        let empty = Limits { remaining: Some(0), reset: seconds(60), ..Limits::default() };
        let asked = Limits { retry_after: seconds(5), ..empty };
        let left = Limits { remaining: Some(3), ..empty };
        let retry = Advice::Retry(Some(1500));
        for (status, limits, advice, expected) in [
            (429, &asked, None, seconds(5)),
            (429, &empty, None, seconds(60)),
            (429, &Limits::default(), None, None),
            (200, &empty, None, None),
            (403, &empty, None, seconds(60)),
            (403, &left, None, None),
            (503, &asked, None, seconds(5)),
            (503, &empty, None, None),
            (200, &Limits::default(), Some(&retry), Some(SignedDuration::from_millis(1500))),
            (400, &Limits::default(), Some(&Advice::Reauthorize), None),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(pause(status, limits, advice), expected, "{status} {limits:?}");
        }
    }
}
