//! A key in the issuer's place: what an issuer could sign and this peer does not.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use serde_json::{Value, json};

use crate::stage::Stage;

#[allow(clippy::disallowed_methods, reason = "a key and its signatures need no seed")]
fn random() -> SystemRandom {
    SystemRandom::new()
}

/// An ES256 key.
pub(crate) struct IssuerKey(EcdsaKeyPair);

impl IssuerKey {
    fn new() -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random()).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap())
    }

    /// As RFC 7517 publishes it: the point's two halves.
    fn published(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (BASE64URL_NOPAD.encode(&point[1..33]), BASE64URL_NOPAD.encode(&point[33..]));
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "own", "x": x, "y": y }] })
    }

    fn signed(&self, claims: &Value) -> String {
        let written = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let message = format!("{}.{}", written(&json!({ "alg": "ES256", "kid": "own" })), written(claims));
        let signature = self.0.sign(&random(), message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

/// From now on the issuer's ID tokens are signed with this key, with their claims changed.
pub(crate) fn sign_with_claims(stage: &Stage, change: impl Fn(&mut Value, &str) + Send + Sync + 'static) {
    let key = IssuerKey::new();
    let faults = stage.provider.faults();
    stage.spoil_metadata(&Fault::edit(|metadata| metadata["id_token_signing_alg_values_supported"] = json!(["ES256"])));
    faults.always(On::path("/jwks"), Fault::Json(StatusCode::OK, key.published()));
    let signing = Fault::edit(move |answer| {
        let access_token = answer["access_token"].as_str().unwrap().to_owned();
        let claims = answer["id_token"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
        let mut claims = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
        change(&mut claims, &access_token);
        answer["id_token"] = json!(key.signed(&claims));
    });
    faults.always(On::path("/token"), signing);
}

/// OpenID Connect Core 1.0, section 3.1.3.6.
pub(crate) fn at_hash(access_token: &str) -> String {
    BASE64URL_NOPAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16])
}
