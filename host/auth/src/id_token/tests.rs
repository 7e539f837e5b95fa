//! Tests of ID tokens: every check of OpenID Connect Core 3.1.3.7, one at a time.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair as RsaKeys, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use jsonwebtoken::{EncodingKey, crypto::sign, jwk::Jwk};
use serde_json::json;

use super::*;
use crate::fixtures::noon;

const ISSUER: &str = "https://as.example";
const CLIENT: &str = "client-1";

struct Keys {
    rsa: EncodingKey,
    ec: EncodingKey,
    ed: EncodingKey,
    published: Value,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let rsa_pair = RsaKeys::generate(KeySize::Rsa2048).unwrap();
    let rsa_der = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa_pair).unwrap();
    let pem = |der: &[u8]| {
        let text = data_encoding::BASE64.encode(der);
        format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
    };
    let rsa = EncodingKey::from_rsa_pem(pem(rsa_der.as_ref()).as_bytes()).unwrap();
    let ec_pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ec = EncodingKey::from_ec_der(ec_pair.to_pkcs8v1().unwrap().as_ref());
    let ed_pair = Ed25519KeyPair::generate().unwrap();
    let ed = EncodingKey::from_ed_der(ed_pair.to_pkcs8().unwrap().as_ref());
    let jwk = |key: &EncodingKey, algorithm, kid: &str| {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
        let members = jwk.as_object_mut().unwrap();
        members.remove("alg");
        members.insert("kid".into(), kid.into());
        jwk
    };
    let ed_jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed",
        "x": BASE64URL_NOPAD.encode(ed_pair.public_key().as_ref())});
    let published = json!({"keys": [
        {"kty": "quantum", "kid": "unknown-kind"},
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        jwk(&rsa, Algorithm::RS256, "rsa"),
        jwk(&ec, Algorithm::ES256, "ec"),
        ed_jwk,
    ]});
    Keys { rsa, ec, ed, published }
});

fn keys() -> KeySet {
    KeySet::read(KEYS.published.to_string().as_bytes()).unwrap()
}

fn claims() -> Value {
    let now = noon().as_second();
    json!({"iss": ISSUER, "sub": "user-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": "n-1"})
}

fn changed(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().insert(name.into(), value);
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

fn signed(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> Secret {
    let message = unsigned(header, claims);
    let signature = sign(message.as_bytes(), key, algorithm).unwrap();
    Secret::new(format!("{message}.{signature}"))
}

fn ordinary(claims: &Value) -> Secret {
    signed(&json!({"alg": "RS256", "kid": "rsa"}), claims, &KEYS.rsa, Algorithm::RS256)
}

fn checked(token: &Secret, algorithms: &[&str], access_token: Option<&str>) -> Result<Identity, IdTokenError> {
    let (nonce, access) = (Secret::new("n-1".into()), access_token.map(|token| Secret::new(token.into())));
    let algorithms = algorithms.iter().map(|&name| name.to_owned()).collect();
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: Some(&nonce),
        access_token: access.as_ref(),
        algorithms: &algorithms,
        now: noon(),
    };
    check(token, &keys(), &expected)
}

#[test]
fn a_good_token_says_whose_it_is() {
    assert_eq!(checked(&ordinary(&claims()), &[], None), Ok(Identity { subject: "user-1".into() }));
}

#[test]
fn id_1_the_nonce_must_be_the_requests_own() {
    for claims in
        [changed("nonce", json!("n-2")), without("nonce"), changed("nonce", json!(1)), changed("nonce", json!(""))]
    {
        assert_eq!(checked(&ordinary(&claims), &[], None), Err(IdTokenError::Nonce), "{claims}");
    }
}

#[test]
fn id_2_every_claim_is_checked() {
    let now = noon().as_second();
    for (claims, expected) in [
        (changed("iss", json!("https://as.example/")), Some(IdTokenError::Issuer)),
        (without("iss"), Some(IdTokenError::Issuer)),
        (changed("aud", json!("other")), Some(IdTokenError::Audience)),
        (changed("aud", json!([])), Some(IdTokenError::Audience)),
        (without("aud"), Some(IdTokenError::Audience)),
        (changed("aud", json!([CLIENT])), None),
        (changed("aud", json!([CLIENT, "other"])), Some(IdTokenError::Audience)),
        (changed("azp", json!(CLIENT)), None),
        (changed("azp", json!("other")), Some(IdTokenError::Audience)),
        (changed("exp", json!(now - 59)), None),
        (changed("exp", json!(now - 60)), Some(IdTokenError::Expired)),
        (changed("exp", json!(-1)), Some(IdTokenError::Expired)),
        (without("exp"), Some(IdTokenError::Malformed)),
        (changed("iat", json!(now + 60)), None),
        (changed("iat", json!(now + 61)), Some(IdTokenError::Early)),
        (without("iat"), Some(IdTokenError::Malformed)),
        (changed("nbf", json!(now + 61)), Some(IdTokenError::Early)),
        (changed("sub", json!("")), Some(IdTokenError::Subject)),
        (changed("sub", json!("s".repeat(256))), Some(IdTokenError::Subject)),
        (without("sub"), Some(IdTokenError::Subject)),
    ] {
        assert_eq!(checked(&ordinary(&claims), &[], None).err(), expected, "{claims}");
    }
    let mut several = changed("aud", json!([CLIENT, "other"]));
    several.as_object_mut().unwrap().insert("azp".into(), CLIENT.into());
    assert!(checked(&ordinary(&several), &[], None).is_ok());
}

#[test]
fn id_2_only_announced_algorithms_are_allowed() {
    let ec = signed(&json!({"alg": "ES256", "kid": "ec"}), &claims(), &KEYS.ec, Algorithm::ES256);
    let ed = signed(&json!({"alg": "EdDSA", "kid": "ed"}), &claims(), &KEYS.ed, Algorithm::EdDSA);
    let ps = signed(&json!({"alg": "PS256", "kid": "rsa"}), &claims(), &KEYS.rsa, Algorithm::PS256);
    for (token, name) in [(&ec, "ES256"), (&ed, "EdDSA"), (&ps, "PS256")] {
        assert!(checked(token, &[name], None).is_ok(), "{name}");
        assert_eq!(checked(token, &["RS256"], None), Err(IdTokenError::Algorithm), "{name}");
        assert_eq!(checked(token, &[], None), Err(IdTokenError::Algorithm), "{name}");
    }
    for name in ["none", "None", "", "HS256", "RS1"] {
        let token = Secret::new(format!("{}.", unsigned(&json!({"alg": name}), &claims())));
        assert_eq!(checked(&token, &[name], None), Err(IdTokenError::Algorithm), "{name}");
    }
    let critical = signed(&json!({"alg": "RS256", "crit": ["x"], "x": 1}), &claims(), &KEYS.rsa, Algorithm::RS256);
    assert_eq!(checked(&critical, &[], None), Err(IdTokenError::Algorithm));
}

#[test]
fn id_2_an_unknown_key_asks_for_the_keys_again() {
    let token = |kid: &str| signed(&json!({"alg": "RS256", "kid": kid}), &claims(), &KEYS.rsa, Algorithm::RS256);
    assert_eq!(checked(&token("rotated"), &[], None), Err(IdTokenError::KeyMiss));
    // A name that belongs to a key of another kind is no match either.
    assert_eq!(checked(&token("ec"), &[], None), Err(IdTokenError::KeyMiss));
    let nameless = signed(&json!({"alg": "RS256"}), &claims(), &KEYS.rsa, Algorithm::RS256);
    assert!(checked(&nameless, &[], None).is_ok());
}

#[test]
fn id_2_a_changed_token_does_not_verify() {
    let token = ordinary(&claims());
    let (_, signature) = token.expose().rsplit_once('.').unwrap();
    let forged =
        format!("{}.{signature}", unsigned(&json!({"alg": "RS256", "kid": "rsa"}), &changed("sub", json!("admin"))));
    assert_eq!(checked(&Secret::new(forged), &[], None), Err(IdTokenError::Signature));
    for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30.", &format!("{}x.y", token.expose())] {
        assert!(checked(&Secret::new(text.into()), &[], None).is_err(), "{text}");
    }
}

#[test]
fn id_3_a_connection_is_pinned_to_its_subject() {
    assert!(is_same_subject(None, "user-1") && is_same_subject(Some("user-1"), "user-1"));
    assert!(!is_same_subject(Some("user-1"), "user-2") && !is_same_subject(Some("user-1"), "USER-1"));
}

#[test]
fn id_4_at_hash_is_checked_where_it_is_present() {
    // OpenID Connect Core, appendix A.3.
    let access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    let token = ordinary(&changed("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")));
    assert!(checked(&token, &[], Some(access)).is_ok());
    assert_eq!(checked(&token, &[], Some("another")), Err(IdTokenError::AccessTokenHash));
    assert!(checked(&ordinary(&claims()), &[], Some(access)).is_ok());
}

#[test]
fn id_5_hmac_is_never_accepted_with_public_keys() {
    let published = KEYS.published.to_string();
    for secret in [published.as_bytes(), b"secret".as_slice()] {
        let key = EncodingKey::from_secret(secret);
        for kid in ["rsa", "shared"] {
            let token = signed(&json!({"alg": "HS256", "kid": kid}), &claims(), &key, Algorithm::HS256);
            assert_eq!(checked(&token, &["HS256", "RS256"], None), Err(IdTokenError::Algorithm));
        }
    }
}

#[test]
fn key_sets_are_bounded_and_shared_secrets_passed_over() {
    assert_eq!(keys().len(), 3);
    assert!(KeySet::read(br#"{"keys":[]}"#).unwrap().is_empty());
    for document in ["", "{}", r#"{"keys":7}"#, "<html>"] {
        assert_eq!(KeySet::read(document.as_bytes()).err(), Some(KeysError::Unreadable), "{document}");
    }
    let many = json!({"keys": vec![json!({}); 101]});
    assert_eq!(KeySet::read(many.to_string().as_bytes()).err(), Some(KeysError::TooMany));
}
