//! A sealed stream: a header, then frames sealed one by one with their number, so that a cut, a change or another order
//! shows at once.
//!
//! `magic 8 | version 1 | key id 16 | salt 32 | commitment 32`, then frames `length and mark 4 | ciphertext | tag 16`.
//! The last frame is marked, in its length and in its nonce. The key of a stream is derived from a key of the ring and
//! the salt, so counting nonces never repeat under it.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time::verify_slices_are_equal,
};
use zeroize::Zeroizing;

use super::{Key, KeyId, KeyRing, SealError, key::random};

/// The header's bytes.
pub(crate) const HEADER: usize = 8 + 1 + 16 + 32 + 32;
/// The bytes before each frame.
pub(crate) const LENGTH: usize = 4;
/// The longest frame, sealed.
const FRAME_LIMIT: usize = 4 * 1024 * 1024;

const MAGIC: [u8; 8] = *b"JFBACKUP";
const VERSION: u8 = 1;
const LAST: u32 = 1 << 31;

/// Why a stream's header or one of its frames does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamError {
    /// Something else altogether.
    Foreign,
    /// Of a later version.
    Version(u8),
    /// Under a key the ring does not have.
    UnknownKey(KeyId),
    /// Under another key of the same id.
    WrongKey(KeyId),
    /// Not as it was sealed.
    Changed,
}

/// Seals a stream.
pub(crate) struct Sealer {
    cipher: LessSafeKey,
    header: Vec<u8>,
    number: u64,
}

/// Opens a stream.
pub(crate) struct Opener {
    cipher: LessSafeKey,
    header: Vec<u8>,
    number: u64,
    key: KeyId,
}

impl Sealer {
    /// Begins a stream under the primary key of the ring.
    pub(crate) fn begin(ring: &KeyRing) -> Result<Self, SealError> {
        let (id, key) = ring.primary_key()?;
        let salt: [u8; 32] = random()?;
        let (cipher, commitment) = derived(key, &salt, id)?;
        let parts: [&[u8]; 5] = [&MAGIC, &[VERSION], id.as_bytes(), &salt, &commitment];
        Ok(Self { cipher, header: parts.concat(), number: 0 })
    }

    /// What comes before the first frame.
    pub(crate) fn header(&self) -> &[u8] {
        &self.header
    }

    /// The next frame, as it is written.
    pub(crate) fn frame(&mut self, plain: Vec<u8>, last: bool) -> Result<Vec<u8>, SealError> {
        let mut sealed = plain;
        let nonce = nonce(self.number, last);
        self.number += 1;
        let done = self.cipher.seal_in_place_append_tag(nonce, Aad::from(&self.header), &mut sealed);
        done.map_err(|_| SealError::Refused)?;
        if sealed.len() > FRAME_LIMIT {
            return Err(SealError::TooLarge(sealed.len()));
        }
        let length = u32::try_from(sealed.len()).map_err(|_| SealError::TooLarge(sealed.len()))?;
        let mark = if last { length | LAST } else { length };
        Ok([mark.to_be_bytes().as_slice(), &sealed].concat())
    }
}

impl Opener {
    /// Reads the header with the ring's key of its id.
    pub(crate) fn begin(ring: &KeyRing, header: &[u8; HEADER]) -> Result<Self, StreamError> {
        let (magic, rest) = header.split_first_chunk::<8>().ok_or(StreamError::Foreign)?;
        if *magic != MAGIC {
            return Err(StreamError::Foreign);
        }
        let ([version], rest) = rest.split_first_chunk::<1>().ok_or(StreamError::Foreign)?;
        if *version != VERSION {
            return Err(StreamError::Version(*version));
        }
        let (id, rest) = rest.split_first_chunk::<16>().ok_or(StreamError::Foreign)?;
        let (salt, commitment) = rest.split_first_chunk::<32>().ok_or(StreamError::Foreign)?;
        let id = KeyId(*id);
        let key = ring.get(id).map_err(|_| StreamError::UnknownKey(id))?;
        let (cipher, expected) = derived(key, salt, id).map_err(|_| StreamError::WrongKey(id))?;
        verify_slices_are_equal(&expected, commitment).map_err(|_| StreamError::WrongKey(id))?;
        Ok(Self { cipher, header: header.to_vec(), number: 0, key: id })
    }

    /// The key of the ring the stream is sealed under.
    pub(crate) fn key(&self) -> KeyId {
        self.key
    }

    /// Opens the next frame.
    pub(crate) fn frame(&mut self, sealed: &[u8], last: bool) -> Result<Zeroizing<Vec<u8>>, StreamError> {
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let nonce = nonce(self.number, last);
        self.number += 1;
        let opened = self.cipher.open_in_place(nonce, Aad::from(&self.header), &mut bytes);
        let length = opened.map_err(|_| StreamError::Changed)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// The length of the frame that follows, and whether it is the last; none where no frame has that length.
pub(crate) fn frame_length(mark: [u8; LENGTH]) -> Option<(usize, bool)> {
    let mark = u32::from_be_bytes(mark);
    let length = usize::try_from(mark & !LAST).ok().filter(|length| *length <= FRAME_LIMIT)?;
    Some((length, mark & LAST != 0))
}

/// Whether more could make a stream of these first bytes.
pub(crate) fn may_begin(bytes: &[u8]) -> bool {
    bytes.iter().zip(MAGIC).all(|(one, other)| *one == other)
}

fn derived(key: &Key, salt: &[u8; 32], id: KeyId) -> Result<(LessSafeKey, [u8; 32]), SealError> {
    let mut bytes = Zeroizing::new([0; 64]);
    key.derive(salt, &[b"jackfield stream 1", id.as_bytes()], bytes.as_mut())?;
    let (encryption, commitment) = bytes.split_first_chunk::<32>().ok_or(SealError::Refused)?;
    let cipher = UnboundKey::new(&AES_256_GCM_SIV, encryption).map_err(|_| SealError::Refused)?;
    Ok((LessSafeKey::new(cipher), commitment.try_into().map_err(|_| SealError::Refused)?))
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    for (place, byte) in bytes.iter_mut().zip(number.to_be_bytes()) {
        *place = byte;
    }
    if let Some(mark) = bytes.last_mut() {
        *mark = u8::from(last);
    }
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;

    fn opener(ring: &KeyRing, sealer: &Sealer) -> Opener {
        Opener::begin(ring, sealer.header().try_into().unwrap()).unwrap()
    }

    #[test]
    fn a_stream_opens_in_its_order_and_in_no_other() {
        let ring = KeyRing::generate().unwrap();
        let mut sealer = Sealer::begin(&ring).unwrap();
        let one = sealer.frame(b"one".to_vec(), false).unwrap();
        let two = sealer.frame(b"two".to_vec(), true).unwrap();
        let (length, last) = frame_length(two[..LENGTH].try_into().unwrap()).unwrap();
        assert_eq!((length, last), (two.len() - LENGTH, true));
        let mut opened = opener(&ring, &sealer);
        assert_eq!(opened.frame(&one[LENGTH..], false).unwrap().as_slice(), b"one");
        assert_eq!(opened.frame(&two[LENGTH..], true).unwrap().as_slice(), b"two");
        let swapped = opener(&ring, &sealer).frame(&two[LENGTH..], true);
        assert_eq!(swapped.unwrap_err(), StreamError::Changed);
        let unmarked = opener(&ring, &sealer).frame(&one[LENGTH..], true);
        assert_eq!(unmarked.unwrap_err(), StreamError::Changed, "a frame cannot be made the last one");
    }

    #[test]
    fn a_header_names_its_key() {
        let ring = KeyRing::generate().unwrap();
        let sealer = Sealer::begin(&ring).unwrap();
        let header: [u8; HEADER] = sealer.header().try_into().unwrap();
        let other = KeyRing::generate().unwrap();
        assert_eq!(Opener::begin(&other, &header).err(), Some(StreamError::UnknownKey(ring.primary())));
        let mut salted = header;
        salted[30] ^= 1;
        assert_eq!(Opener::begin(&ring, &salted).err(), Some(StreamError::WrongKey(ring.primary())));
        let mut newer = header;
        newer[8] = 2;
        assert_eq!(Opener::begin(&ring, &newer).err(), Some(StreamError::Version(2)));
        assert_eq!(Opener::begin(&ring, &[0; HEADER]).err(), Some(StreamError::Foreign));
    }
}
