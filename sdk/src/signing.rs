//! Signatures over plans. Each answers a [`Hole`], usable in the plan of the same call and nowhere else: a signature is
//! itself a credential, so its bytes never come here.

use crate::bindings::base::jackfield::connector::signing as host;
pub use crate::bindings::base::jackfield::connector::signing::Encoding;
use crate::{Failure, Hole, IntoTemplate, Template};

/// SHA-256 over a value.
///
/// # Errors
/// As the host refuses: a hole unknown in this call, or an encoding.
pub fn sha256(message: impl IntoTemplate, encoding: &Encoding) -> Result<Hole, Failure> {
    host::sha256(&message.into_template(), encoding).map(Hole::Signature)
}

/// HMAC with `sha1`, `sha256` or `sha512`, keyed by a secret.
///
/// # Errors
/// As the host refuses: an unknown algorithm, or a key that is no secret.
pub fn hmac(algorithm: &str, key: &Hole, message: impl IntoTemplate, encoding: &Encoding) -> Result<Hole, Failure> {
    host::hmac(algorithm, key, &message.into_template(), encoding).map(Hole::Signature)
}

/// A JWT with these header and claim members, signed with the key in a hole.
///
/// # Errors
/// As the host refuses: an unknown algorithm, or a key that does not fit it.
pub fn jwt(
    algorithm: &str,
    key: &Hole,
    headers: &[(String, Template)],
    claims: &[(String, Template)],
) -> Result<Hole, Failure> {
    host::jwt(algorithm, key, headers, claims).map(Hole::Signature)
}

/// The `Authorization` value of OAuth 1.0a (RFC 5849) for the plan returned.
///
/// # Errors
/// As the host refuses: an unknown signature method.
pub fn oauth1(signature_method: &str, realm: Option<&str>) -> Result<Hole, Failure> {
    host::oauth1(signature_method, realm).map(Hole::Signature)
}

/// The `Authorization` value of AWS Signature Version 4 for the plan returned.
///
/// # Errors
/// As the host refuses: a method that does not sign so.
pub fn aws_sigv4(service: &str, region: &str) -> Result<Hole, Failure> {
    host::aws_sigv4(service, region).map(Hole::Signature)
}
