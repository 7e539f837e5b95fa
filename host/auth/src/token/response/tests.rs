//! Tests of token responses: from every spelling a provider has to the same tokens.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a failed test is a panic")]
use jackfield_model::{
    manifest::{Envelope, ExpiryFormat, FailureRule, OAuth2},
    pattern::Pattern,
};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::{
    fixtures::{self, noon},
    provider_error::ErrorCode,
};

fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

fn json_response(status: u16, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    response(status, &[("content-type", "application/json;charset=UTF-8")], body)
}

fn read_by(oauth2: &OAuth2, failures: &[FailureRule], response: &Response<Vec<u8>>) -> Result<Tokens, TokenError> {
    let shown = Secret::new("shown-refresh-token-0001".into());
    read(response, &Reading { oauth2, failures, token: "", rate_limit: None, shown: &[&shown], sent_at: noon() })
}

fn read_plain(response: &Response<Vec<u8>>) -> Result<Tokens, TokenError> {
    read_by(&fixtures::oauth2(), &[], response)
}

fn refresh_by(oauth2: &OAuth2, body: &str) -> Result<RefreshOutcome, TokenError> {
    let reading = Reading { oauth2, failures: &[], token: "", rate_limit: None, shown: &[], sent_at: noon() };
    read_refresh(&json_response(200, body), &reading)
}

fn pointer(text: &str) -> TokenSource {
    TokenSource::Pointer(text.into())
}

fn set(scopes: &[&str]) -> ScopeSet {
    scopes.iter().map(|&scope| scope.to_owned()).collect()
}

#[test]
fn the_example_of_rfc_6749_is_read() {
    // Section 5.1, with the token type a client knows.
    let body = r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,
        "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}"#;
    let tokens = read_plain(&json_response(200, body)).unwrap();
    assert_eq!(tokens.access_token.expose(), "2YotnFZFEjr1zCsicMWpAA");
    assert_eq!(tokens.refresh_token.unwrap().expose(), "tGzv3JOkF0XG5Qx2TlKWIA");
    assert_eq!(tokens.expiry.unwrap().at.duration_since(noon()), SignedDuration::from_secs(3600));
    assert_eq!((tokens.scopes, tokens.id_token.is_none()), (None, true));
}

#[test]
fn core_6_odd_members_do_not_crash_and_odd_types_are_never_used() {
    for body in [
        r#"{"access_token":"t","unknown":{"deep":[1,2,{}]}}"#,
        r#"{"access_token":"x","access_token":"t"}"#,
        r#"{"access_token":"t","refresh_token":7,"scope":{"a":1},"id_token":[],"expires_in":{}}"#,
        r#"{"access_token":"t","token_type":null,"refresh_token":null,"scope":null,"iat":1}"#,
        "\u{feff}{\"access_token\":\"t\"}",
    ] {
        let tokens = read_plain(&json_response(200, body)).unwrap();
        assert_eq!((tokens.access_token.expose(), tokens.refresh_token, tokens.scopes), ("t", None, None), "{body}");
    }
    for (body, expected) in [
        (r#"{"access_token":"t","token_type":"mac"}"#.to_owned(), Unusable::TokenType),
        (r#"{"access_token":"t","token_type":"DPoP"}"#.to_owned(), Unusable::TokenType),
        (r#"{"access_token":"t","token_type":"N_A"}"#.to_owned(), Unusable::TokenType),
        (r#"{"access_token":"a\nb"}"#.to_owned(), Unusable::BadToken),
        (r#"{"access_token":"a\u0000b"}"#.to_owned(), Unusable::BadToken),
        (r#"{"access_token":"é"}"#.to_owned(), Unusable::BadToken),
        (format!(r#"{{"access_token":"{}"}}"#, "a".repeat(TOKEN_LIMIT + 1)), Unusable::BadToken),
        (format!(r#"{{"access_token":"{}"}}"#, "a".repeat(1 << 20)), Unusable::TooLarge),
        (format!("{}{}", "[".repeat(5000), "]".repeat(5000)), Unusable::TooLarge),
        (r#"{"access_token":17}"#.to_owned(), Unusable::NoToken),
        (r#"{"access_token":""}"#.to_owned(), Unusable::NoToken),
        ("{}".to_owned(), Unusable::NoToken),
        ("[]".to_owned(), Unusable::NoToken),
        (r#"{"access_token":"t""#.to_owned(), Unusable::Unreadable),
    ] {
        let error = read_plain(&json_response(200, body)).unwrap_err();
        assert_eq!(error, TokenError::Unusable(expected));
    }
}

#[test]
fn core_7_the_token_type_is_compared_without_case() {
    for name in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let body = format!(r#"{{"access_token":"t","token_type":"{name}"}}"#);
        assert!(read_plain(&json_response(200, body)).is_ok(), "{name}");
    }
}

#[test]
fn core_8_granted_scopes_are_told_from_requested_ones() {
    let mut manifest = fixtures::manifest();
    manifest.scopes = vec![fixtures::scope("a", ""), fixtures::scope("b", ""), fixtures::scope("c", "")];
    for (member, granted, stated, missing, unasked) in [
        ("", &["a", "b"][..], false, &[][..], &[][..]),
        (r#","scope":"b a""#, &["a", "b"], true, &[], &[]),
        (r#","scope":"a""#, &["a"], true, &["b"], &[]),
        (r#","scope":"a b c""#, &["a", "b", "c"], true, &[], &["c"]),
        (r#","scope":["b"]"#, &["b"], true, &["a"], &[]),
        (r#","scope":"""#, &[], true, &["a", "b"], &[]),
        (r#","scope":"a b\u0000x""#, &["a"], true, &["b"], &[]),
        (r#","scope":17"#, &["a", "b"], false, &[], &[]),
    ] {
        let tokens = read_plain(&json_response(200, format!(r#"{{"access_token":"t"{member}}}"#))).unwrap();
        let grant = tokens.grant(set(&["a", "b"]), &fixtures::oauth2());
        assert_eq!((&grant.granted, grant.stated), (&set(granted), stated), "{member}");
        assert_eq!((grant.missing(&manifest), grant.unasked(&manifest)), (set(missing), set(unasked)), "{member}");
    }
}

#[test]
fn core_8_no_more_scopes_are_kept_than_a_record_holds() {
    let many: Vec<String> = (0..5000).map(|index| format!("scope-{index}")).collect();
    for stated in [serde_json::json!(many), serde_json::json!(many.join(" ")), serde_json::json!("x".repeat(50_000))] {
        let body = serde_json::json!({ "access_token": "t", "scope": stated }).to_string();
        let scopes = read_plain(&json_response(200, body)).unwrap().scopes.unwrap();
        assert!(scopes.iter().map(String::len).sum::<usize>() <= SCOPES_LIMIT);
    }
}

#[test]
fn core_9_errors_at_the_token_endpoint_are_a_closed_set() {
    let error = read_plain(&json_response(400, r#"{"error":"odd_one","error_description":"x\u0007y"}"#)).unwrap_err();
    let TokenError::Refused { status: 400, error } = error else { panic!("{error:?}") };
    assert_eq!((error.code, error.text.as_deref()), (ErrorCode::Unknown, Some("odd_one: x y")));
}

#[test]
fn core_10_the_refresh_token_is_replaced_when_one_comes_and_kept_when_none_does() {
    let old = || TokenSet {
        fields: SecretFields::from([("k".into(), Secret::new("v".into()))]),
        ..TokenSet::single(Secret::new("a1".into()), Some(Secret::new("r1".into())))
    };
    for (body, access, refresh) in [
        (r#"{"access_token":"a2","refresh_token":"r2"}"#, "a2", "r2"),
        (r#"{"access_token":"a2"}"#, "a2", "r1"),
        (r#"{"access_token":"a2","refresh_token":""}"#, "a2", "r1"),
        (r#"{"access_token":"a2","refresh_token":null}"#, "a2", "r1"),
    ] {
        let new = refresh_by(&fixtures::oauth2(), body).unwrap().into_token_set(old());
        let stored = (new.access_token.expose(), new.refresh_token.as_ref().unwrap().expose());
        assert_eq!(stored, (access, refresh), "{body}");
        assert!(new.fields.contains_key("k"));
    }
}

#[test]
fn ref_4_lifetimes_count_from_sending_whatever_the_providers_date_says() {
    let headers = [("content-type", "application/json"), ("date", "Sun, 01 Mar 2026 12:10:00 GMT")];
    let tokens = read_plain(&response(200, &headers, r#"{"access_token":"t","expires_in":"600"}"#)).unwrap();
    assert_eq!(tokens.expiry.unwrap().at, "2026-03-01T12:10:00Z".parse().unwrap());
}

#[test]
fn github_answers_a_form_with_commas() {
    let mut rules = fixtures::oauth2();
    rules.response.scope_format = ScopeFormat::Separated(",".into());
    let form = "access_token=gho_16C7e42F&scope=repo%2Cgist&token_type=bearer";
    for kind in ["application/x-www-form-urlencoded; charset=utf-8", "text/plain"] {
        let tokens = read_by(&rules, &[], &response(200, &[("content-type", kind)], form)).unwrap();
        assert_eq!((tokens.access_token.expose(), tokens.scopes), ("gho_16C7e42F", Some(set(&["gist", "repo"]))));
        assert_eq!(tokens.expiry, None);
    }
    let error = "error=bad_verification_code&error_description=The+code+is+incorrect+or+expired.";
    let error = read_by(&rules, &[], &response(200, &[], error)).unwrap_err();
    assert!(matches!(error, TokenError::Refused { status: 200, .. }), "{error:?}");
}

#[test]
fn slack_says_in_an_envelope_that_it_failed_and_nests_its_token() {
    let mut rules = fixtures::oauth2();
    rules.response.access_token = pointer("/authed_user/access_token");
    rules.response.token_type = "/authed_user/token_type".into();
    rules.response.envelope = Some(Envelope {
        success: "/ok".into(),
        success_values: vec!["true".into()],
        payload: String::new(),
        error: "/error".into(),
        message: String::new(),
    });
    let good = r#"{"ok":true,"authed_user":{"id":"U1","access_token":"xoxp-1","token_type":"user"}}"#;
    assert_eq!(read_by(&rules, &[], &json_response(200, good)).unwrap_err(), TokenError::Unusable(Unusable::TokenType));
    rules.response.token_type = "/none".into();
    assert_eq!(read_by(&rules, &[], &json_response(200, good)).unwrap().access_token.expose(), "xoxp-1");
    let failed = read_by(&rules, &[], &json_response(200, r#"{"ok":false,"error":"invalid_code"}"#)).unwrap_err();
    assert!(
        matches!(&failed, TokenError::Refused { error, .. } if error.text.as_deref() == Some("invalid_code")),
        "{failed:?}"
    );
}

#[test]
fn tiktok_business_wraps_its_payload_and_withings_its_body() {
    let mut rules = fixtures::oauth2();
    rules.response.envelope = Some(Envelope {
        success: "/code".into(),
        success_values: vec!["0".into()],
        payload: "/data".into(),
        error: "/code".into(),
        message: "/message".into(),
    });
    let good = r#"{"code":0,"message":"OK","data":{"access_token":"t","scope":[4,"a"]}}"#;
    assert_eq!(read_by(&rules, &[], &json_response(200, good)).unwrap().access_token.expose(), "t");
    let bad = r#"{"code":40002,"message":"Auth code is wrong","data":{}}"#;
    let failed = read_by(&rules, &[], &json_response(200, bad)).unwrap_err();
    let TokenError::Refused { error, .. } = failed else { panic!("{failed:?}") };
    assert_eq!(error.text.as_deref(), Some("40002: Auth code is wrong"));
    let missing = read_by(&rules, &[], &json_response(200, r#"{"access_token":"t"}"#));
    assert!(missing.is_err());
}

#[test]
fn tokens_come_as_headers_cookies_and_whole_bodies() {
    let mut rules = fixtures::oauth2();
    rules.response.access_token = TokenSource::WholeBody;
    let whole = response(200, &[("content-type", "text/plain")], " eyJ.whole.body\n");
    assert_eq!(read_by(&rules, &[], &whole).unwrap().access_token.expose(), "eyJ.whole.body");
    assert!(read_by(&rules, &[], &response(200, &[], "<html>")).is_err());

    rules.response.access_token = TokenSource::Cookie("B1SESSION".into());
    rules.response.refresh_token = TokenSource::Header("x-renew".into());
    let headers =
        [("set-cookie", "A=1; Path=/"), ("set-cookie", "B1SESSION=abc-1; HttpOnly; Path=/"), ("x-renew", "r")];
    let tokens = read_by(&rules, &[], &response(200, &headers, "")).unwrap();
    assert_eq!((tokens.access_token.expose(), tokens.refresh_token.unwrap().expose()), ("abc-1", "r"));
}

#[test]
fn sentry_answers_201_with_its_own_names_and_a_date() {
    let mut rules = fixtures::oauth2();
    rules.response.access_token = pointer("/token");
    rules.response.refresh_token = pointer("/refreshToken");
    rules.response.expires = "/expiresAt".into();
    rules.response.expiry = ExpiryFormat::IsoDate;
    let body = r#"{"token":"t","refreshToken":"r","expiresAt":"2026-03-01T20:00:00.000000Z"}"#;
    let tokens = read_by(&rules, &[], &json_response(201, body)).unwrap();
    assert_eq!(tokens.expiry.unwrap().at, "2026-03-01T20:00:00Z".parse().unwrap());
}

#[test]
fn coros_extends_the_token_there_is() {
    let mut rules = fixtures::oauth2();
    rules.refresh.without_token = WithoutToken::Extends;
    rules.response.expiry = ExpiryFormat::Assumed(2_592_000);
    rules.response.envelope = Some(Envelope {
        success: "/result".into(),
        success_values: vec!["0000".into()],
        payload: String::new(),
        error: "/result".into(),
        message: "/message".into(),
    });
    let outcome = refresh_by(&rules, r#"{"result":"0000","message":"OK"}"#).unwrap();
    assert!(matches!(outcome, RefreshOutcome::Extended { expiry: Some(_) }));
    let old = TokenSet::single(Secret::new("a".into()), None);
    assert_eq!(outcome.into_token_set(old).access_token.expose(), "a");
    assert!(refresh_by(&rules, r#"{"result":"5001"}"#).is_err());
    assert!(refresh_by(&rules, "<html>").is_err());
    rules.refresh.without_token = WithoutToken::IsFailure;
    let failed = refresh_by(&rules, r#"{"result":"0000"}"#).unwrap_err();
    assert_eq!(failed, TokenError::Unusable(Unusable::NoToken));
}

#[test]
fn a_refresh_that_states_no_scope_leaves_the_grant() {
    let before = Grant { requested: set(&["a", "b"]), granted: set(&["a"]), stated: true };
    let same =
        refresh_by(&fixtures::oauth2(), r#"{"access_token":"t"}"#).unwrap().grant(before.clone(), &fixtures::oauth2());
    assert_eq!(same, before);
    let wider = refresh_by(&fixtures::oauth2(), r#"{"access_token":"t","scope":"a b"}"#)
        .unwrap()
        .grant(before, &fixtures::oauth2());
    assert_eq!(wider.granted, set(&["a", "b"]));
}

#[test]
fn salesforce_values_are_kept_by_pattern_and_never_a_secret() {
    let kept = |key: &str, at: &str, pattern: &str| KeptValue {
        key: key.into(),
        place: KeptFrom::Response(at.into()),
        pattern: Pattern::new(pattern).unwrap(),
    };
    let mut rules = fixtures::oauth2();
    rules.response.keep = vec![
        kept("instance", "/instance_url", r"https://[a-z0-9-]+\.my\.salesforce\.com"),
        kept("number", "/n", "[0-9]+"),
        kept("whole", "/access_token", ".*"),
        kept("part", "/part", ".*"),
        kept("echo", "/echo", ".*"),
        kept("long", "/long", ".*"),
        kept("object", "/object", ".*"),
        kept("absent", "/absent", ".*"),
    ];
    let body = serde_json::json!({
        "access_token": "at-0123456789-abcdef", "instance_url": "https://acme.my.salesforce.com", "n": 7,
        "part": "see 0123456789-a", "echo": "shown-refresh-token-0001", "long": "x".repeat(129), "object": {"a": 1},
    });
    let tokens = read_by(&rules, &[], &json_response(200, body.to_string())).unwrap();
    assert_eq!(
        (tokens.kept["instance"].as_str(), tokens.kept["number"].as_str()),
        ("https://acme.my.salesforce.com", "7")
    );
    assert_eq!(tokens.kept.len(), 2);
    assert_eq!(tokens.refused, ["whole", "part", "echo", "long", "object"]);
}

#[test]
fn lk_1_no_error_holds_a_body_or_a_secret() {
    let secret = "shown-refresh-token-0001";
    let canary = "canary-9f8e7d6c5b4a";
    for (status, body) in [
        (200, format!(r#"{{"access_token":17,"x":"{canary}"}}"#)),
        (200, format!(r#"{{"access_token":"{canary}","token_type":"mac"}}"#)),
        (200, format!("{{\"access_token\":\"{canary}\\n\"}}")),
        (200, format!(r#"{{"access_token":"{canary}","#)),
        (500, canary.to_owned()),
        (400, format!(r#"{{"error":"invalid_grant","error_description":"no {secret}","raw":"{canary}"}}"#)),
        (400, format!(r#"{{"error":"{secret}"}}"#)),
    ] {
        let error = read_plain(&json_response(status, body)).unwrap_err();
        let printed = format!("{error:?} {error} {:?}", error.failure());
        assert!(!printed.contains(canary) && !printed.contains(secret), "{printed}");
    }
}

#[test]
fn lk_2_tokens_do_not_print() {
    let body = r#"{"access_token":"canary-at","refresh_token":"canary-rt","id_token":"canary-id"}"#;
    let printed = format!("{:?}", read_plain(&json_response(200, body)).unwrap());
    assert!(!printed.contains("canary"), "{printed}");
}

proptest! {
    #[test]
    fn any_body_is_read_without_panic(status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_plain(&response(status, &[], body));
    }

    #[test]
    fn any_token_like_body_is_read_without_panic(
        body in r#"\{("(access_token|expires_in|scope|token_type|error|id_token)":("[a-z .]{0,5}"|-?[0-9]{1,25}(\.[0-9]{1,3})?|null|\[\]|\{\}),){0,5}"access_token":"t"\}"#
    ) {
        let _ = read_plain(&json_response(200, body));
    }
}
