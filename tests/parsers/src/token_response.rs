//! What a token endpoint answers, in every form that providers give it.

use std::sync::LazyLock;

use http::Response;
use jackfield_auth::token::{Reading, RefreshOutcome, TokenError, Tokens, read, read_refresh};
use jackfield_model::{
    credential::{Credential, SecretFields},
    failure::Advice,
    manifest::{
        ClientAuth, Envelope, ExpiryFormat, FailureRule, KeptFrom, KeptValue, OAuth2, ScopeFormat, TokenRules,
        TokenSource, WithoutToken,
    },
    pattern::Pattern,
    secret::Secret,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::given;

/// The rules a response is read by: one deviation or more each.
static RULES: LazyLock<Vec<OAuth2>> = LazyLock::new(|| {
    let standard = || OAuth2::standard(ClientAuth::Basic);
    let mut all = vec![standard(), enveloped(standard()), extended(standard())];
    for source in [TokenSource::WholeBody, TokenSource::Header("x-token".into()), TokenSource::Cookie("token".into())] {
        let mut rules = standard();
        rules.response.access_token = source;
        all.push(rules);
    }
    for expiry in [
        ExpiryFormat::Milliseconds,
        ExpiryFormat::EpochSeconds,
        ExpiryFormat::EpochMilliseconds,
        ExpiryFormat::IsoDate,
        ExpiryFormat::Jwt,
        ExpiryFormat::Assumed(3600),
    ] {
        let mut rules = standard();
        rules.response.expiry = expiry;
        all.push(rules);
    }
    all
});

/// Several tokens inside an envelope with a success code of its own.
fn enveloped(mut rules: OAuth2) -> OAuth2 {
    let token = |name: &str, under: &str, scope_list: &str| TokenRules {
        name: name.into(),
        under: under.into(),
        bearer: name.into(),
        scope_list: scope_list.into(),
    };
    rules.response.tokens = vec![token("bot", "", ""), token("user", "/authed_user", "user")];
    rules.response.scope_format = ScopeFormat::Separated(",".into());
    rules.response.envelope = Some(Envelope {
        success: "/ok".into(),
        success_values: vec!["true".into()],
        payload: String::new(),
        error: "/error".into(),
        message: "/message".into(),
    });
    rules
}

/// Values are kept from it, and an answer without a token extends the old one.
fn extended(mut rules: OAuth2) -> OAuth2 {
    let place = KeptFrom::Response("/instance".into());
    let pattern = Pattern::new(".*").ok();
    rules.response.keep =
        pattern.map(|pattern| KeptValue { key: "instance".into(), place, pattern }).into_iter().collect();
    rules.refresh.without_token = WithoutToken::Extends;
    rules
}

fn failures() -> Vec<FailureRule> {
    let rule = |body: Option<(&str, &str)>, advice| FailureRule {
        statuses: vec![],
        header: None,
        body: body.map(|(pointer, value)| (pointer.to_owned(), vec![value.to_owned()])),
        advice,
        code: "declared".into(),
    };
    vec![
        rule(Some(("/error", "missing_scope")), Advice::InsufficientScope(vec!["/needed".into()])),
        rule(Some(("/error", "app_removed")), Advice::Reauthorize),
    ]
}

/// Whatever a token endpoint answers: usable tokens within their bounds, or a class of refusal that says no secret.
pub fn token_response(bytes: &[u8]) {
    let Some(answer) = given::answer(bytes) else { return };
    let sent_at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_772_359_200);
    let secrets = given::secrets();
    let shown: Vec<&Secret> = secrets.iter().collect();
    let failures = failures();
    for oauth2 in RULES.iter() {
        let asked: &[&str] = if oauth2.response.tokens.is_empty() { &[""] } else { &["bot", "user"] };
        for token in asked {
            let reading = Reading { oauth2, failures: &failures, token, rate_limit: None, shown: &shown, sent_at };
            match read_refresh(&answer, &reading) {
                Ok(RefreshOutcome::Replaced(tokens)) => usable(&tokens, &answer, sent_at),
                Ok(RefreshOutcome::Extended { expiry }) => {
                    assert_eq!(oauth2.refresh.without_token, WithoutToken::Extends);
                    assert!(expiry.is_none_or(|end| end.at > sent_at));
                }
                Err(error) => refused(&error, &answer),
            }
        }
        let reading = Reading { oauth2, failures: &failures, token: "", rate_limit: None, shown: &shown, sent_at };
        match read(&answer, &reading) {
            Ok(tokens) => {
                usable(&tokens, &answer, sent_at);
                tokens.further.iter().for_each(|token| usable(token, &answer, sent_at));
                let kept = Credential::Tokens(tokens.into_token_set(SecretFields::new())).to_sealable();
                assert!(kept.len() <= 24 * 1024, "{} bytes are too many for one sealed record", kept.len());
            }
            Err(error) => refused(&error, &answer),
        }
    }
    as_the_standard_has_it(&answer, sent_at);
}

fn usable(tokens: &Tokens, answer: &Response<Vec<u8>>, sent_at: Timestamp) {
    assert!(answer.status().is_success());
    let all = [Some(&tokens.access_token), tokens.refresh_token.as_ref(), tokens.id_token.as_ref()];
    for token in all.into_iter().flatten() {
        let text = token.expose();
        assert!((1..=10 * 1024).contains(&text.len()) && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
        // One that a mutation gave a field's name would be found beside that field.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if text.starts_with("canary-") && is_plain {
            assert!(!given::shows(&format!("{tokens:?}"), text));
            tokens.kept.values().for_each(|kept| assert!(!given::shows(kept, text), "{kept}"));
        }
    }
    let century = SignedDuration::from_hours(24 * 366 * 100);
    assert!(tokens.expiry.is_none_or(|end| end.at > sent_at && end.at.duration_since(sent_at) < century));
    assert!(tokens.scopes.iter().flatten().all(|scope| !scope.is_empty()));
    assert!(tokens.scopes.iter().flatten().map(String::len).sum::<usize>() <= 9 * 1024);
    tokens.scopes.iter().flatten().for_each(given::hides);
    for kept in tokens.kept.values() {
        assert!(kept.len() <= 128);
        given::hides(kept);
    }
}

fn refused(error: &TokenError, answer: &Response<Vec<u8>>) {
    let failure = error.failure();
    given::hides(format!("{error} {error:?} {failure:?}"));
    given::is_plain(&failure.message, 400);
    given::is_plain(&failure.code, 64);
    if let Some(wait) = error.retry_after() {
        assert!(!wait.is_negative() && wait <= SignedDuration::from_hours(24), "{wait}");
    }
    // A refusal that came with a refusing status was no rotation, but for the answers of gateways.
    if error.outcome_is_unknown() && !answer.status().is_success() {
        assert!(answer.status().is_redirection() || matches!(answer.status().as_u16(), 502 | 504), "{answer:?}");
    }
}

/// The plainest reading of the plainest answer (RFC 6749 section 5.1) is the same.
fn as_the_standard_has_it(answer: &Response<Vec<u8>>, sent_at: Timestamp) {
    let oauth2 = OAuth2::standard(ClientAuth::Basic);
    let reading = Reading { oauth2: &oauth2, failures: &[], token: "", rate_limit: None, shown: &[], sent_at };
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(answer.body()) else { return };
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let ours = read(answer, &reading);
    if let Ok(tokens) = &ours {
        assert_eq!(text("access_token"), Some(tokens.access_token.expose()));
        assert!(tokens.refresh_token.as_ref().is_none_or(|token| text("refresh_token") == Some(token.expose())));
    }
    let token = text("access_token").unwrap_or_default();
    let plain = (1..=1024).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let bearer = text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    let flat = members.values().all(|value| !value.is_array() && !value.is_object());
    if answer.status().as_u16() == 200 && plain && bearer && flat && answer.body().len() < 60 * 1024 {
        assert!(ours.is_ok(), "{ours:?}");
    }
}
