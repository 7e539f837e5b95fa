//! Mailchimp's refusals: problem details (RFC 7807) whose title names the error.
//! <https://mailchimp.com/developer/marketing/docs/errors/>

use jackfield_sdk::{Advice, Failure, FailureRule, Manifest, Response};

/// The account, or the person's access to it, is switched off.
const SWITCHED_OFF: [&str; 2] = ["User Disabled", "Account Disabled"];
/// The host is not the account's.
const WRONG_HOST: &str = "Wrong Datacenter";

/// Adds to the manifest what the refusals of Mailchimp mean.
pub(crate) fn refusals(manifest: Manifest) -> Manifest {
    let rule = |status, advice, code| FailureRule::status(status, advice, code);
    manifest
        .failure(rule(403, Advice::Reauthorize, "account-disabled").with_body("/title", &SWITCHED_OFF))
        .failure(rule(403, Advice::Misconfigured, "wrong-data-centre").with_body("/title", &[WRONG_HOST]))
        .failure(rule(401, Advice::Reauthorize, "credential-refused"))
        .failure(rule(429, Advice::Retry(None), "rate-limited"))
}

/// The answer, where it is no refusal.
pub(crate) fn accepted(response: Response) -> Result<Response, Failure> {
    let title = match response.status {
        403 => response.json().ok().and_then(|problem| problem.find("/title")).unwrap_or_default(),
        _ => String::new(),
    };
    if SWITCHED_OFF.contains(&title.as_str()) {
        return Err(Failure::reauthorize("account-disabled", "Mailchimp has switched this account off."));
    }
    if title == WRONG_HOST {
        return Err(Failure::misconfigured(
            "wrong-data-centre",
            "The account is in another of Mailchimp's data centres.",
        ));
    }
    response.success()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn code(status: u16, title: &str) -> String {
        let body = format!(
            r#"{{"type":"https://mailchimp.com/developer/marketing/docs/errors/","title":"{title}","status":{status}}}"#
        );
        accepted(Response { status, headers: Vec::new(), body: body.into_bytes() }).unwrap_err().code
    }

    #[test]
    fn titles_tell_refusals_of_one_status_apart() {
        assert_eq!(code(401, "API Key Invalid"), "unauthorized");
        assert_eq!(code(403, "User Disabled"), "account-disabled");
        assert_eq!(code(403, "Wrong Datacenter"), "wrong-data-centre");
        assert_eq!(code(403, "Forbidden"), "forbidden");
        assert_eq!(code(429, "Too Many Requests"), "rate-limited");
    }
}
