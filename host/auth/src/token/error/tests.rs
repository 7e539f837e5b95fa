//! Tests of refusals: the class each answer of a token endpoint belongs to.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use http::Response;

use super::*;
use crate::{
    fixtures::{self, noon},
    token::{Reading, read},
};

/// Status, body and class.
const CLASSES: [(u16, &str, &str); 23] = [
    (400, r#"{"error":"invalid_grant"}"#, "grant"),
    // Atlassian refuses a refresh with 403, GitHub errs with 200.
    (403, r#"{"error":"invalid_grant"}"#, "grant"),
    (200, r#"{"error":"invalid_grant"}"#, "grant"),
    (401, r#"{"error":"invalid_client"}"#, "client"),
    (400, r#"{"error":"unauthorized_client"}"#, "client"),
    (400, r#"{"error":"temporarily_unavailable"}"#, "transient"),
    (408, "", "transient"),
    (429, "<html>", "limited"),
    (429, r#"{"error":"invalid_grant"}"#, "limited"),
    (400, r#"{"error":"server_error"}"#, "down"),
    (500, r#"{"error":"invalid_grant"}"#, "down"),
    (502, "<html>Bad gateway</html>", "down"),
    (503, "", "down"),
    // Glewlwyd answers a bad code with 403 and a reused token with an empty body.
    (403, r#"{"error":"invalid_code"}"#, "refused"),
    (400, "", "refused"),
    (404, "<html>", "refused"),
    (401, "Unauthorized", "refused"),
    (400, r#"{"error":{"message":"nested","code":190}}"#, "refused"),
    (400, r#"{"error":"invalid_scope"}"#, "refused"),
    (302, "", "unusable"),
    (200, "<!doctype html><p>login", "unusable"),
    (200, "", "unusable"),
    (200, "ok", "unusable"),
];

fn refused(failures: &[FailureRule], status: u16, wait: Option<&str>, body: &str) -> TokenError {
    let mut response = Response::builder().status(status).body(body.into()).unwrap();
    if let Some(wait) = wait {
        response.headers_mut().insert("retry-after", wait.parse().unwrap());
    }
    let oauth2 = fixtures::oauth2();
    read(&response, &Reading { oauth2: &oauth2, failures, token: "", rate_limit: None, shown: &[], sent_at: noon() })
        .unwrap_err()
}

#[test]
fn core_12_each_refusal_has_its_class() {
    let wait = Some(SignedDuration::from_secs(7));
    for (status, body, expected) in CLASSES {
        let error = refused(&[], status, Some("7"), body);
        let found = match &error {
            TokenError::InvalidGrant(_) => "grant",
            TokenError::ClientMisconfigured(_) => "client",
            TokenError::Transient { retry_after } if *retry_after == wait => "transient",
            TokenError::RateLimited { retry_after } if *retry_after == wait => "limited",
            TokenError::ProviderDown { retry_after, .. } if *retry_after == wait => "down",
            TokenError::Refused { .. } => "refused",
            TokenError::Unusable(_) => "unusable",
            _ => "other",
        };
        assert_eq!(found, expected, "{status} {body}");
    }
}

#[test]
fn core_12_an_unusable_success_and_a_lost_gateway_leave_the_outcome_unknown() {
    for (status, body, unknown) in
        [(200, "<html>", true), (502, "", true), (504, "", true), (500, "", false), (503, "", false), (400, "", false)]
    {
        assert_eq!(refused(&[], status, None, body).outcome_is_unknown(), unknown, "{status}");
    }
}

#[test]
fn the_manifests_rules_say_what_a_refusal_means() {
    let rule = |statuses: &[u16], body: Option<(&str, &str)>, advice| FailureRule {
        statuses: statuses.to_vec(),
        header: None,
        body: body.map(|(pointer, value)| (pointer.into(), vec![value.into()])),
        advice,
        code: "declared".into(),
    };
    let rules = [
        rule(&[403], None, Advice::InsufficientScope(vec!["x".into()])),
        rule(&[], Some(("/error", "bad_refresh_token")), Advice::Reauthorize),
        rule(&[400], Some(("/error", "busy")), Advice::Retry(Some(1500))),
        rule(&[418], None, Advice::Unsupported),
    ];
    let class = |status, body: &str| refused(&rules, status, None, body);
    assert!(matches!(class(200, r#"{"error":"bad_refresh_token"}"#), TokenError::InvalidGrant(_)));
    assert_eq!(
        class(400, r#"{"error":"busy"}"#),
        TokenError::Transient { retry_after: Some(SignedDuration::from_millis(1500)) }
    );
    assert_eq!(class(403, "{}"), TokenError::ScopeMissing(vec!["x".into()]));
    assert!(matches!(class(403, r#"{"error":"invalid_grant"}"#), TokenError::InvalidGrant(_)));
    assert!(matches!(class(418, ""), TokenError::Unsupported(error) if error.text.as_deref() == Some("declared")));
}
