//! What an error of Google's APIs means. Two shapes, often in one answer: `error.errors[].reason` of the older APIs
//! (<https://developers.google.com/workspace/gmail/api/guides/handle-errors>,
//! <https://developers.google.com/workspace/drive/api/guides/handle-errors>) and `error.status` with `error.details[].reason`
//! (<https://cloud.google.com/apis/design/errors>).

use jackfield_sdk::{Advice, FailureRule, Manifest};

/// A scope is missing, as the older shape says it.
const SCOPE: [&str; 3] = ["insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"];
/// A limit of the app or the person.
const LIMIT: [&str; 5] =
    ["rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"];
/// The API is off in the project, or an administrator forbids the app.
const PROJECT: [&str; 4] = ["accessNotConfigured", "SERVICE_DISABLED", "domainPolicy", "admin_policy_enforced"];
/// Where a reason is told.
const REASONS: [&str; 2] = ["/error/details/0/reason", "/error/errors/0/reason"];

/// Adds the failure rules to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    let mut manifest = manifest;
    for place in REASONS {
        let told =
            |advice, code: &str, reasons: &[&str]| FailureRule::status(403, advice, code).with_body(place, reasons);
        manifest = manifest
            .failure(told(Advice::InsufficientScope(Vec::new()), "scope-missing", &SCOPE))
            .failure(told(Advice::Retry(None), "rate-limited", &LIMIT))
            .failure(told(Advice::Misconfigured, "project-refused", &PROJECT));
    }
    manifest.failure(FailureRule::status(401, Advice::Reauthorize, "unauthenticated")).failure(FailureRule::status(
        429,
        Advice::Retry(None),
        "rate-limited",
    ))
}
