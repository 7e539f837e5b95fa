//! Responses, read: what a status means for the host, and the body as JSON.

use crate::{Failure, Json, Response};

impl Response {
    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(present, _)| present.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// `unexpected-answer` where it is none.
    pub fn json(&self) -> Result<Json, Failure> {
        Json::read(&self.body)
    }

    /// Itself where the status is 2xx.
    ///
    /// # Errors
    /// 401: `reauthorize`. 403: `insufficient-scope` where the challenge says so (RFC 6750 section 3.1), `retry` where it
    /// is a rate limit, else `misconfigured`. 429: `retry`. 5xx: `provider-down`, or `retry` where it says when.
    /// Anything else: `misconfigured`.
    pub fn success(self) -> Result<Self, Failure> {
        let retry_after = self.retry_after();
        let status = self.status;
        let said = format!("The provider answered with status {status}");
        Err(match status {
            200..=299 => return Ok(self),
            401 => Failure::reauthorize("unauthorized", format!("{said}: it does not accept the credential.")),
            403 => self.forbidden(&said),
            429 => Failure::retry(retry_after, "rate-limited", format!("{said}: too many requests.")),
            500..=599 if retry_after.is_some() => {
                Failure::retry(retry_after, "provider-busy", format!("{said} and says when to ask again."))
            }
            500..=599 => Failure::provider_down("provider-error", format!("{said}: it failed itself.")),
            _ => Failure::misconfigured(format!("status-{status}"), format!("{said}, which was not expected.")),
        })
    }

    fn forbidden(&self, said: &str) -> Failure {
        let challenge = self.header("www-authenticate").unwrap_or_default();
        if challenge.contains("insufficient_scope") {
            let scopes = quoted(challenge, "scope").split_whitespace().map(str::to_owned).collect();
            return Failure::insufficient_scope(scopes, format!("{said}: the credential lacks a permission."));
        }
        if self.retry_after().is_some() || self.header("x-ratelimit-remaining") == Some("0") {
            return Failure::retry(self.retry_after(), "rate-limited", format!("{said}: too many requests."));
        }
        Failure::misconfigured("forbidden", format!("{said}: the account may not do this."))
    }

    /// `Retry-After` in milliseconds where it counts seconds. A date is left to the host, which has a clock.
    fn retry_after(&self) -> Option<u64> {
        let seconds: u64 = self.header("retry-after")?.trim().parse().ok()?;
        seconds.checked_mul(1000)
    }
}

/// The quoted value of a challenge's parameter; empty where there is none.
fn quoted<'a>(challenge: &'a str, name: &str) -> &'a str {
    let parameters = challenge.split([',', ' ']).map(str::trim);
    let mut starts = parameters.filter_map(|piece| piece.strip_prefix(name)?.strip_prefix("=\""));
    let Some(start) = starts.next() else { return "" };
    let offset = start.as_ptr() as usize - challenge.as_ptr() as usize;
    challenge.get(offset..).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;
    use crate::Advice;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: Vec::new() }
    }

    #[test]
    fn a_status_says_what_to_do() {
        let scope = [("WWW-Authenticate", r#"Bearer realm="x", error="insufficient_scope", scope="a b""#)];
        for (status, headers, advice) in [
            (401, &[][..], Advice::Reauthorize),
            (403, &scope, Advice::InsufficientScope(vec!["a".into(), "b".into()])),
            (403, &[], Advice::Misconfigured),
            (403, &[("x-ratelimit-remaining", "0")], Advice::Retry(None)),
            (429, &[("Retry-After", "30")], Advice::Retry(Some(30_000))),
            (429, &[("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT")], Advice::Retry(None)),
            (500, &[], Advice::ProviderDown),
            (503, &[("retry-after", "2")], Advice::Retry(Some(2_000))),
            (302, &[], Advice::Misconfigured),
            (404, &[], Advice::Misconfigured),
        ] {
            assert_eq!(answer(status, headers).success().unwrap_err().advice, advice, "{status} {headers:?}");
        }
        assert_eq!(answer(204, &[]).success().unwrap().status, 204);
    }
}
