//! Slack's answers: status 200 whatever happened, `ok`, and an `error` that says what.

use jackfield_sdk::{Advice, Failure, FailureRule, Json, Manifest, Response};

/// The grant or the token is gone, or the code was.
const GONE: [&str; 9] = [
    "account_inactive",
    "code_already_used",
    "invalid_auth",
    "invalid_code",
    "invalid_refresh_token",
    "not_authed",
    "token_expired",
    "token_revoked",
    "org_login_required",
];
/// The app's id, secret or redirect URI is not Slack's.
const CLIENT: [&str; 5] =
    ["bad_client_secret", "bad_redirect_uri", "invalid_client_id", "no_scopes", "oauth_authorization_url_mismatch"];
/// Too many requests: <https://docs.slack.dev/apis/web-api/rate-limits>.
const LIMITED: [&str; 2] = ["rate_limited", "ratelimited"];
/// Slack failed itself.
const DOWN: [&str; 4] = ["fatal_error", "internal_error", "service_unavailable", "team_added_to_org"];
/// The answer says which one in `needed`.
const SCOPE: &str = "missing_scope";

/// Adds to the manifest what the refusals of the token endpoint mean.
pub(crate) fn refusals(manifest: Manifest) -> Manifest {
    let rule = |advice, code, errors: &[&str]| FailureRule::status(200, advice, code).with_body("/error", errors);
    manifest
        .failure(rule(Advice::Reauthorize, "grant-gone", &GONE))
        .failure(rule(Advice::Misconfigured, "client-refused", &CLIENT))
        .failure(rule(Advice::Retry(None), "rate-limited", &LIMITED))
        .failure(rule(Advice::ProviderDown, "slack-failed", &DOWN))
        .failure(rule(Advice::InsufficientScope(vec!["/needed".to_owned()]), SCOPE, &[SCOPE]))
}

/// The answer, where it is no refusal.
pub(crate) fn accepted(response: &Response) -> Result<Json, Failure> {
    let answer = response.json()?;
    if answer.find("/ok").as_deref() == Some("true") {
        return Ok(answer);
    }
    let error = answer.find("/error").unwrap_or_default();
    let needed = answer.find("/needed").map(|needed| needed.split(',').map(|one| one.trim().to_owned()).collect());
    let is = |errors: &[&str]| errors.contains(&error.as_str());
    Err(if is(&GONE) {
        Failure::reauthorize(error, "Slack does not accept the token any more.")
    } else if is(&CLIENT) {
        Failure::misconfigured(error, "Slack refuses the app.")
    } else if is(&LIMITED) {
        Failure::retry(None, error, "Slack asks to call it less often.")
    } else if is(&DOWN) {
        Failure::provider_down(error, "Slack failed to answer.")
    } else if error == SCOPE {
        Failure::insufficient_scope(needed.unwrap_or_default(), "Slack asks for a scope that was not granted.")
    } else {
        Failure::unexpected("Slack refused, with a reason this connector does not know.")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn advice(body: &str) -> Advice {
        accepted(&Response { status: 200, headers: Vec::new(), body: body.into() }).unwrap_err().advice
    }

    #[test]
    fn an_error_says_what_to_do() {
        assert_eq!(advice(r#"{"ok":false,"error":"account_inactive"}"#), Advice::Reauthorize);
        assert_eq!(advice(r#"{"ok":false,"error":"ratelimited"}"#), Advice::Retry(None));
        assert_eq!(advice(r#"{"ok":false,"error":"internal_error"}"#), Advice::ProviderDown);
        let needed = r#"{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"users:read"}"#;
        assert_eq!(advice(needed), Advice::InsufficientScope(vec!["chat:write".into()]));
        assert!(matches!(advice(r#"{"ok":false}"#), Advice::Other(_)));
    }
}
