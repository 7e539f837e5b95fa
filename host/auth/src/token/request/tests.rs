//! Tests of token requests: the RFCs' own examples, and the providers' deviations.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
use std::collections::BTreeMap;

use data_encoding::BASE64;
use jackfield_model::{manifest::OAuth2, session::Endpoints};

use super::*;
use crate::{
    fields::Inputs,
    fixtures::{self, parameter, rename},
};

const REDIRECT: &str = "https://jf.example/oauth/callback/github/cli_01?x=%2F";

struct Sent {
    request: Request<Vec<u8>>,
    pairs: BTreeMap<String, String>,
}

fn sent(request: Request<Vec<u8>>) -> Sent {
    let pairs = form_urlencoded::parse(request.body()).into_owned().collect();
    Sent { request, pairs }
}

fn made(
    oauth2: &OAuth2,
    endpoints: &Endpoints,
    id: &str,
    secret: Option<&str>,
    make: impl FnOnce(&Call<'_>) -> Result<Request<Vec<u8>>, RequestError>,
) -> Result<Sent, RequestError> {
    let (manifest, empty) = (fixtures::manifest(), BTreeMap::new());
    let fields = BTreeMap::from([("region".to_owned(), "eu 1".to_owned())]);
    let secret = secret.map(|secret| Secret::new(secret.to_owned()));
    let inputs = Inputs { fields: &fields, client_fields: &empty, client_id: Some(id) };
    make(&Call { manifest: &manifest, oauth2, endpoints, inputs, client_secret: secret.as_ref() }).map(sent)
}

fn exchanged(oauth2: &OAuth2) -> Result<Sent, RequestError> {
    made(oauth2, &fixtures::endpoints(), "client-1", Some("shh"), |call| {
        exchange(call, &Secret::new("the code".into()), REDIRECT, Some(&Secret::new("v".repeat(43))))
    })
}

fn refreshed(oauth2: &OAuth2, grant: &Grant) -> Result<Sent, RequestError> {
    let tokens = TokenSet::single(Secret::new("at".into()), Some(Secret::new("rt".into())));
    made(oauth2, &fixtures::endpoints(), "client-1", Some("shh"), |call| refresh(call, &tokens, grant))
}

fn set(scopes: &[&str]) -> ScopeSet {
    scopes.iter().map(|&scope| scope.to_owned()).collect()
}

#[test]
fn the_example_of_rfc_6749_is_built() {
    // Section 4.1.3, with the client of section 2.3.1.
    let sent =
        made(&fixtures::oauth2(), &fixtures::endpoints(), "s6BhdRkqt3", Some("7Fjfp0ZBr1KtDRbnfVdmIw"), |call| {
            exchange(call, &Secret::new("SplxlOBeZQQYbYS6WxSbIA".into()), "https://client.example.com/cb", None)
        });
    let request = sent.unwrap().request;
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://as.example/token");
    assert_eq!(request.headers()["authorization"], "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        String::from_utf8(request.into_body()).unwrap(),
        "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb"
    );
}

#[test]
fn core_2_the_redirect_uri_is_repeated_byte_for_byte() {
    assert_eq!(exchanged(&fixtures::oauth2()).unwrap().pairs["redirect_uri"], REDIRECT);
    for odd in ["https://jf.example", "https://jf.example:443/cb", "HTTPS://JF.example/%7Ea"] {
        let sent = made(&fixtures::oauth2(), &fixtures::endpoints(), "c", None, |call| {
            exchange(call, &Secret::new("c".into()), odd, None)
        });
        assert_eq!(sent.unwrap().pairs["redirect_uri"], odd);
    }
    let mut rules = fixtures::oauth2();
    rules.request.parameters = vec![parameter("redirect_uri", "https://evil.example")];
    assert_eq!(exchanged(&rules).err(), Some(RequestError::Reserved("redirect_uri".into())));
}

#[test]
fn core_3_basic_encodes_id_and_secret_before_base64() {
    let sent = made(&fixtures::oauth2(), &fixtures::endpoints(), "weird id:/+%", Some("p:w d&é"), |call| {
        exchange(call, &Secret::new("c".into()), REDIRECT, None)
    });
    let request = sent.unwrap().request;
    let value = request.headers()["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
    let decoded = String::from_utf8(BASE64.decode(value.as_bytes()).unwrap()).unwrap();
    assert_eq!(decoded, "weird+id%3A%2F%2B%25:p%3Aw+d%26%C3%A9");
}

#[test]
fn core_4_exactly_one_client_authentication_and_no_secret_in_the_uri() {
    for auth in [ClientAuth::Basic, ClientAuth::Body, ClientAuth::None] {
        let mut rules = fixtures::oauth2();
        rules.request.client_auth = auth;
        let Sent { request, pairs } = exchanged(&rules).unwrap();
        let in_header = request.headers().contains_key("authorization");
        assert_eq!(in_header, auth == ClientAuth::Basic, "{auth:?}");
        assert_eq!(pairs.contains_key("client_secret"), auth == ClientAuth::Body, "{auth:?}");
        assert_eq!(pairs.contains_key("client_id"), auth != ClientAuth::Basic, "{auth:?}");
        assert_eq!(request.uri().query(), None, "{auth:?}");
    }
    let mut rules = fixtures::oauth2();
    rules.request.client_auth = ClientAuth::Custom;
    assert_eq!(exchanged(&rules).err(), Some(RequestError::Custom));
    rules.request.client_auth = ClientAuth::None;
    rules.request.parameters = vec![parameter("client_secret", "x")];
    assert_eq!(exchanged(&rules).err(), Some(RequestError::Reserved("client_secret".into())));
}

#[test]
fn core_5_tokens_are_asked_for_by_post() {
    assert_eq!(exchanged(&fixtures::oauth2()).unwrap().request.method(), Method::POST);
    let mut rules = fixtures::oauth2();
    rules.request.get_because = Some("the provider answers 405 to POST".into());
    assert_eq!(exchanged(&rules).unwrap().request.method(), Method::GET);
}

#[test]
fn core_11_a_refresh_repeats_no_scope_outside_the_grant() {
    let grant = Grant { requested: set(&["a", "b", "offline_access"]), granted: set(&["a", "wider"]), stated: true };
    assert!(!refreshed(&fixtures::oauth2(), &grant).unwrap().pairs.contains_key("scope"));
    let mut rules = fixtures::oauth2();
    rules.refresh.repeat_scope = true;
    assert_eq!(refreshed(&rules, &grant).unwrap().pairs["scope"], "a offline_access");
}

#[test]
fn pkce_1_the_verifier_goes_to_the_token_endpoint() {
    assert_eq!(exchanged(&fixtures::oauth2()).unwrap().pairs["code_verifier"], "v".repeat(43));
}

#[test]
fn the_refresh_example_of_rfc_6749_is_built() {
    // Section 6.
    let sent = refreshed(&fixtures::oauth2(), &Grant::default()).unwrap();
    assert_eq!(sent.request.body(), b"grant_type=refresh_token&refresh_token=rt");
}

#[test]
fn client_credentials_ask_with_the_scopes() {
    // RFC 6749 section 4.4.2.
    let mut rules = fixtures::oauth2();
    rules.authorize.scope_separator = ",".into();
    let sent = made(&rules, &fixtures::endpoints(), "c", Some("s"), |call| client_credentials(call, &set(&["a", "b"])));
    assert_eq!(sent.unwrap().request.body(), b"grant_type=client_credentials&scope=a%2Cb");
    rules.refresh.using = RefreshUsing::SameGrant;
    let again = refreshed(&rules, &Grant::new(set(&["a"]), None)).unwrap();
    assert_eq!(again.request.body(), b"grant_type=client_credentials&scope=a");
}

#[test]
fn notion_takes_json_with_basic() {
    let mut rules = fixtures::oauth2();
    rules.request.body = BodyFormat::Json;
    let request = exchanged(&rules).unwrap().request;
    assert_eq!(request.headers()["content-type"], "application/json");
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!((body["grant_type"].as_str(), body["code"].as_str()), (Some("authorization_code"), Some("the code")));
    assert!(body.get("client_secret").is_none());
}

#[test]
fn tiktok_business_renames_everything() {
    let mut rules = fixtures::oauth2();
    rules.request.client_auth = ClientAuth::Body;
    rules.request.body = BodyFormat::Json;
    rules.request.renames = vec![
        rename("client_id", Some("app_id")),
        rename("client_secret", Some("secret")),
        rename("code", Some("auth_code")),
        rename("grant_type", None),
        rename("redirect_uri", None),
        rename("code_verifier", None),
    ];
    let request = exchanged(&rules).unwrap().request;
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body, serde_json::json!({"app_id": "client-1", "secret": "shh", "auth_code": "the code"}));
}

#[test]
fn untappd_asks_by_get_in_the_query() {
    let mut rules = fixtures::oauth2();
    rules.request.client_auth = ClientAuth::Body;
    rules.request.body = BodyFormat::Query("documented so".into());
    rules.request.get_because = Some("documented so".into());
    let request = exchanged(&rules).unwrap().request;
    assert!(request.body().is_empty() && !request.headers().contains_key("content-type"));
    assert!(request.uri().query().unwrap().contains("code=the+code&"), "{}", request.uri());
}

#[test]
fn basecamp_adds_parameters_and_replaces_them_at_refresh() {
    let mut rules = fixtures::oauth2();
    rules.request.parameters = vec![parameter("type", "web_server"), parameter("where", "{region}")];
    rules.request.headers = vec![parameter("User-Agent", "Jackfield ({region})")];
    rules.refresh.parameters = vec![parameter("type", "refresh")];
    let first = exchanged(&rules).unwrap();
    assert_eq!((first.pairs["type"].as_str(), first.pairs["where"].as_str()), ("web_server", "eu 1"));
    assert_eq!(first.request.headers()["user-agent"], "Jackfield (eu 1)");
    assert_eq!(refreshed(&rules, &Grant::default()).unwrap().pairs["type"], "refresh");
}

#[test]
fn instagram_is_refreshed_with_its_own_access_token() {
    let mut rules = fixtures::oauth2();
    rules.refresh.using = RefreshUsing::AccessToken;
    rules.refresh.parameters = vec![parameter("grant_type", "ig_refresh_token")];
    rules.request.renames = vec![rename("refresh_token", Some("access_token"))];
    let pairs = refreshed(&rules, &Grant::default()).unwrap().pairs;
    assert_eq!((pairs["grant_type"].as_str(), pairs["access_token"].as_str()), ("ig_refresh_token", "at"));
    assert!(!pairs.contains_key("refresh_token"));
    rules.refresh.using = RefreshUsing::None;
    assert_eq!(refreshed(&rules, &Grant::default()).err(), Some(RequestError::NotRefreshable));
}

#[test]
fn figma_refreshes_elsewhere() {
    let endpoints = Endpoints { refresh: Some("https://as.example/refresh?v=1".into()), ..fixtures::endpoints() };
    let tokens = TokenSet::single(Secret::new("a".into()), None);
    let none = made(&fixtures::oauth2(), &endpoints, "c", None, |call| refresh(call, &tokens, &Grant::default()));
    assert_eq!(none.err(), Some(RequestError::NotRefreshable));
    let tokens = TokenSet { refresh_token: Some(Secret::new("r".into())), ..tokens };
    let sent = made(&fixtures::oauth2(), &endpoints, "c", None, |call| refresh(call, &tokens, &Grant::default()));
    assert_eq!(sent.unwrap().request.uri(), "https://as.example/refresh?v=1");
}

#[test]
fn headers_of_the_host_stay_the_hosts() {
    for name in HOST_HEADERS {
        let mut rules = fixtures::oauth2();
        rules.request.headers = vec![parameter(name, "x")];
        assert_eq!(exchanged(&rules).err(), Some(RequestError::Reserved(name.into())));
    }
    let mut rules = fixtures::oauth2();
    rules.request.headers = vec![parameter("x-a", "a\r\nb")];
    assert_eq!(exchanged(&rules).err(), Some(RequestError::Malformed("header value")));
}

#[test]
fn lk_1_the_authorization_header_does_not_print() {
    let request = exchanged(&fixtures::oauth2()).unwrap().request;
    assert!(request.headers()["authorization"].is_sensitive());
    assert!(!format!("{:?}", request.headers()).contains("Basic"));
}
