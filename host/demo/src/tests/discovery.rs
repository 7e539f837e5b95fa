//! Metadata, keys and the ID token they verify.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::peer;
use super::stage::{NONCE, START, Stage, Tokens};

async fn identity(stage: &Stage, id_token: &str) -> Value {
    let keys: JwkSet = serde_json::from_value(peer::get(&stage.at("/jwks")).await.json()).unwrap();
    let kid = jsonwebtoken::decode_header(id_token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    // The clock is ours; `exp` is looked at below.
    rules.validate_exp = false;
    rules.set_issuer(&[stage.provider.issuer()]);
    rules.set_audience(&[stage.client().0]);
    jsonwebtoken::decode::<Value>(id_token, &key, &rules).unwrap().claims
}

#[tokio::test]
async fn both_well_known_addresses_tell_the_same() {
    let stage = Stage::set().await;
    let issuer = stage.provider.issuer().to_owned();
    let oauth = peer::get(&stage.at("/.well-known/oauth-authorization-server")).await;
    let openid = peer::get(&stage.at("/.well-known/openid-configuration")).await;
    assert_eq!(oauth.json(), openid.json());
    let document = oauth.json();
    assert_eq!(document["issuer"], json!(issuer));
    for (name, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("revocation_endpoint", "/revoke"),
        ("userinfo_endpoint", "/userinfo"),
        ("jwks_uri", "/jwks"),
    ] {
        assert_eq!(document[name], json!(format!("{issuer}{path}")));
    }
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["client_secret_basic", "client_secret_post"]));
    assert_eq!(document["authorization_response_iss_parameter_supported"], json!(true));
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
    stage.provider.stop().await;
}

#[tokio::test]
async fn the_id_token_says_who_for_whom_and_until_when() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let claims = identity(&stage, &tokens.id).await;
    assert_eq!(claims["sub"], json!("demo"));
    assert_eq!(claims["nonce"], json!(NONCE));
    assert_eq!(claims["iat"], json!(START));
    assert_eq!(claims["exp"], json!(START + 300));
    assert!(claims["at_hash"].is_string());

    let again = Tokens::of(&stage.refresh(&tokens.refresh).await);
    let renewed = identity(&stage, &again.id).await;
    assert_eq!(renewed["sub"], claims["sub"]);
    assert_eq!(renewed.get("nonce"), None);
    assert_ne!(renewed["at_hash"], claims["at_hash"]);
    stage.provider.stop().await;
}

#[tokio::test]
async fn userinfo_tells_what_the_scopes_allow() {
    let stage = Stage::set().await;
    let tokens = stage.connect().await;
    let told = peer::get_with(&stage.at("/userinfo"), &tokens.access).await;
    assert_eq!(
        told.json(),
        json!({
            "sub": "demo",
            "name": "Demo",
            "preferred_username": "demo",
            "email": "demo@demo.invalid",
            "email_verified": false,
        })
    );
    stage.pass(5);
    let ended = peer::get_with(&stage.at("/userinfo"), &tokens.access).await;
    assert_eq!(ended.refusal(), (401, "invalid_token".into()));
    stage.provider.stop().await;
}
