//! How long a provider asks to wait, and what is left of its limits.

use http::header::RETRY_AFTER;
use jackfield_auth::rate_limit::{LONGEST_WAIT, pause, read};
use jackfield_model::manifest::{ExpiryFormat, RateLimit};
use jiff::{SignedDuration, Timestamp};

use crate::given;

/// No wait is longer than a day or in the past, in whatever form it is told.
pub fn rate_limit(bytes: &[u8]) {
    let Some(answer) = given::answer(bytes) else { return };
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_772_359_200);
    let declared = |reset_format, retry_after: &str| {
        Some(RateLimit {
            limit: "x-ratelimit-limit".into(),
            remaining: "x-ratelimit-remaining".into(),
            reset: "x-ratelimit-reset".into(),
            reset_format,
            retry_after: retry_after.into(),
        })
    };
    let formats = [
        ExpiryFormat::Seconds,
        ExpiryFormat::Milliseconds,
        ExpiryFormat::EpochSeconds,
        ExpiryFormat::EpochMilliseconds,
        ExpiryFormat::IsoDate,
    ];
    let own =
        formats.into_iter().flat_map(|format| [declared(format.clone(), "Retry-After"), declared(format, "X-Wait")]);
    for declared in own.chain([None]) {
        let limits = read(answer.headers(), declared.as_ref(), now);
        for wait in [limits.reset, limits.retry_after, pause(answer.status(), &limits, None)].into_iter().flatten() {
            assert!(!wait.is_negative() && wait <= LONGEST_WAIT, "{wait}");
        }
    }
    let value = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    if let Some(seconds) = value.and_then(|text| text.trim().parse::<u16>().ok()) {
        let expected = SignedDuration::from_secs(i64::from(seconds)).min(LONGEST_WAIT);
        assert_eq!(read(answer.headers(), None, now).retry_after, Some(expected));
    }
}
