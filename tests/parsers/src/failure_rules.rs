//! Which of a manifest's rules an answer of an API belongs to.

use jackfield_auth::failures::{LONGEST_WAIT, classify, retry_after};
use jackfield_model::{failure::Advice, manifest::FailureRule};
use jiff::Timestamp;

use crate::given;

/// The first rule that matches by itself is the one, and it matches by what it states.
pub fn failure_rules(bytes: &[u8]) {
    let Some(answer) = given::answer(bytes) else { return };
    let (status, headers, body) = (answer.status(), answer.headers(), answer.body());
    let rules = rules();
    let alone: Vec<bool> =
        rules.iter().map(|rule| classify(std::slice::from_ref(rule), status, headers, body).is_some()).collect();
    let first = alone.iter().position(|matches| *matches);
    let found = classify(&rules, status, headers, body);
    assert_eq!(found, first.and_then(|first| rules.get(first)));
    for (rule, matches) in rules.iter().zip(alone) {
        let by_status = rule.statuses.is_empty() || rule.statuses.contains(&status.as_u16());
        let named = rule.header.as_ref().is_none_or(|(name, _)| headers.contains_key(name.as_str()));
        assert!(!matches || (by_status && named), "{rule:?} matches {status} {headers:?}");
        // A body that is no JSON matches no rule that looks into it.
        let is_json = serde_json::from_slice::<serde_json::Value>(body).is_ok();
        assert!(!matches || rule.body.is_none() || is_json, "{rule:?} matches a body that cannot be read");
        if rule.header.is_none() && rule.body.is_none() {
            assert_eq!(matches, by_status, "{rule:?}");
        }
    }
    if let Some(wait) = retry_after(headers, None, Timestamp::UNIX_EPOCH) {
        assert!(!wait.is_negative() && wait <= LONGEST_WAIT, "{wait}");
    }
}

/// Rules of every kind: by status, header, body, and by several of them.
fn rules() -> Vec<FailureRule> {
    let rule =
        |statuses: &[u16], header: Option<(&str, &str)>, body: Option<(&str, &[&str])>, code: &str| FailureRule {
            statuses: statuses.to_vec(),
            header: header.map(|(name, text)| (name.into(), text.into())),
            body: body.map(|(pointer, values)| (pointer.into(), values.iter().map(|value| (*value).into()).collect())),
            advice: Advice::Reauthorize,
            code: code.into(),
        };
    vec![
        rule(&[401], None, Some(("/0/errorCode", &["INVALID_SESSION_ID"])), "session"),
        rule(&[400, 403], Some(("x-limit", "exhausted")), Some(("/error", &[])), "limit with a reason"),
        rule(&[], Some(("x-limit", "exhausted")), None, "limit"),
        rule(&[200], None, Some(("/ok", &["false"])), "envelope"),
        rule(&[], None, Some(("/error/a~1b", &["1", "true"])), "escaped pointer"),
        rule(&[], None, Some(("", &["down"])), "the whole body"),
        rule(&[401, 403], None, None, "status"),
    ]
}
