//! Tests of the callback: what a browser may bring back, and what is refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
use jackfield_model::{manifest::KeptValue, pattern::Pattern};
use proptest::prelude::*;

use super::*;
use crate::{fixtures, provider_error::ErrorCode};

fn read_with(query: &str, oauth2: &OAuth2, endpoints: &Endpoints) -> Result<Returned, CallbackError> {
    parse(query)?.read(oauth2, endpoints)
}

fn read(query: &str) -> Result<Returned, CallbackError> {
    read_with(query, &fixtures::oauth2(), &fixtures::endpoints())
}

#[test]
fn the_example_of_rfc_6749_is_read() {
    // Section 4.1.2.
    let query = "code=SplxlOBeZQQYbYS6WxSbIA&state=xyz";
    assert_eq!(parse(query).unwrap().state(&fixtures::oauth2()).unwrap().expose(), "xyz");
    assert_eq!(read(query).unwrap().code.expose(), "SplxlOBeZQQYbYS6WxSbIA");
}

#[test]
fn core_9_errors_at_the_callback_are_a_closed_set() {
    for (query, code, text) in [
        ("error=access_denied&state=xyz", ErrorCode::AccessDenied, None),
        ("error=server_error&error_description=a%0d%0ab", ErrorCode::ServerError, Some("a  b")),
        ("error=consent_required&code=stolen", ErrorCode::ConsentRequired, None),
        ("error=%3Cscript%3E", ErrorCode::Unknown, Some("<script>")),
    ] {
        let expected = ProviderError { code, text: text.map(str::to_owned) };
        assert_eq!(read(query).unwrap_err(), CallbackError::Provider(expected), "{query}");
    }
}

#[test]
fn st_7_the_issuer_must_be_the_one_asked() {
    let announcing = Endpoints { iss_in_callback: true, ..fixtures::endpoints() };
    let pinned = Endpoints { issuer: None, ..fixtures::endpoints() };
    let plain = fixtures::endpoints();
    let wrong = Some(CallbackError::WrongIssuer);
    for (query, endpoints, expected) in [
        ("code=c&iss=https%3A%2F%2Fas.example", &announcing, None),
        ("code=c", &announcing, Some(CallbackError::NoIssuer)),
        ("code=c&iss=", &announcing, Some(CallbackError::NoIssuer)),
        ("code=c&iss=https%3A%2F%2Fas.example%2F", &announcing, wrong.clone()),
        ("code=c&iss=https%3A%2F%2FAS.example", &plain, wrong.clone()),
        ("code=c&iss=https%3A%2F%2Fevil.example", &plain, wrong),
        ("code=c", &plain, None),
        ("code=c&iss=anything", &pinned, None),
    ] {
        let result = read_with(query, &fixtures::oauth2(), endpoints).err();
        assert_eq!(result, expected, "{query}");
    }
}

#[test]
fn st_7_the_issuer_is_checked_for_errors_too() {
    let announcing = Endpoints { iss_in_callback: true, ..fixtures::endpoints() };
    let result = read_with("error=access_denied&iss=https://evil.example", &fixtures::oauth2(), &announcing);
    assert_eq!(result.unwrap_err(), CallbackError::WrongIssuer);
    let result = read_with("error=access_denied", &fixtures::oauth2(), &announcing);
    assert_eq!(result.unwrap_err(), CallbackError::NoIssuer);
}

#[test]
fn repeated_long_and_empty_callbacks_are_refused() {
    assert_eq!(parse("code=a&code=b").unwrap_err(), CallbackError::Repeated);
    assert_eq!(parse("state=a&%73tate=b").unwrap_err(), CallbackError::Repeated);
    assert_eq!(parse(&format!("code={}", "a".repeat(QUERY_LIMIT))).unwrap_err(), CallbackError::TooLong);
    for query in ["", "state=x", "code=&state=x", "spapi_oauth_code=x"] {
        assert_eq!(read(query).unwrap_err(), CallbackError::NoCode, "{query}");
    }
    assert_eq!(read("code=a%0a").unwrap_err(), CallbackError::BadCode);
    assert!(parse("").unwrap().state(&fixtures::oauth2()).is_none());
}

#[test]
fn amazon_names_its_code_and_shopline_its_state_otherwise() {
    let mut rules = fixtures::oauth2();
    rules.authorize.code_parameter = Some("spapi_oauth_code".into());
    rules.authorize.renames = vec![fixtures::rename("state", Some("customField"))];
    let query = "spapi_oauth_code=c&customField=s&state=other";
    assert_eq!(read_with(query, &rules, &fixtures::endpoints()).unwrap().code.expose(), "c");
    assert_eq!(parse(query).unwrap().state(&rules).unwrap().expose(), "s");
}

#[test]
fn quickbooks_realm_is_kept_when_it_matches_its_pattern() {
    let mut rules = fixtures::oauth2();
    let pattern = Pattern::new("[0-9A-Za-z-]+").unwrap();
    rules.response.keep = vec![KeptValue { key: "realm".into(), place: KeptFrom::Callback("realmId".into()), pattern }];
    let read = |query: &str| read_with(query, &rules, &fixtures::endpoints());
    assert_eq!(read("code=c&realmId=123456789").unwrap().kept["realm"], "123456789");
    assert!(read("code=c").unwrap().kept.is_empty());
    for query in [
        "code=c&realmId=evil.example%2F".to_owned(),
        format!("code=c&realmId={}", "1".repeat(129)),
        "code=0123456789abcdef&realmId=0123456789abcdef".to_owned(),
        "code=c&state=0123456789abcdef&realmId=x3456789abcdefx".to_owned(),
    ] {
        assert_eq!(read(&query).unwrap_err(), CallbackError::Kept("realm".into()), "{query}");
    }
}

#[test]
fn lk_2_a_callback_does_not_print() {
    let parameters = parse("code=very-secret-code&state=s").unwrap();
    let returned = parameters.read(&fixtures::oauth2(), &fixtures::endpoints()).unwrap();
    let printed = format!("{parameters:?} {returned:?} {:?}", read("code=very-secret-code%0a").unwrap_err());
    assert!(!printed.contains("very-secret"), "{printed}");
}

proptest! {
    #[test]
    fn any_query_is_read_without_panic(query in ".{0,400}") {
        let _ = read(&query);
    }

    #[test]
    fn any_callback_like_query_is_read_without_panic(query in "((code|state|iss|error|error_description)=[a-z%0-9]{0,6}&){0,6}") {
        let _ = read(&query);
    }
}
