//! The keys of doubles that sign ID tokens, and how they are published.

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

#[allow(clippy::disallowed_methods, reason = "a key and its signatures need no seed")]
fn random() -> SystemRandom {
    SystemRandom::new()
}

/// An RS256 key.
pub(super) struct IssuerKey(RsaKeyPair);

impl IssuerKey {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(RsaKeyPair::generate(KeySize::Rsa2048).context("an RSA key")?))
    }

    /// <https://www.googleapis.com/oauth2/v3/certs>, in the shape of RFC 7517.
    pub(super) fn published(&self) -> Value {
        let parts: PublicKeyComponents<Vec<u8>> = self.0.public_key().into();
        let (n, e) = (BASE64URL_NOPAD.encode(&parts.n), BASE64URL_NOPAD.encode(&parts.e));
        json!({ "keys": [{ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "own", "n": n, "e": e }] })
    }

    /// A token with these claims.
    pub(super) fn signed(&self, claims: &Value) -> Result<String> {
        self.signed_under(&json!({ "alg": "RS256", "kid": "own", "typ": "JWT" }), claims)
    }

    /// A token with these claims under that header, signed by this key whatever the header says.
    pub(super) fn signed_under(&self, header: &Value, claims: &Value) -> Result<String> {
        let message = unsigned(header, claims);
        let mut signature = vec![0; self.0.public_modulus_len()];
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &random(), message.as_bytes(), &mut signature);
        signed.context("a signature")?;
        Ok(format!("{message}.{}", BASE64URL_NOPAD.encode(&signature)))
    }
}

/// Header and claims of a token, without its signature.
pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    let written = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", written(header), written(claims))
}

/// "Access token hash", OpenID Connect Core 1.0 section 3.1.3.6.
pub(super) fn at_hash(access_token: &str) -> String {
    let hash = digest(&SHA256, access_token.as_bytes());
    BASE64URL_NOPAD.encode(hash.as_ref().get(..16).unwrap_or_default())
}
