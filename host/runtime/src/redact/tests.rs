//! Token responses redacted and read back; every forged, misplaced or mistyped placeholder refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jackfield_model::{
    manifest::{KeptFrom, KeptValue, TokenResponseRules, TokenSource},
    pattern::Pattern,
};
use serde_json::json;

use super::*;

const ACCESS: &str = "at-0123456789abcdef";
const REFRESH: &str = "rt-fedcba9876543210";

fn declared() -> TokenResponseRules {
    let kept = |key: &str, pointer: &str, pattern: &str| KeptValue {
        key: key.into(),
        place: KeptFrom::Response(pointer.into()),
        pattern: Pattern::new(pattern).unwrap(),
    };
    TokenResponseRules {
        keep: vec![kept("team", "/team/id", "T[0-9]{1,10}"), kept("anything", "/any", ".*")],
        ..TokenResponseRules::standard()
    }
}

fn counting() -> Random {
    let count = AtomicU64::new(1);
    Arc::new(move |bytes: &mut [u8]| {
        let number = count.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.fill(0);
        bytes[..8].copy_from_slice(&number);
    })
}

fn response(body: &Value) -> Response<Vec<u8>> {
    Response::builder()
        .header("content-type", "application/json")
        .header("x-trace", ACCESS)
        .body(serde_json::to_vec(body).unwrap())
        .unwrap()
}

fn body() -> Value {
    json!({"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": "a b", "team": {"id": "T12", "name": "Acme"}, "any": ACCESS, "extra": true, "list": [1, "x"]})
}

fn redacted() -> (Redacted, Value) {
    let redacted = redact(&response(&body()), &ReadingRules::of(&declared()), &[], &counting());
    let seen = serde_json::from_slice(&redacted.body).unwrap();
    (redacted, seen)
}

fn text(seen: &Value, pointer: &str) -> String {
    seen.pointer(pointer).unwrap().as_str().unwrap().to_owned()
}

fn honest(seen: &Value) -> Claimed {
    Claimed {
        access_token: text(seen, "/access_token"),
        refresh_token: Some(text(seen, "/refresh_token")),
        expires: Some(text(seen, "/expires_in")),
        scope: Some(text(seen, "/scope")),
        kept: vec![("team".into(), text(seen, "/team/id"))],
        extras: vec![],
    }
}

fn read(change: impl FnOnce(&mut Claimed, &Value)) -> Result<ReadTokens, &'static str> {
    let (redacted, seen) = redacted();
    let mut claimed = honest(&seen);
    change(&mut claimed, &seen);
    redacted
        .table
        .read(&claimed, &ReadingRules::of(&declared()), Some(&Secret::new("client-secret-1".into())))
        .map_err(|denial| denial.rule)
}

#[test]
fn a_hook_sees_the_shape_and_no_value() {
    let (redacted, seen) = redacted();
    let whole = format!("{} {:?}", String::from_utf8_lossy(&redacted.body), redacted.headers);
    for hidden in [ACCESS, REFRESH, "3600", "a b", "Acme", "true", "extra", "list", "x-trace", "application/json"] {
        assert!(!whole.contains(hidden), "{hidden} in {whole}");
    }
    assert_eq!(seen.pointer("/team/id").unwrap(), "T12", "an approved public value is shown");
    let lengths: std::collections::BTreeSet<usize> = redacted.table.held.keys().map(String::len).collect();
    assert_eq!(lengths.len(), 1);
    assert!(text(&seen, "/any").starts_with(PREFIX), "a public place that holds a token is not public");
}

#[test]
fn honest_placeholders_become_what_they_stand_for() {
    let tokens = read(|_, _| ()).unwrap();
    assert_eq!(tokens.access_token.expose(), ACCESS);
    assert_eq!(tokens.refresh_token.unwrap().expose(), REFRESH);
    assert_eq!((tokens.expires.unwrap(), tokens.scope.unwrap()), ("3600".into(), "a b".into()));
    assert_eq!(tokens.kept, BTreeMap::from([("team".to_owned(), "T12".to_owned())]));
}

#[test]
fn forged_placeholders_are_refused() {
    let forged = format!("{PREFIX}{}", "0".repeat(32));
    assert_eq!(read(|claimed, _| claimed.access_token = forged.clone()).unwrap_err(), "placeholder-forged");
    assert_eq!(read(|claimed, _| claimed.access_token = "hard-coded".into()).unwrap_err(), "placeholder-forged");
    assert_eq!(read(|claimed, _| claimed.scope = Some("admin".into())).unwrap_err(), "placeholder-forged");
    assert_eq!(
        read(|claimed, _| claimed.kept = vec![("team".into(), "T99".into())]).unwrap_err(),
        "placeholder-forged"
    );
}

#[test]
fn placeholders_fill_what_their_kind_may_fill() {
    assert_eq!(
        read(|claimed, seen| claimed.access_token = text(seen, "/refresh_token")).unwrap_err(),
        "placeholder-kind"
    );
    assert_eq!(
        read(|claimed, seen| claimed.scope = Some(text(seen, "/access_token"))).unwrap_err(),
        "placeholder-kind"
    );
    assert_eq!(
        read(|claimed, seen| claimed.expires = Some(text(seen, "/refresh_token"))).unwrap_err(),
        "placeholder-kind"
    );
    assert_eq!(
        read(|claimed, seen| claimed.kept = vec![("anything".into(), text(seen, "/any"))]).unwrap_err(),
        "placeholder-kind"
    );
    assert_eq!(
        read(|claimed, seen| claimed.kept = vec![("team".into(), text(seen, "/scope"))]).unwrap_err(),
        "kept-value"
    );
    assert_eq!(
        read(|claimed, seen| claimed.kept = vec![("other".into(), text(seen, "/scope"))]).unwrap_err(),
        "kept-value"
    );
    let name = |seen: &Value| seen.as_object().unwrap().keys().find(|key| key.starts_with(PREFIX)).unwrap().clone();
    assert_eq!(read(|claimed, seen| claimed.access_token = name(seen)).unwrap_err(), "placeholder-kind");
}

#[test]
fn extras_and_other_texts_hold_no_placeholder() {
    assert_eq!(
        read(|claimed, seen| claimed.extras = vec![("x".into(), text(seen, "/scope"))]).unwrap_err(),
        "extras-unknown"
    );
    let (_, seen) = redacted();
    assert_eq!(forbid("a log line", &format!("got {}", text(&seen, "/scope"))).unwrap_err().rule, "placeholder-forged");
    assert_eq!(forbid("a log line", "got nothing"), Ok(()));
}

#[test]
fn a_client_secret_that_comes_back_is_no_access_token() {
    let rules = ReadingRules::of(&declared());
    let redacted = redact(&response(&json!({"access_token": "client-secret-1"})), &rules, &[], &counting());
    let seen: Value = serde_json::from_slice(&redacted.body).unwrap();
    let claimed = Claimed { access_token: text(&seen, "/access_token"), ..Claimed::default() };
    assert_eq!(
        redacted.table.read(&claimed, &rules, Some(&Secret::new("client-secret-1".into()))).unwrap_err().rule,
        "placeholder-kind"
    );
}

#[test]
fn tokens_in_headers_cookies_and_whole_bodies_are_placeholders_too() {
    let mut declared = declared();
    declared.access_token = TokenSource::Cookie("session".into());
    declared.refresh_token = TokenSource::Header("X-Refresh".into());
    let response = Response::builder()
        .header("set-cookie", "session=abc-secret; HttpOnly")
        .header("set-cookie", "track=xyz")
        .header("x-refresh", "rt-secret")
        .body(b"plain-text-token".to_vec())
        .unwrap();
    let redacted = redact(&response, &ReadingRules::of(&declared), &[], &counting());
    let shown = format!("{:?} {}", redacted.headers, String::from_utf8_lossy(&redacted.body));
    for hidden in ["abc-secret", "rt-secret", "plain-text-token", "track", "xyz"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    let cookie = redacted.headers.iter().find_map(|(_, value)| value.strip_prefix("session=")).unwrap();
    let claimed = Claimed { access_token: cookie.to_owned(), ..Claimed::default() };
    assert_eq!(
        redacted.table.read(&claimed, &ReadingRules::of(&declared), None).unwrap().access_token.expose(),
        "abc-secret"
    );
}

#[test]
fn a_token_in_a_header_shows_in_no_public_place_and_a_short_one_in_none_of_its_own() {
    let mut declared = declared();
    declared.refresh_token = TokenSource::Header("X-Refresh".into());
    let rules = ReadingRules::of(&declared);
    for (access, any, shown) in
        [(ACCESS, "T-header-token-1", false), ("x7", "x7", false), ("x7", "Acme x7", true), (ACCESS, "Acme", true)]
    {
        let body = serde_json::to_vec(&json!({"access_token": access, "any": any})).unwrap();
        let response = Response::builder().header("x-refresh", "header-token-1").body(body).unwrap();
        let redacted = redact(&response, &rules, &[], &counting());
        let seen: Value = serde_json::from_slice(&redacted.body).unwrap();
        assert_eq!(text(&seen, "/any") == any, shown, "{any} beside {access}: {seen}");
    }
}

#[test]
fn a_form_body_keeps_its_shape() {
    let response = Response::new(b"access_token=at-secret-1&scope=repo&odd=1".to_vec());
    let redacted = redact(&response, &ReadingRules::of(&declared()), &[], &counting());
    let seen = String::from_utf8(redacted.body).unwrap();
    assert!(seen.starts_with("access_token=jfph-") && !seen.contains("at-secret") && !seen.contains("odd"), "{seen}");
}

/// The ways a secret may come back beside its own place.
fn spellings(secret: &str) -> Vec<String> {
    let plain = secret.as_bytes();
    let percent = plain.iter().flat_map(|byte| ["%".to_owned(), data_encoding::HEXLOWER.encode(&[*byte])]).collect();
    let base64 = |skipped: usize| data_encoding::BASE64.encode(&[&b"xy"[..skipped], plain].concat());
    vec![
        secret.to_owned(),
        format!("T-{secret}"),
        base64(0),
        base64(1),
        base64(2),
        data_encoding::HEXLOWER.encode(plain),
        percent,
    ]
}

#[test]
fn a_public_place_in_which_a_secret_shows_is_not_public() {
    // Alike in no run: each is found for its own sake.
    const SENT: &str = "code-or-client-secret-zyxwvutsrq";
    let (rules, sent) = (ReadingRules::of(&declared()), Secret::new(SENT.to_owned()));
    for secret in [ACCESS, REFRESH, SENT] {
        for any in spellings(secret) {
            let json = json!({"access_token": ACCESS, "refresh_token": REFRESH, "any": any});
            let form = [("access_token", ACCESS), ("refresh_token", REFRESH), ("any", any.as_str())];
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            for answer in [response(&json), Response::new(form.into_bytes())] {
                let redacted = redact(&answer, &rules, &[&sent], &counting());
                let seen = String::from_utf8(redacted.body).unwrap();
                assert_eq!(seen.matches(PREFIX).count(), 3, "{any} in {seen}");
                assert!(redacted.table.shown.is_empty());
            }
        }
    }
    let honest =
        redact(&Response::new(b"access_token=at-0123456789abcdef&any=Acme".to_vec()), &rules, &[&sent], &counting());
    assert!(String::from_utf8(honest.body).unwrap().ends_with("&any=Acme"), "what is public is shown");
}
