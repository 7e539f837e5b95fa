//! Tests of endpoints: pinned, announced, filled, and kept inside their domain.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use std::collections::BTreeMap;

use super::*;
use crate::{fixtures, metadata};

fn with(oauth2: &OAuth2, pairs: &[(&str, &str)], metadata: Option<&Metadata>) -> Result<Endpoints, EndpointError> {
    let values: BTreeMap<String, String> = pairs.iter().map(|&(key, value)| (key.into(), value.into())).collect();
    let inputs = Inputs { fields: &values, client_fields: &values, client_id: None };
    resolve(oauth2, &inputs, metadata, Plain::Refused)
}

fn shopify() -> OAuth2 {
    OAuth2 {
        authorize_url: Some(fixtures::template("https://{shop}.myshopify.com/admin/oauth/authorize")),
        token_url: Some(fixtures::template("https://{shop}.myshopify.com/admin/oauth/access_token")),
        ..fixtures::oauth2()
    }
}

fn announced() -> Metadata {
    let document = br#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/a",
        "token_endpoint":"https://as.example/t","jwks_uri":"https://as.example/k",
        "authorization_response_iss_parameter_supported":true,"id_token_signing_alg_values_supported":["RS256"]}"#;
    metadata::read("https://as.example", document, Plain::Refused).unwrap()
}

#[test]
fn a_field_fills_one_label_of_a_declared_domain() {
    let endpoints = with(&shopify(), &[("shop", "acme-2")], None).unwrap();
    assert_eq!(endpoints.token, "https://acme-2.myshopify.com/admin/oauth/access_token");
}

#[test]
fn a_field_cannot_leave_the_declared_domain() {
    for value in ["evil.example/", "a.b", "x#", "x?", "u@h", "", "-a", "a:1", "%2f", "é", "a\\b", "x y"] {
        let refused = with(&shopify(), &[("shop", value)], None).unwrap_err();
        assert!(matches!(refused, EndpointError::UnsafeValue { .. }), "{value}: {refused}");
    }
    let missing = with(&shopify(), &[], None).unwrap_err();
    assert!(matches!(missing, EndpointError::Unfilled { .. }));
}

#[test]
fn a_field_in_a_path_is_one_plain_piece() {
    let oauth2 =
        OAuth2 { token_url: Some(fixtures::template("https://login.example/{tenant}/token")), ..fixtures::oauth2() };
    assert_eq!(
        with(&oauth2, &[("tenant", "contoso.example")], None).unwrap().token,
        "https://login.example/contoso.example/token"
    );
    for value in ["..", ".", "a/b", "a?b", "a#b", "%2e%2e", ""] {
        assert!(with(&oauth2, &[("tenant", value)], None).is_err(), "{value}");
    }
}

#[test]
fn core_5_an_endpoint_is_https_and_loopback_is_plain_only_under_the_setting() {
    for text in ["https://as.example/t", "https://127.0.0.1:1/t"] {
        assert!(checked("token", text, Plain::Refused).is_ok(), "{text}");
    }
    for text in
        ["http://as.example/t", "ftp://as.example", "as.example", "https://u:p@as.example", "https://as.example/#f"]
    {
        assert!(checked("token", text, Plain::LoopbackAllowed).is_err(), "{text}");
    }
    for text in ["http://127.0.0.1:9401/t", "http://[::1]:9401/t", "http://localhost:9401/t"] {
        assert!(checked("token", text, Plain::LoopbackAllowed).is_ok(), "{text}");
        assert_eq!(checked("token", text, Plain::Refused), Err(EndpointError::NotHttps { which: "token" }), "{text}");
    }
}

#[test]
fn st_9_endpoints_come_from_the_metadata_of_one_issuer() {
    let oauth2 = OAuth2 { issuer: Some(fixtures::template("{client.issuer}")), ..fixtures::oauth2() };
    let metadata = announced();
    let endpoints = with(&oauth2, &[("issuer", "https://as.example")], Some(&metadata)).unwrap();
    assert_eq!(endpoints.authorize.as_deref(), Some("https://as.example/a"));
    assert_eq!((endpoints.token.as_str(), endpoints.iss_in_callback), ("https://as.example/t", true));
    assert_eq!(endpoints.issuer.as_deref(), Some("https://as.example"));
    let foreign = with(&oauth2, &[("issuer", "https://other.example")], Some(&metadata));
    assert_eq!(foreign, Err(EndpointError::ForeignMetadata));
    assert_eq!(with(&shopify(), &[("shop", "a")], Some(&metadata)), Err(EndpointError::ForeignMetadata));
}

#[test]
fn st_9_what_the_operator_approved_in_the_manifest_is_not_replaced_by_metadata() {
    let issuer = Some(fixtures::template("https://as.example"));
    let token_url = Some(fixtures::template("https://as.example/pinned"));
    let oauth2 = OAuth2 { issuer, token_url, ..fixtures::oauth2() };
    assert_eq!(with(&oauth2, &[], Some(&announced())).unwrap().token, "https://as.example/pinned");
}

#[test]
fn st_8_endpoints_are_a_record_that_later_fields_do_not_change() {
    let recorded = with(&shopify(), &[("shop", "acme")], None).unwrap();
    let copy = recorded.clone();
    let later = with(&shopify(), &[("shop", "other")], None).unwrap();
    assert!(recorded == copy && recorded.token != later.token);
    let (manifest, rules, values) =
        (fixtures::manifest(), shopify(), BTreeMap::from([("shop".into(), "other".into())]));
    let call = fixtures::call(&manifest, &rules, &recorded, &values, None);
    let code = jackfield_model::secret::Secret::new("c".into());
    let request = crate::token::exchange(&call, &code, "https://jf.example/cb", None).unwrap();
    assert_eq!(request.uri().host(), Some("acme.myshopify.com"));
}

#[test]
fn a_method_without_a_token_endpoint_says_so() {
    assert_eq!(with(&fixtures::oauth2(), &[], None), Err(EndpointError::Missing { which: "token" }));
}
