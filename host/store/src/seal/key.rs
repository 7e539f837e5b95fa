//! Keys: 32 random bytes that never print, and the random ids they are found by.

use std::{fmt, str::FromStr};

use aws_lc_rs::{
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::{SecureRandom, SystemRandom},
};
use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

use super::SealError;

/// Random bytes from the operating system.
#[allow(
    clippy::disallowed_methods,
    reason = "salts, nonces and keys are made here alone; no caller could choose them better"
)]
pub(crate) fn random<const N: usize>() -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SealError::Random)?;
    Ok(bytes)
}

/// The id of a key: random, so that it tells nothing, and never tried out but looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(super) [u8; 16]);

impl KeyId {
    pub(crate) fn random() -> Result<Self, SealError> {
        random().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&HEXLOWER_PERMISSIVE.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Text that is no key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key id is 32 hexadecimal digits")]
pub struct KeyIdError;

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| KeyIdError)?;
        bytes.try_into().map(Self).map_err(|_| KeyIdError)
    }
}

/// What shows that a key is the right one without showing the key.
pub(crate) type KeyCheck = [u8; 16];

/// A key. Wiped when dropped.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn random() -> Result<Self, SealError> {
        Ok(Self::new(random()?))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key check value kept in the store.
    pub(crate) fn check(&self) -> Result<KeyCheck, SealError> {
        let mut check = KeyCheck::default();
        self.derive(&[], &[b"kcv"], &mut check)?;
        Ok(check)
    }

    /// HKDF with SHA-256 (RFC 5869).
    pub(super) fn derive(&self, salt: &[u8], info: &[&[u8]], out: &mut [u8]) -> Result<(), SealError> {
        let derived = Salt::new(HKDF_SHA256, salt).extract(self.as_bytes());
        derived.expand(info, Length(out.len())).and_then(|okm| okm.fill(out)).map_err(|_| SealError::Refused)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[key]")
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
