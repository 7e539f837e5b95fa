//! ID tokens and the key that signs them (OpenID Connect Core sections 2 and 3.1.3.6).
//!
//! oxide-auth speaks OAuth only; these are written here on `jsonwebtoken`. RS256, because that is the
//! algorithm every client must know; a key of its own for each run.

use std::time::{Duration, SystemTime};

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// How long an ID token is good for.
const LIFETIME: Duration = Duration::from_mins(5);

/// Why the signing key could not be made, or did not sign.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The key could not be generated.
    #[error("no RSA key could be generated")]
    Generate,
    /// The key could not be read back, or did not sign.
    #[error("the signing key does not work")]
    Key(#[from] jsonwebtoken::errors::Error),
}

/// What an ID token says, besides who issued it.
pub(crate) struct Identity<'a> {
    pub(crate) sub: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) access_token: &'a str,
    /// The `nonce` of the authorization request; none in an ID token that a refresh brings.
    pub(crate) nonce: Option<&'a str>,
}

/// The provider's signing key and its public half.
pub(crate) struct SigningKey {
    key: EncodingKey,
    kid: String,
    set: JwkSet,
}

impl SigningKey {
    /// Makes a key. Takes tenths of a second.
    pub(crate) fn generate() -> Result<Self, SigningError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError::Generate)?;
        let der = pair.as_der().map_err(|_| SigningError::Generate)?;
        let body = BASE64.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        let key = EncodingKey::from_rsa_pem(pem.as_bytes())?;
        let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(kid.clone());
        let set = JwkSet { keys: vec![public] };
        Ok(Self { key, kid, set })
    }

    /// The public keys, as the `jwks_uri` answers them.
    pub(crate) fn public(&self) -> &JwkSet {
        &self.set
    }

    /// Signs an ID token.
    pub(crate) fn id_token(
        &self,
        issuer: &str,
        identity: &Identity<'_>,
        now: SystemTime,
    ) -> Result<String, SigningError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        let claims = claims(issuer, identity, now);
        Ok(jsonwebtoken::encode(&header, &claims, &self.key)?)
    }
}

fn claims(issuer: &str, identity: &Identity<'_>, now: SystemTime) -> Value {
    let mut claims = json!({
        "iss": issuer,
        "aud": identity.client_id,
        "sub": identity.sub,
        "iat": seconds(now),
        "exp": seconds(now + LIFETIME),
        "at_hash": left_half(identity.access_token),
    });
    if let (Some(nonce), Some(claims)) = (identity.nonce, claims.as_object_mut()) {
        claims.insert("nonce".into(), nonce.into());
    }
    claims
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The `at_hash` of OpenID Connect Core section 3.1.3.6.
fn left_half(access_token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    BASE64URL_NOPAD.encode(left)
}
