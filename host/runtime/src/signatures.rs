//! Signatures a guest asked for: recipes, carried out only when a plan is filled, so that the guest never sees a byte of one.

use aws_lc_rs::{digest, hmac};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use jackfield_model::plan::{Hole, Part, Value};

use crate::plan::{VALUE_BYTES, WHOLE_BYTES};

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
pub(crate) struct Signatures {
    recipes: Vec<Recipe>,
    /// What all of them hold, in bytes.
    held: usize,
}

/// The most signatures of one call.
const MOST: u32 = 64;

impl Signatures {
    /// Keeps a recipe and answers its number; otherwise, what it is too much of. A recipe is memory of the host until its plans are
    /// filled, so no more is kept than a plan may have.
    pub(crate) fn add(&mut self, recipe: Recipe) -> Result<u32, &'static str> {
        let number = u32::try_from(self.recipes.len()).ok().filter(|number| *number < MOST);
        let number = number.ok_or("one call makes at most 64 signatures")?;
        let size = recipe.size();
        if size > VALUE_BYTES {
            return Err("a message to sign has at most 64 KiB");
        }
        if self.held + size > WHOLE_BYTES {
            return Err("the messages that one call signs have at most 1 MiB in all");
        }
        self.held += size;
        self.recipes.push(recipe);
        Ok(number)
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Recipe> {
        self.recipes.get(usize::try_from(number).ok()?)
    }
}

impl Recipe {
    /// What it holds, in bytes.
    fn size(&self) -> usize {
        let (key, message) = match self {
            Self::Sha256 { message, .. } => (0, message),
            Self::Hmac { key, message, .. } => (text_of(key), message),
        };
        let pieces = message.iter().map(|part| match part {
            Part::Text(text) => text.len(),
            Part::Hole(hole) => text_of(hole),
        });
        key + pieces.map(|text| size_of::<Part>() + text).sum::<usize>()
    }
}

fn text_of(hole: &Hole) -> usize {
    if let Hole::Field(name) = hole { name.len() } else { 0 }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn over(message: Value) -> Recipe {
        Recipe::Sha256 { message, writing: Writing::Hex }
    }

    #[test]
    fn what_a_call_asks_to_sign_is_kept_within_what_a_plan_may_have() {
        let text = |bytes: usize| over(vec![Part::Text("x".repeat(bytes))]);
        let refused = "a message to sign has at most 64 KiB";
        let mut signatures = Signatures::default();
        assert_eq!(signatures.add(text(VALUE_BYTES)), Err(refused), "a piece is memory besides its text");
        assert_eq!(signatures.add(over(vec![Part::Text(String::new()); VALUE_BYTES / 8])), Err(refused));
        assert_eq!(signatures.add(over(vec![Part::Hole(Hole::Field("x".repeat(VALUE_BYTES)))])), Err(refused));
        let kept: Vec<_> = (0..20).map_while(|_| signatures.add(text(60 * 1024)).ok()).collect();
        assert_eq!(kept, (0..17).collect::<Vec<_>>());
        assert_eq!(signatures.add(text(60 * 1024)), Err("the messages that one call signs have at most 1 MiB in all"));
        assert_eq!(signatures.add(text(8)), Ok(17), "what is small finds room");
        let mut many = Signatures::default();
        assert_eq!((0..70).map_while(|_| many.add(text(0)).ok()).last(), Some(MOST - 1));
    }
}
