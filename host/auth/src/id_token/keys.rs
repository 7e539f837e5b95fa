//! An issuer's published keys (RFC 7517): what is usable of them, and verifying with the right one.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    crypto::verify,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde_json::Value;

use super::IdTokenError;
use crate::json;

/// The largest key set that is read; certificate chains make them long.
const DOCUMENT_LIMIT: usize = 256 * 1024;
/// The most keys that are looked at.
const KEY_LIMIT: usize = 100;

/// Why a key set is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Too large, too deep, not JSON, or without a list of keys.
    #[error("the issuer's key set cannot be read")]
    Unreadable,
    /// More than a hundred keys.
    #[error("the issuer publishes more than a hundred keys")]
    TooMany,
}

/// Public keys that verify signatures.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Jwk>);

impl KeySet {
    /// Reads a key set. Keys of kinds we do not know, shared secrets and encryption keys are passed over.
    pub fn read(document: &[u8]) -> Result<Self, KeysError> {
        let document = json::parse(document, DOCUMENT_LIMIT).map_err(|_| KeysError::Unreadable)?;
        let keys = document.get("keys").and_then(Value::as_array).ok_or(KeysError::Unreadable)?;
        if keys.len() > KEY_LIMIT {
            return Err(KeysError::TooMany);
        }
        let keys = keys.iter().filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
        Ok(Self(keys.filter(is_for_signatures).collect()))
    }

    /// How many keys are usable.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Verifies with the key of this name; a token that names none is tried with every fitting key.
    pub(super) fn verify(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &str,
    ) -> Result<(), IdTokenError> {
        let named = self.0.iter().filter(|key| kid.is_none() || key.common.key_id.as_deref() == kid);
        let fitting: Vec<&Jwk> = named.filter(|key| fits(key, algorithm)).collect();
        if fitting.is_empty() {
            return Err(IdTokenError::KeyMiss);
        }
        let verified = fitting.into_iter().filter_map(|key| DecodingKey::from_jwk(key).ok());
        let mut verified = verified.map(|key| verify(signature, message, &key, algorithm).unwrap_or(false));
        if verified.any(|good| good) { Ok(()) } else { Err(IdTokenError::Signature) }
    }
}

fn is_for_signatures(key: &Jwk) -> bool {
    let kind = !matches!(key.algorithm, AlgorithmParameters::OctetKey(_) | AlgorithmParameters::Other(_));
    kind && matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature))
}

/// Whether a key's kind, curve and stated algorithm are those of a signature.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let by_kind = match (&key.algorithm, algorithm.family()) {
        (AlgorithmParameters::RSA(_), AlgorithmFamily::Rsa) => true,
        (AlgorithmParameters::EllipticCurve(parameters), AlgorithmFamily::Ec) => {
            let wanted = if algorithm == Algorithm::ES384 { EllipticCurve::P384 } else { EllipticCurve::P256 };
            parameters.curve == wanted
        }
        (AlgorithmParameters::OctetKeyPair(parameters), AlgorithmFamily::Ed) => {
            parameters.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    by_kind && key.common.key_algorithm.is_none_or(|stated| stated == KeyAlgorithm::from(algorithm))
}
