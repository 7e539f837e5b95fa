//! When something ends, in every spelling providers use. Counted from our own clock at sending (REF-4).

use data_encoding::BASE64URL_NOPAD;
use jackfield_model::{
    expiry::{Expiry, Source},
    manifest::ExpiryFormat,
};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

use crate::json;

/// The longest life believed, in seconds: a hundred years.
const LONGEST_LIFE: f64 = 100.0 * 365.25 * 86_400.0;

/// When an access token ends. None is *unknown*: a 401 decides (CORE-7). What makes no sense (zero,
/// negative, already past) counts as unknown too, so that it neither kills a token nor refreshes it for ever.
pub(crate) fn of_token(
    format: &ExpiryFormat,
    told: Option<&Value>,
    access_token: &str,
    sent_at: Timestamp,
) -> Option<Expiry> {
    let future = |at: Option<Timestamp>, source| at.filter(|at| *at > sent_at).map(|at| Expiry { at, source });
    match format {
        ExpiryFormat::Never => None,
        ExpiryFormat::Jwt => future(jwt_end(access_token), Source::Jwt),
        ExpiryFormat::Assumed(seconds) => {
            let told = told.and_then(|told| moment(&ExpiryFormat::Seconds, told, sent_at));
            let guess = moment(&ExpiryFormat::Seconds, &Value::from(*seconds), sent_at);
            future(told, Source::Response).or_else(|| future(guess, Source::Assumed))
        }
        _ => future(told.and_then(|told| moment(format, told, sent_at)), Source::Response),
    }
}

/// The moment a value tells, in a format that has one.
pub(crate) fn moment(format: &ExpiryFormat, told: &Value, now: Timestamp) -> Option<Timestamp> {
    let seconds = |scale: f64| json::number(told).map(|number| (number / scale).clamp(-LONGEST_LIFE, LONGEST_LIFE));
    let from = |start: Timestamp, seconds: f64| {
        let span = SignedDuration::try_from_secs_f64(seconds).ok()?;
        start.checked_add(span).ok()
    };
    match format {
        ExpiryFormat::Seconds | ExpiryFormat::Assumed(_) => from(now, seconds(1.0)?),
        ExpiryFormat::Milliseconds => from(now, seconds(1000.0)?),
        ExpiryFormat::EpochSeconds | ExpiryFormat::Jwt => from(Timestamp::UNIX_EPOCH, seconds(1.0)?),
        ExpiryFormat::EpochMilliseconds => from(Timestamp::UNIX_EPOCH, seconds(1000.0)?),
        ExpiryFormat::IsoDate => Some(iso(told.as_str()?.trim())?.min(from(now, LONGEST_LIFE)?)),
        ExpiryFormat::Never => None,
    }
}

/// RFC 3339; a date and time without a zone is taken as UTC.
fn iso(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<Timestamp>().ok();
    zoned.or_else(|| text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))
}

/// The `exp` of a token that happens to be a JWT. Not verified: it only says when to refresh.
fn jwt_end(token: &str) -> Option<Timestamp> {
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    let claims = json::parse(&claims, 16 * 1024).ok()?;
    moment(&ExpiryFormat::EpochSeconds, claims.get("exp")?, Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use serde_json::json;

    use super::*;

    fn sent_at() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    fn left(format: &ExpiryFormat, told: &Value) -> Option<i64> {
        of_token(format, Some(told), "opaque", sent_at()).map(|expiry| expiry.at.duration_since(sent_at()).as_secs())
    }

    #[test]
    fn core_7_expires_in_is_read_in_every_spelling() {
        let century = 3_155_760_000;
        for (told, expected) in [
            (json!(3600), Some(3600)),
            (json!("3600"), Some(3600)),
            (json!(" 3600 "), Some(3600)),
            (json!(3600.9), Some(3600)),
            (json!("3599.5"), Some(3599)),
            (json!(1e18), Some(century)),
            (json!(1_000_000_000_000_000_000_u64), Some(century)),
            (json!(-5), None),
            (json!(0), None),
            (json!("soon"), None),
            (json!("NaN"), None),
            (json!(""), None),
            (json!(null), None),
            (json!(true), None),
            (json!([3600]), None),
            (json!({"in": 3600}), None),
        ] {
            assert_eq!(left(&ExpiryFormat::Seconds, &told), expected, "{told}");
        }
    }

    #[test]
    fn core_7_an_absent_expiry_is_unknown_not_endless() {
        assert_eq!(of_token(&ExpiryFormat::Seconds, None, "opaque", sent_at()), None);
    }

    #[test]
    fn ref_4_lifetimes_count_from_our_clock_at_sending() {
        let expiry = of_token(&ExpiryFormat::Seconds, Some(&json!(60)), "opaque", sent_at()).unwrap();
        assert_eq!(expiry, Expiry { at: "2026-03-01T10:01:00Z".parse().unwrap(), source: Source::Response });
    }

    #[test]
    fn milliseconds_epochs_and_dates_are_read() {
        for (format, told, expected) in [
            (ExpiryFormat::Milliseconds, json!(900_000), Some(900)),
            (ExpiryFormat::EpochSeconds, json!(1_772_359_260), Some(60)),
            (ExpiryFormat::EpochSeconds, json!("1772359260"), Some(60)),
            (ExpiryFormat::EpochMilliseconds, json!(1_772_359_260_000_u64), Some(60)),
            (ExpiryFormat::EpochSeconds, json!(1_000_000_000), None),
            (ExpiryFormat::IsoDate, json!("2026-03-01T10:01:00Z"), Some(60)),
            (ExpiryFormat::IsoDate, json!("2026-03-01T12:01:00.5+02:00"), Some(60)),
            (ExpiryFormat::IsoDate, json!("2026-03-01T10:01:00"), Some(60)),
            (ExpiryFormat::IsoDate, json!("2226-03-01T10:00:00Z"), Some(3_155_760_000)),
            (ExpiryFormat::IsoDate, json!("tomorrow"), None),
            (ExpiryFormat::Never, json!(3600), None),
        ] {
            assert_eq!(left(&format, &told), expected, "{format:?} {told}");
        }
    }

    #[test]
    fn an_assumed_life_is_marked_as_such_and_yields_to_what_is_told() {
        let assumed = of_token(&ExpiryFormat::Assumed(3600), None, "opaque", sent_at()).unwrap();
        assert_eq!((assumed.source, assumed.at), (Source::Assumed, "2026-03-01T11:00:00Z".parse().unwrap()));
        let told = of_token(&ExpiryFormat::Assumed(3600), Some(&json!(60)), "opaque", sent_at()).unwrap();
        assert_eq!(told.source, Source::Response);
    }

    #[test]
    fn a_jwts_own_end_is_found() {
        let token = format!("x.{}.y", BASE64URL_NOPAD.encode(br#"{"exp":1772359260}"#));
        let expiry = of_token(&ExpiryFormat::Jwt, None, &token, sent_at()).unwrap();
        assert_eq!((expiry.source, expiry.at), (Source::Jwt, "2026-03-01T10:01:00Z".parse().unwrap()));
        for token in ["opaque", "a.b", "a.!!.c", "a.e30.c"] {
            assert_eq!(of_token(&ExpiryFormat::Jwt, None, token, sent_at()), None, "{token}");
        }
    }
}
