//! Tests of the authorization request: the standard's own, and what providers bend.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
use super::*;
use crate::fixtures::{self, parameter, rename};

const CALLBACK: &str = "https://jf.example/oauth/callback/example/cli_01";

fn entropy() -> Entropy {
    Entropy { state: [1; 32], verifier: [2; 32], nonce: [3; 32] }
}

fn asked_with(
    oauth2: &OAuth2,
    manifest: &Manifest,
    endpoints: &Endpoints,
    scopes: &[&str],
) -> Result<Asked, AuthorizeError> {
    let fields = BTreeMap::from([("workspace".to_owned(), "W 1".to_owned())]);
    let scopes: ScopeSet = scopes.iter().map(|&scope| scope.to_owned()).collect();
    let inputs = Inputs { fields: &fields, client_fields: &fields, client_id: Some("client-1") };
    ask(&Ask { manifest, oauth2, endpoints, inputs, redirect_uri: CALLBACK, scopes: &scopes }, &entropy())
}

fn asked(oauth2: &OAuth2, scopes: &[&str]) -> Result<Asked, AuthorizeError> {
    asked_with(oauth2, &fixtures::manifest(), &fixtures::endpoints(), scopes)
}

fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

#[test]
fn core_1_only_the_code_response_type_is_sent() {
    let asked = asked(&fixtures::oauth2(), &["read", "write"]).unwrap();
    let sent = query(&asked.url);
    assert!(asked.url.starts_with("https://as.example/authorize?response_type=code&client_id=client-1&state="));
    assert_eq!(sent["redirect_uri"], CALLBACK);
    assert_eq!(sent["scope"], "read write");
    assert_eq!(sent["state"], asked.state.expose());
    assert!(!sent.contains_key("nonce"));
}

#[test]
fn core_1_rules_that_ask_for_another_grant_are_refused() {
    for name in HOST_ONLY {
        let mut rules = fixtures::oauth2();
        rules.authorize.parameters = vec![parameter(name, "token")];
        assert_eq!(asked(&rules, &[]).unwrap_err(), AuthorizeError::Reserved(name.into()));
        let mut rules = fixtures::oauth2();
        rules.authorize.renames = vec![rename("display", Some(name))];
        assert_eq!(check(&rules.authorize), Err(AuthorizeError::Reserved(name.into())));
    }
    let endpoints = Endpoints {
        authorize: Some("https://as.example/authorize?response_type=token".into()),
        ..fixtures::endpoints()
    };
    let refused = asked_with(&fixtures::oauth2(), &fixtures::manifest(), &endpoints, &[]).unwrap_err();
    assert_eq!(refused, AuthorizeError::Reserved("response_type".into()));
}

#[test]
fn pkce_1_every_request_carries_a_fresh_s256_challenge() {
    let asked = asked(&fixtures::oauth2(), &[]).unwrap();
    let verifier = asked.verifier.unwrap();
    assert_eq!(verifier.expose().len(), 43);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.expose().as_bytes());
    let sent = query(&asked.url);
    assert_eq!(sent["code_challenge"], BASE64URL_NOPAD.encode(digest.as_ref()));
    assert_eq!(sent["code_challenge_method"], "S256");
    assert!(!asked.url.contains(verifier.expose()));
}

#[test]
fn pkce_1_the_challenge_is_that_of_rfc_7636_appendix_b() {
    let octets = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
        240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    let (manifest, oauth2, endpoints) = (fixtures::manifest(), fixtures::oauth2(), fixtures::endpoints());
    let (fields, scopes) = (BTreeMap::new(), ScopeSet::new());
    let inputs = Inputs { fields: &fields, client_fields: &fields, client_id: Some("c") };
    let ask_for = Ask {
        manifest: &manifest,
        oauth2: &oauth2,
        endpoints: &endpoints,
        inputs,
        redirect_uri: CALLBACK,
        scopes: &scopes,
    };
    let asked = ask(&ask_for, &Entropy { verifier: octets, ..entropy() }).unwrap();
    assert_eq!(asked.verifier.unwrap().expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(query(&asked.url)["code_challenge"], "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn pkce_2_plain_is_never_sent_and_no_rule_can_ask_for_it() {
    for name in ["code_challenge", "code_challenge_method"] {
        for to in [None, Some("x_ignored")] {
            let mut rules = fixtures::oauth2();
            rules.authorize.renames = vec![rename(name, to)];
            assert_eq!(asked(&rules, &[]).unwrap_err(), AuthorizeError::Protection(name.into()));
        }
        let mut rules = fixtures::oauth2();
        rules.authorize.emptied = vec![name.into()];
        assert_eq!(asked(&rules, &[]).unwrap_err(), AuthorizeError::Protection(name.into()));
        let mut rules = fixtures::oauth2();
        rules.authorize.parameters = vec![parameter(name, "plain")];
        assert_eq!(asked(&rules, &[]).unwrap_err(), AuthorizeError::Reserved(name.into()));
    }
}

#[test]
fn pkce_3_without_pkce_state_and_nonce_still_bind() {
    let mut rules = fixtures::oauth2();
    rules.authorize.pkce = Pkce::Unsupported("the provider answers 400 to code_challenge".into());
    let asked = asked(&rules, &["openid"]).unwrap();
    let sent = query(&asked.url);
    assert!(
        asked.verifier.is_none() && !sent.contains_key("code_challenge") && !sent.contains_key("code_challenge_method")
    );
    assert_eq!(sent["state"], asked.state.expose());
    assert_eq!(sent["nonce"], asked.nonce.unwrap().expose());
}

#[test]
fn st_1_state_is_256_random_bits_and_cannot_be_left_out() {
    let asked = asked(&fixtures::oauth2(), &[]).unwrap();
    assert_eq!(BASE64URL_NOPAD.decode(asked.state.expose().as_bytes()).unwrap(), [1; 32]);
    let mut rules = fixtures::oauth2();
    rules.authorize.renames = vec![rename("state", None)];
    assert_eq!(check(&rules.authorize), Err(AuthorizeError::Protection("state".into())));
}

#[test]
fn id_1_a_nonce_goes_out_exactly_with_openid() {
    let with = asked(&fixtures::oauth2(), &["openid", "email"]).unwrap();
    assert_eq!(query(&with.url)["nonce"], with.nonce.unwrap().expose());
    assert!(asked(&fixtures::oauth2(), &["email"]).unwrap().nonce.is_none());
}

#[test]
fn lk_2_what_binds_the_answer_does_not_print() {
    assert_eq!(format!("{:?}", asked(&fixtures::oauth2(), &[]).unwrap()), "Asked { .. }");
}

#[test]
fn google_takes_further_parameters() {
    let mut rules = fixtures::oauth2();
    rules.authorize.parameters = vec![parameter("access_type", "offline"), parameter("team", "{workspace}")];
    let asked = asked(&rules, &[]).unwrap();
    assert!(asked.url.ends_with("&access_type=offline&team=W+1"), "{}", asked.url);
}

#[test]
fn slack_has_two_lists_with_commas() {
    let mut manifest = fixtures::manifest();
    manifest.scopes = vec![
        fixtures::scope("chat:write", ""),
        fixtures::scope("files:read", ""),
        fixtures::scope("user/search:read", "user"),
        fixtures::scope("user/chat:write", "user"),
    ];
    let mut rules = fixtures::oauth2();
    rules.authorize.scope_separator = ",".into();
    rules.authorize.scope_lists = vec![("user".into(), "user_scope".into())];
    let scopes = ["chat:write", "files:read", "user/chat:write", "user/search:read"];
    let asked = asked_with(&rules, &manifest, &fixtures::endpoints(), &scopes).unwrap();
    let sent = query(&asked.url);
    assert_eq!(sent["scope"], "chat:write,files:read");
    assert_eq!(sent["user_scope"], "chat:write,search:read");
}

#[test]
fn monday_leaves_the_response_type_out_and_tiktok_renames_the_client() {
    let mut rules = fixtures::oauth2();
    rules.authorize.renames = vec![rename("response_type", None), rename("client_id", Some("client_key"))];
    let sent = query(&asked(&rules, &[]).unwrap().url);
    assert!(!sent.contains_key("response_type") && !sent.contains_key("client_id"));
    assert_eq!(sent["client_key"], "client-1");
}

#[test]
fn an_endpoint_that_no_server_would_hear_of_is_refused() {
    for endpoint in ["https://as.example/authorize#here", "opaque:authorize ?", "not a URL"] {
        let endpoints = Endpoints { authorize: Some(endpoint.into()), ..fixtures::endpoints() };
        let refused = asked_with(&fixtures::oauth2(), &fixtures::manifest(), &endpoints, &[]).unwrap_err();
        assert_eq!(refused, AuthorizeError::Malformed("authorization endpoint"), "{endpoint}");
    }
}

#[test]
fn shopline_asks_behind_a_fragment_route_with_other_names() {
    let mut rules = fixtures::oauth2();
    rules.authorize.fragment_route = Some("/oauth/authorize".into());
    rules.authorize.renames = vec![
        rename("client_id", Some("appKey")),
        rename("redirect_uri", Some("redirectUri")),
        rename("response_type", Some("responseType")),
        rename("state", Some("customField")),
    ];
    let asked = asked(&rules, &[]).unwrap();
    let start = format!(
        "https://as.example/authorize#/oauth/authorize?responseType=code&appKey=client-1&customField={}",
        asked.state.expose()
    );
    assert!(asked.url.starts_with(&start), "{}", asked.url);
}

#[test]
fn pennylane_keeps_its_plus_and_nothing_breaks_out_of_the_value() {
    let mut rules = fixtures::oauth2();
    rules.authorize.scope_separator = "+".into();
    rules.authorize.unencoded = vec!["scope".into()];
    let asked = asked(&rules, &["a:b", "c&x=1#", "d e"]).unwrap();
    assert!(asked.url.ends_with("&scope=a:b+c%26x=1%23+d%20e"), "{}", asked.url);
}

#[test]
fn emptied_parameters_are_sent_empty() {
    let mut rules = fixtures::oauth2();
    rules.authorize.emptied = vec!["scope".into(), "display".into()];
    let sent = query(&asked(&rules, &["read"]).unwrap().url);
    assert_eq!((sent["scope"].as_str(), sent["display"].as_str()), ("", ""));
}

#[test]
fn a_query_of_the_endpoint_stays() {
    let endpoints = Endpoints { authorize: Some("https://as.example/a?tenant=x%26y".into()), ..fixtures::endpoints() };
    let asked = asked_with(&fixtures::oauth2(), &fixtures::manifest(), &endpoints, &[]).unwrap();
    assert!(asked.url.starts_with("https://as.example/a?tenant=x%26y&response_type=code&"), "{}", asked.url);
}

#[test]
fn what_is_missing_is_named() {
    let endpoints = Endpoints { authorize: None, ..fixtures::endpoints() };
    let refused = asked_with(&fixtures::oauth2(), &fixtures::manifest(), &endpoints, &[]).unwrap_err();
    assert_eq!(refused, AuthorizeError::NoEndpoint);
    let mut rules = fixtures::oauth2();
    rules.authorize.parameters = vec![parameter("x", "{absent}")];
    assert_eq!(asked(&rules, &[]).unwrap_err(), AuthorizeError::Unfilled(TemplateError::Missing("absent".into())));
}
