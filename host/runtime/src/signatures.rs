//! Signatures a guest asked for: recipes, carried out only when a plan is filled, so that the guest never sees a byte of one.

use aws_lc_rs::{digest, hmac};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use jackfield_model::plan::{Hole, Value};

/// How the bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// Lower-case hex.
    Hex,
    /// With padding.
    Base64,
    /// Without padding (RFC 7515 section 2).
    Base64Url,
}

/// The keyed hash of a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyed {
    /// HMAC-SHA-1, for providers that never left it.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// One signature to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recipe {
    /// SHA-256 over a value.
    Sha256 { message: Value, writing: Writing },
    /// HMAC over a value.
    Hmac { keyed: Keyed, key: Hole, message: Value, writing: Writing },
}

/// The signatures of one call, by number. Usable only with the plan of the same call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Signatures(pub(crate) Vec<Recipe>);

impl Signatures {
    /// Keeps a recipe and answers its number.
    pub(crate) fn add(&mut self, recipe: Recipe) -> Option<u32> {
        let number = u32::try_from(self.0.len()).ok().filter(|number| *number < 64)?;
        self.0.push(recipe);
        Some(number)
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Recipe> {
        self.0.get(usize::try_from(number).ok()?)
    }
}

impl Writing {
    pub(crate) fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => HEXLOWER.encode(bytes),
            Self::Base64 => BASE64.encode(bytes),
            Self::Base64Url => BASE64URL_NOPAD.encode(bytes),
        }
    }
}

impl Keyed {
    /// The algorithm of a name of the contract.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(crate) fn sign(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), message).as_ref().to_vec()
    }
}

/// SHA-256 of a message.
pub(crate) fn sha256(message: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, message).as_ref().to_vec()
}
