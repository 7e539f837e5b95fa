//! ID tokens (OpenID Connect Core 3.1.3.7): the issuer's keys and every check before a subject is believed.

mod keys;

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use jackfield_model::{manifest::ExpiryFormat, secret::Secret};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::{json, token::expiry};

pub use keys::{KeySet, KeysError};

/// How far clocks may differ (ID-2).
pub const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// A key set is fetched again for an unknown key at most once in this many seconds (ID-2).
pub const REFETCH_SECONDS: i64 = 60;
/// The longest subject (OpenID Connect Core section 2).
const SUBJECT_LIMIT: usize = 255;
/// The largest header or claims set that is read.
const PART_LIMIT: usize = 32 * 1024;

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer of the request.
    pub issuer: &'a str,
    /// Our `client_id`.
    pub client_id: &'a str,
    /// The nonce of the request; none after a refresh, where none is sent back.
    pub nonce: Option<&'a Secret>,
    /// The access token it came with, for `at_hash`.
    pub access_token: Option<&'a Secret>,
    /// Signing algorithms the issuer announces; none announced means RS256.
    pub algorithms: &'a BTreeSet<String>,
    /// Our clock.
    pub now: Timestamp,
}

/// What an ID token proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who, at this issuer.
    pub subject: String,
}

/// Why an ID token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// No key of its name: fetch the keys again, once a minute at most, and ask again.
    #[error("the ID token is signed with a key the issuer does not publish")]
    KeyMiss,
    /// No three parts of JSON.
    #[error("the ID token is malformed")]
    Malformed,
    /// An algorithm that is not allowed: none, HMAC, or one the issuer does not announce.
    #[error("the ID token is signed in a way that is not allowed")]
    Algorithm,
    /// The signature does not fit.
    #[error("the ID token's signature is wrong")]
    Signature,
    /// Another issuer.
    #[error("the ID token is from another issuer")]
    Issuer,
    /// Another audience.
    #[error("the ID token is for another client")]
    Audience,
    /// It ended.
    #[error("the ID token has expired")]
    Expired,
    /// It begins later.
    #[error("the ID token is from the future")]
    Early,
    /// Another request's nonce, or none.
    #[error("the ID token belongs to another request")]
    Nonce,
    /// It belongs to another access token.
    #[error("the ID token belongs to another access token")]
    AccessTokenHash,
    /// No subject.
    #[error("the ID token names nobody")]
    Subject,
}

/// Checks an ID token and says whose it is.
pub fn check(token: &Secret, keys: &KeySet, expected: &Expected<'_>) -> Result<Identity, IdTokenError> {
    let claims = claims(token, keys, expected)?;
    let subject = text_of(&claims, "sub").unwrap_or_default().to_owned();
    Ok(Identity { subject })
}

/// Checks an ID token and answers all it claims; a subject is among it.
pub fn claims(token: &Secret, keys: &KeySet, expected: &Expected<'_>) -> Result<Value, IdTokenError> {
    let text = token.expose();
    let (message, signature) = text.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(IdTokenError::Malformed)?;
    let (header, claims) = (part(header)?, part(claims)?);
    let algorithm = allowed(&header, expected.algorithms)?;
    let kid = header.get("kid").and_then(Value::as_str);
    keys.verify(kid, algorithm, message.as_bytes(), signature)?;
    who_and_for_whom(&claims, expected)?;
    when(&claims, expected.now)?;
    bound(&claims, algorithm, expected)?;
    let subject = text_of(&claims, "sub").filter(|subject| !subject.is_empty() && subject.len() <= SUBJECT_LIMIT);
    subject.ok_or(IdTokenError::Subject)?;
    Ok(claims)
}

/// Whether a subject is the one a connection is pinned to (ID-3); a connection without one is not pinned.
pub fn is_same_subject(pinned: Option<&str>, subject: &str) -> bool {
    pinned.is_none_or(|pinned| pinned == subject)
}

fn part(encoded: &str) -> Result<Value, IdTokenError> {
    let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).map_err(|_| IdTokenError::Malformed)?;
    let value = json::parse(&bytes, PART_LIMIT).map_err(|_| IdTokenError::Malformed)?;
    if value.is_object() { Ok(value) } else { Err(IdTokenError::Malformed) }
}

fn text_of<'a>(claims: &'a Value, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// The token's algorithm, if the issuer announces it and it is a signature by a key pair (ID-2, ID-5).
fn allowed(header: &Value, announced: &BTreeSet<String>) -> Result<Algorithm, IdTokenError> {
    let name = text_of(header, "alg").unwrap_or_default();
    let is_announced = if announced.is_empty() { name == "RS256" } else { announced.contains(name) };
    // Critical extensions we do not know make the token unreadable (RFC 7515 section 4.1.11).
    if !is_announced || header.get("crit").is_some() {
        return Err(IdTokenError::Algorithm);
    }
    match name {
        "RS256" => Ok(Algorithm::RS256),
        "RS384" => Ok(Algorithm::RS384),
        "RS512" => Ok(Algorithm::RS512),
        "PS256" => Ok(Algorithm::PS256),
        "PS384" => Ok(Algorithm::PS384),
        "PS512" => Ok(Algorithm::PS512),
        "ES256" => Ok(Algorithm::ES256),
        "ES384" => Ok(Algorithm::ES384),
        "EdDSA" => Ok(Algorithm::EdDSA),
        _ => Err(IdTokenError::Algorithm),
    }
}

fn who_and_for_whom(claims: &Value, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    if text_of(claims, "iss") != Some(expected.issuer) {
        return Err(IdTokenError::Issuer);
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(audience)) => vec![audience],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let ours = expected.client_id;
    let party = claims.get("azp");
    let party_is_us = party.and_then(Value::as_str) == Some(ours);
    let alone = audiences.len() == 1 && party.is_none();
    if audiences.contains(&ours) && (alone || party_is_us) { Ok(()) } else { Err(IdTokenError::Audience) }
}

fn when(claims: &Value, now: Timestamp) -> Result<(), IdTokenError> {
    let moment =
        |name: &str| claims.get(name).and_then(|value| expiry::moment(&ExpiryFormat::EpochSeconds, value, now));
    let ends = moment("exp").ok_or(IdTokenError::Malformed)?;
    if now.duration_since(ends) >= SKEW {
        return Err(IdTokenError::Expired);
    }
    let issued = moment("iat").ok_or(IdTokenError::Malformed)?;
    let begins = moment("nbf").unwrap_or(issued).max(issued);
    if begins.duration_since(now) > SKEW { Err(IdTokenError::Early) } else { Ok(()) }
}

/// Nonce and `at_hash`: the token belongs to this request and this access token.
fn bound(claims: &Value, algorithm: Algorithm, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    if let Some(nonce) = expected.nonce {
        let given = text_of(claims, "nonce").map(|nonce| Secret::new(nonce.to_owned()));
        if given.as_ref() != Some(nonce) {
            return Err(IdTokenError::Nonce);
        }
    }
    match (claims.get("at_hash"), expected.access_token) {
        (Some(hash), Some(token)) if hash.as_str() != Some(&at_hash(algorithm, token)) => {
            Err(IdTokenError::AccessTokenHash)
        }
        _ => Ok(()),
    }
}

/// The left half of the access token's hash (OpenID Connect Core 3.1.3.6).
fn at_hash(algorithm: Algorithm, access_token: &Secret) -> String {
    let hash = match algorithm {
        Algorithm::RS384 | Algorithm::PS384 | Algorithm::ES384 => &digest::SHA384,
        Algorithm::RS512 | Algorithm::PS512 | Algorithm::EdDSA => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let digest = digest::digest(hash, access_token.expose().as_bytes());
    let (left, _) = digest.as_ref().split_at(digest.as_ref().len() / 2);
    BASE64URL_NOPAD.encode(left)
}

#[cfg(test)]
mod tests;
