//! The envelope: the bytes of a sealed value, and the two ways through it.
//!
//! `magic 4 | version 1 | algorithm 1 | key id 16 | salt 32 | commitment 32 | nonce 12 | ciphertext | tag 16`
//!
//! The key id names a data key for a record, and a key of the ring for a wrapped data key: so rotating the
//! ring rewraps data keys and leaves every record as it is.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time::verify_slices_are_equal,
};
use zeroize::Zeroizing;

use super::{Context, Key, KeyId, key::random};

/// The most bytes one value may have before it is sealed.
pub const PLAINTEXT_LIMIT: usize = 24 * 1024;

const MAGIC: [u8; 4] = *b"JFSE";
const VERSION: u8 = 1;
/// 1 is kept for XChaCha20-Poly1305.
const AES_GCM_SIV: u8 = 2;
const TAG: usize = 16;

/// Why a value could not be sealed or opened. Says nothing about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// More than an envelope takes.
    #[error("{0} bytes are too many to seal: at most {PLAINTEXT_LIMIT}")]
    TooLarge(usize),
    /// No envelope at all, or a torn one.
    #[error("the sealed value is damaged")]
    Malformed,
    /// Sealed by a version of this software that is newer than this one.
    #[error("the value is sealed in version {0} of the format, which this version does not know")]
    Version(u8),
    /// Sealed with an algorithm this version does not have.
    #[error("the value is sealed with algorithm {0}, which this version does not know")]
    Algorithm(u8),
    /// Sealed under a key that is not here.
    #[error("the value is sealed under key {0}, which is not here")]
    UnknownKey(KeyId),
    /// Changed, or moved from another place.
    #[error("the sealed value was changed or moved: it does not open here")]
    Refused,
    /// The operating system gave no random bytes.
    #[error("no random bytes could be had from the operating system")]
    Random,
}

struct Header<'a> {
    key_id: KeyId,
    salt: &'a [u8],
    commitment: &'a [u8],
    nonce: &'a [u8; 12],
    sealed: &'a [u8],
}

/// Takes the first bytes off.
fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], SealError> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(SealError::Malformed)?;
    *rest = left;
    Ok(taken)
}

impl<'a> Header<'a> {
    fn parse(mut rest: &'a [u8]) -> Result<Self, SealError> {
        if *take::<4>(&mut rest)? != MAGIC {
            return Err(SealError::Malformed);
        }
        let [version] = *take(&mut rest)?;
        if version != VERSION {
            return Err(SealError::Version(version));
        }
        let [algorithm] = *take(&mut rest)?;
        if algorithm != AES_GCM_SIV {
            return Err(SealError::Algorithm(algorithm));
        }
        let key_id = KeyId(*take(&mut rest)?);
        let salt = take::<32>(&mut rest)?;
        let commitment = take::<32>(&mut rest)?;
        let nonce = take(&mut rest)?;
        if rest.len() < TAG {
            return Err(SealError::Malformed);
        }
        Ok(Self { key_id, salt, commitment, nonce, sealed: rest })
    }
}

/// The encryption key of one record, and what commits to it.
struct Derived {
    cipher: LessSafeKey,
    commitment: [u8; 32],
}

impl Derived {
    fn new(key: &Key, salt: &[u8], place: &[u8]) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 64]);
        key.derive(salt, &[b"jackfield record 1", place], bytes.as_mut())?;
        let (encryption, commitment) = bytes.split_first_chunk::<32>().ok_or(SealError::Refused)?;
        let cipher = UnboundKey::new(&AES_256_GCM_SIV, encryption).map_err(|_| SealError::Refused)?;
        let commitment = commitment.try_into().map_err(|_| SealError::Refused)?;
        Ok(Self { cipher: LessSafeKey::new(cipher), commitment })
    }
}

/// Seals a value for one place.
pub(crate) fn seal(id: KeyId, key: &Key, context: &Context<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    if plain.len() > PLAINTEXT_LIMIT {
        return Err(SealError::TooLarge(plain.len()));
    }
    let salt: [u8; 32] = random()?;
    let nonce: [u8; 12] = random()?;
    let place = context.encode(VERSION, AES_GCM_SIV, id.as_bytes());
    let derived = Derived::new(key, &salt, &place)?;
    let mut bytes = Zeroizing::new(plain.to_vec());
    let tag = derived
        .cipher
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&place), &mut bytes)
        .map_err(|_| SealError::Refused)?;
    let head: [&[u8]; 6] = [&MAGIC, &[VERSION, AES_GCM_SIV], id.as_bytes(), &salt, &derived.commitment, &nonce];
    Ok([head.concat().as_slice(), &bytes, tag.as_ref()].concat())
}

/// Opens a value in its place, with the key its id names.
pub(crate) fn open(key: &Key, context: &Context<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let header = Header::parse(envelope)?;
    let place = context.encode(VERSION, AES_GCM_SIV, header.key_id.as_bytes());
    let derived = Derived::new(key, header.salt, &place)?;
    verify_slices_are_equal(&derived.commitment, header.commitment).map_err(|_| SealError::Refused)?;
    let mut bytes = Zeroizing::new(header.sealed.to_vec());
    let nonce = Nonce::assume_unique_for_key(*header.nonce);
    let length =
        derived.cipher.open_in_place(nonce, Aad::from(&place), &mut bytes).map_err(|_| SealError::Refused)?.len();
    bytes.truncate(length);
    Ok(bytes)
}

/// The id of the key an envelope opens with.
pub(crate) fn key_id(envelope: &[u8]) -> Result<KeyId, SealError> {
    Header::parse(envelope).map(|header| header.key_id)
}

#[cfg(test)]
mod tests;
