//! What the host read from a provider's answer, in headers beside the provider's own, the same for every provider.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::SignedDuration;

use crate::service::Told;

const LIMIT: HeaderName = HeaderName::from_static("jackfield-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("jackfield-ratelimit-remaining");
/// In seconds from now.
const RESET: HeaderName = HeaderName::from_static("jackfield-ratelimit-reset");
/// What the answer says about the connection: `reauthorize`, `insufficient-scope`, `retry`, …
const ADVICE: HeaderName = HeaderName::from_static("jackfield-advice");
/// For `insufficient-scope`: the actions to reauthorize with.
const ACTIONS: HeaderName = HeaderName::from_static("jackfield-actions");
/// The credential was refreshed, and the request's body is gone: the same request works if it is sent again.
const SEND_AGAIN: HeaderName = HeaderName::from_static("jackfield-send-again");

/// Writes them; `Retry-After` only where the provider has another name for it.
pub(super) fn write(headers: &mut HeaderMap, told: &Told) {
    let limits = &told.limits;
    let seconds = |wait: SignedDuration| {
        let whole = u64::try_from(wait.as_millis()).unwrap_or(0).div_ceil(1000);
        HeaderValue::from(whole)
    };
    let plain = |text: &str| HeaderValue::from_str(text).ok();
    let actions = Some(&told.actions).filter(|actions| !actions.is_empty()).map(|actions| actions.join(", "));
    let wait = limits.retry_after.filter(|_| !headers.contains_key(header::RETRY_AFTER));
    let written = [
        (LIMIT, limits.limit.map(HeaderValue::from)),
        (REMAINING, limits.remaining.map(HeaderValue::from)),
        (RESET, limits.reset.map(seconds)),
        (header::RETRY_AFTER, wait.map(seconds)),
        (ADVICE, told.advice.as_ref().and_then(|advice| plain(advice.word()))),
        (ACTIONS, actions.as_deref().and_then(plain)),
        (SEND_AGAIN, told.send_again.then(|| HeaderValue::from_static("true"))),
    ];
    headers.extend(written.into_iter().filter_map(|(name, value)| Some((name, value?))));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jackfield_auth::rate_limit::Limits;
    use jackfield_model::failure::Advice;

    use super::*;

    #[test]
    fn limits_have_one_spelling_and_the_providers_own_header_stays() {
        let seconds = |count| Some(SignedDuration::from_secs(count));
        let limits = Limits { limit: Some(60), remaining: Some(0), reset: seconds(30), retry_after: seconds(5) };
        let advice = Some(Advice::InsufficientScope(vec!["repo".into()]));
        let told = Told { limits, advice, actions: vec!["list".into(), "create".into()], send_again: true };
        let mut headers = HeaderMap::new();
        write(&mut headers, &told);
        for (name, value) in [
            (LIMIT, "60"),
            (REMAINING, "0"),
            (RESET, "30"),
            (header::RETRY_AFTER, "5"),
            (ADVICE, "insufficient-scope"),
            (ACTIONS, "list, create"),
            (SEND_AGAIN, "true"),
        ] {
            assert_eq!(headers.get(&name).unwrap(), value, "{name}");
        }
        let mut theirs = HeaderMap::new();
        theirs.insert(header::RETRY_AFTER, HeaderValue::from_static("7"));
        write(&mut theirs, &told);
        assert_eq!(theirs.get_all(header::RETRY_AFTER).iter().collect::<Vec<_>>(), ["7"]);
        let mut none = HeaderMap::new();
        write(&mut none, &Told::default());
        assert!(none.is_empty());
    }
}
