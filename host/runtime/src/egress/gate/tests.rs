//! The gate, rule by rule.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use jackfield_model::{
    credential::{Credential, TokenSet},
    manifest::{Placed, Placement},
    secret::Secret,
    template::Template,
};

use super::*;
use crate::egress::{
    AllowedRequest, PublicValues,
    placement::tests::{manifest, token_method},
    placements,
};

fn placed(name: &str, prefix: &str) -> Placed {
    Placed { name: Template::new(name).unwrap(), prefix: Template::new(prefix).unwrap(), secret: None }
}

fn in_header(name: &str, prefix: &str) -> Placement {
    Placement::Header(placed(name, prefix))
}

fn made(placement: Placement, credential: &Credential) -> Result<Placements, Denial> {
    placements(&manifest(vec![]), &token_method(vec![placement]), credential, &PublicValues::new())
}

fn typed(token: &str) -> Credential {
    Credential::Fields([("token".to_owned(), Secret::new(token.into()))].into())
}

fn gate(placement: Placement) -> Gate {
    let origin =
        |id: &str, url: &str, credential| AllowedOrigin { id: id.into(), origin: url.parse().unwrap(), credential };
    let request = |origin: &str, path: &str| AllowedRequest {
        methods: vec!["GET".into()],
        origin: origin.into(),
        path: path.into(),
    };
    Gate {
        connector: "github".into(),
        origins: vec![
            origin("api", "https://api.github.com", true),
            origin("status", "https://status.github.com", false),
        ],
        requests: Requests::Declared(vec![request("api", "/user"), request("status", "/**")]),
        placements: made(placement, &typed("ghp_s3cr3t")).unwrap(),
        egress: Arc::default(),
    }
}

fn rule(gate: &Gate, url: &str, credential: bool) -> Result<(), &'static str> {
    let url = Url::parse(url).unwrap();
    let asked = Asked { method: &Method::GET, url: &url, headers: &HeaderMap::new(), credential };
    gate.judge(&asked).map(drop).map_err(|denial| denial.rule)
}

#[test]
fn a_credential_goes_only_where_it_belongs() {
    let gate = gate(in_header("Authorization", "Bearer "));
    assert_eq!(rule(&gate, "https://api.github.com/user", true), Ok(()));
    assert_eq!(rule(&gate, "https://api.github.com:443/user?page=2", true), Ok(()));
    assert_eq!(rule(&gate, "https://status.github.com/now", false), Ok(()));
    assert_eq!(rule(&gate, "https://status.github.com/now", true), Err("credential-origin"));
    assert_eq!(rule(&gate, "https://api.github.com/user/keys", true), Err("request-not-declared"));
    for url in [
        "https://evil.example/user",
        "https://api.github.com.evil.example/user",
        "https://api.github.com:8443/user",
        "https://github.com/user",
    ] {
        assert_eq!(rule(&gate, url, true), Err("origin-not-declared"), "{url}");
    }
    assert_eq!(rule(&gate, "https://169.254.169.254/user", true), Err("private-address"));
    assert_eq!(rule(&gate, "https://api.github.com@evil.example/user", true), Err("user-info"));
    assert_eq!(rule(&gate, "https://api.github.com./user", true), Ok(()));
}

#[test]
fn what_carries_the_credential_is_the_hosts() {
    let gate = gate(Placement::Query(placed("api_key", "")));
    assert_eq!(rule(&gate, "https://api.github.com/user?api_key=mine", true), Err("query-owned"));
    assert_eq!(rule(&gate, "https://api.github.com/user?api%5Fkey=mine", true), Err("query-owned"));
    let mut url = Url::parse("https://api.github.com/user").unwrap();
    gate.place(&mut url, &mut HeaderMap::new()).unwrap();
    assert_eq!(url.as_str(), "https://api.github.com/user?api_key=ghp_s3cr3t");
}

#[test]
fn a_placed_header_is_sensitive_and_replaces() {
    let gate = gate(in_header("X-Api-Key", ""));
    let mut headers = HeaderMap::new();
    gate.place(&mut Url::parse("https://api.github.com/user").unwrap(), &mut headers).unwrap();
    let value = headers.get("x-api-key").unwrap();
    assert_eq!(value, "ghp_s3cr3t");
    assert!(value.is_sensitive());
    assert!(!format!("{headers:?}{gate:?}").contains("s3cr3t"));
}

#[test]
fn a_token_that_cannot_be_a_header_is_refused_without_being_shown() {
    let denial = made(in_header("X-Api-Key", ""), &typed("evil\r\nHost: x")).unwrap_err();
    assert_eq!(denial.rule, "header-value");
    assert!(!denial.to_string().contains("evil"));
}

#[test]
fn a_refresh_token_is_never_placed() {
    let tokens = TokenSet::single(Secret::new("at-123".into()), Some(Secret::new("rt-456".into())));
    let placed = made(in_header("X-Api-Key", ""), &Credential::Tokens(tokens));
    assert_eq!(placed.unwrap_err().rule, "credential-missing");
}
