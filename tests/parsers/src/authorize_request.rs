//! The URL that a browser is sent to, from an endpoint and scopes that others wrote.

use std::collections::BTreeMap;

use jackfield_auth::{
    authorize::{Ask, Entropy, ask},
    fields::Inputs,
};
use jackfield_model::{
    manifest::{ClientAuth, Manifest, OAuth2},
    scope::ScopeSet,
    session::Endpoints,
};
use url::Url;

use crate::given;

const REDIRECT: &str = "https://connect.example/oauth/callback/cli_1";

/// The first line is an endpoint, every other a scope: what protects the flow stands in the URL once, and nowhere else.
pub fn authorize_request(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let mut lines = text.lines();
    let Some(endpoint) = lines.next() else { return };
    let scopes: ScopeSet = lines.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    let (manifest, oauth2) = (Manifest::bare("example"), OAuth2::standard(ClientAuth::Basic));
    let endpoints = Endpoints { authorize: Some(endpoint.to_owned()), ..Endpoints::default() };
    let fields = BTreeMap::new();
    let inputs = Inputs { fields: &fields, client_fields: &fields, client_id: Some("client & 1") };
    let request = Ask {
        manifest: &manifest,
        oauth2: &oauth2,
        endpoints: &endpoints,
        inputs,
        redirect_uri: REDIRECT,
        scopes: &scopes,
    };
    let entropy = Entropy { state: [1; 32], verifier: [2; 32], nonce: [3; 32] };
    let Ok(asked) = ask(&request, &entropy) else { return };
    let (Ok(url), Ok(endpoint)) = (Url::parse(&asked.url), Url::parse(endpoint)) else { return };
    assert_eq!((url.scheme(), url.host_str(), url.path()), (endpoint.scheme(), endpoint.host_str(), endpoint.path()));
    let values = |name: &str| -> Vec<String> {
        url.query_pairs().filter(|(own, _)| own == name).map(|(_, value)| value.into_owned()).collect()
    };
    assert_eq!(values("response_type"), ["code"]);
    assert_eq!(values("client_id"), ["client & 1"]);
    assert_eq!(values("redirect_uri"), [REDIRECT]);
    assert_eq!(values("state"), [asked.state.expose()]);
    assert_eq!(values("code_challenge_method"), ["S256"]);
    assert_eq!(values("code_challenge").iter().map(String::len).collect::<Vec<_>>(), [43]);
    assert_eq!(values("nonce").len(), usize::from(scopes.contains("openid")));
    let joined: Vec<String> = scopes.iter().cloned().collect();
    assert_eq!(values("scope"), if joined.is_empty() { vec![] } else { vec![joined.join(" ")] });
    let verifier = asked.verifier.as_ref().map(|verifier| verifier.expose().to_owned()).unwrap_or_default();
    assert!(verifier.len() == 43 && !asked.url.contains(&verifier));
}
