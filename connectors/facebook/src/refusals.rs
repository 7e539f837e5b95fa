//! What a Graph API error means: `{"error": {"code", "error_subcode", "message", …}}` with status 400, 401, 403 or 500. The
//! codes: <https://developers.facebook.com/docs/graph-api/guides/error-handling> and
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>.

use jackfield_sdk::{Advice, Failure, FailureRule, Manifest, Response};

/// The login session or the token is over, revoked or invalid.
const SESSION: [&str; 2] = ["190", "102"];
/// Throttled: the app, the person, the page, or a custom limit.
const THROTTLED: [&str; 5] = ["4", "17", "32", "613", "341"];
/// Trouble of the platform's own.
const DOWN: [&str; 2] = ["1", "2"];
/// A permission was not granted or was taken back, and the first and last of a range of codes that say so.
const PERMISSION: (u64, u64) = (200, 299);
const DENIED: [&str; 2] = ["3", "10"];
/// The app's secret is wrong.
const SECRET: [&str; 1] = ["Error validating client secret."];
/// The code is over, or was used.
const CODE: [&str; 2] = ["36007", "36009"];
/// The client or its address is wrong.
const APP: [&str; 2] = ["101", "191"];

/// The rules for token requests and for calls through the proxy.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    let permissions: Vec<String> = (PERMISSION.0..=PERMISSION.1).map(|code| code.to_string()).collect();
    let permissions: Vec<&str> = DENIED.into_iter().chain(permissions.iter().map(String::as_str)).collect();
    let rule = |codes: &[&str], advice, code: &str| {
        FailureRule { statuses: Vec::new(), ..FailureRule::status(400, advice, code) }.with_body("/error/code", codes)
    };
    manifest
        // A code that is over or was used is an error 100; only its subcode tells it from a wrong parameter.
        .failure(FailureRule::status(400, Advice::Reauthorize, "code-refused").with_body("/error/error_subcode", &CODE))
        // Facebook answers a wrong secret as an error 1, like trouble of its own.
        .failure(FailureRule::status(400, Advice::Misconfigured, "app-refused").with_body("/error/message", &SECRET))
        .failure(rule(&SESSION, Advice::Reauthorize, "session-over"))
        .failure(rule(&THROTTLED, Advice::Retry(None), "rate-limited"))
        .failure(rule(&permissions, Advice::InsufficientScope(Vec::new()), "permission-missing"))
        .failure(rule(&APP, Advice::Misconfigured, "app-refused"))
        .failure(rule(&DOWN, Advice::ProviderDown, "platform-down"))
}

/// The same for `verify`; none where the answer carries no such error.
pub(crate) fn meaning(response: &Response) -> Option<Failure> {
    let body = response.json().ok()?;
    let code = body.find("/error/code")?;
    let told = body.find("/error/message").unwrap_or_else(|| "Facebook refused without a reason.".to_owned());
    let is = |codes: &[&str]| codes.contains(&code.as_str());
    let number: u64 = code.parse().unwrap_or(0);
    Some(if is(&SESSION) {
        Failure::reauthorize("session-over", told)
    } else if is(&THROTTLED) {
        Failure::retry(None, "rate-limited", told)
    } else if is(&DENIED) || (PERMISSION.0..=PERMISSION.1).contains(&number) {
        Failure::insufficient_scope(Vec::new(), told)
    } else if is(&DOWN) {
        Failure::provider_down("platform-down", told)
    } else {
        Failure::misconfigured(format!("error-{code}"), told)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn advice(code: u32) -> Option<Advice> {
        let body = format!(r#"{{"error":{{"message":"(#{code}) Said.","type":"OAuthException","code":{code}}}}}"#);
        meaning(&Response { status: 400, headers: Vec::new(), body: body.into_bytes() }).map(|failure| failure.advice)
    }

    #[test]
    fn each_code_says_what_to_do() {
        for (code, expected) in [
            (190, Advice::Reauthorize),
            (102, Advice::Reauthorize),
            (4, Advice::Retry(None)),
            (17, Advice::Retry(None)),
            (32, Advice::Retry(None)),
            (613, Advice::Retry(None)),
            (10, Advice::InsufficientScope(vec![])),
            (200, Advice::InsufficientScope(vec![])),
            (299, Advice::InsufficientScope(vec![])),
            (2, Advice::ProviderDown),
            (100, Advice::Misconfigured),
        ] {
            assert_eq!(advice(code), Some(expected), "{code}");
        }
        let page = Response { status: 502, headers: Vec::new(), body: b"<html>".to_vec() };
        assert!(meaning(&page).is_none());
    }
}
