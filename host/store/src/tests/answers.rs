//! Known answers of AES-256-GCM-SIV, as it is used here: what seals to which bytes, and what must not open.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use data_encoding::HEXLOWER;
use jackfield_suite::Suite;

const TAG: usize = 16;

/// RFC 8452, appendix C.2: associated data, plaintext, and the ciphertext with its tag. The key is 01 and zeros, the nonce 03
/// and zeros.
const SEALED: [[&str; 3]; 5] = [
    ["", "", "07f5f4169bbf55a8400cd47ea6fd400f"],
    ["", "0100000000000000", "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"],
    ["", "010000000000000000000000", "9aab2aeb3faa0a34aea8e2b18ca50da9ae6559e48fd10f6e5c9ca17e"],
    ["", "01000000000000000000000000000000", "85a01b63025ba19b7fd3ddfc033b3e76c9eac6fa700942702e90862383c6c366"],
    ["01", "0200000000000000", "1de22967237a813291213f267e3b452f02d01ae33e4ec854"],
];

/// Wycheproof, `aes_gcm_siv_test`, the cases of these numbers: the bit of the tag that is wrong, associated data, what the
/// ciphertext decrypts to, the ciphertext, and the tag that must be refused. The nonce is all zeros.
const REFUSED: [(u16, usize, [&str; 4]); 16] = [
    (174, 1, ["0bf63034cdfd77e90b94936583199da8", "759dfbbb8a251ccc", "0000000000000000", ZEROS]),
    (175, 7, ["2241caabc859139436c23a274eebf0d1", "", "", EMPTY]),
    (176, 7, ["9b6589f03d26c71a67ffb6c9bea6fdb5", "49861b1fb6bcf8e4", "ffffffffffffffff", ONES]),
    (177, 8, ["086f2deb0c0e871a2a38df9adc1f3e9d", "", "", EMPTY]),
    (178, 31, ["9dbcadbc6f27b088037e6f738b16c105", "", "", EMPTY]),
    (181, 32, ["45ba6c8dd2f6364e32e43429eee15faa", "", "", EMPTY]),
    (182, 32, ["1d6b385d7eee3e166a8e2776755602fd", "f663044a4e7dd822aba0b7de2d869981", ZEROS, BLOCK]),
    (184, 56, ["fd9d1ffd0dcfe6f0a1c2695477b1cd96", "f663044a4e7dd822aba0b7de2d869981", ZEROS, BLOCK]),
    (187, 63, ["a3afb9ce48b7cd22dddd8f37cd451cd8", "759dfbbb8a251ccc", "0000000000000000", ZEROS]),
    (190, 88, ["63d504e4e4729cb5c8a29bc08723efe4", "49861b1fb6bcf8e4", "ffffffffffffffff", ONES]),
    (191, 96, ["1fed71d3675dd386d3c65664710b3eba", "", "", EMPTY]),
    (194, 97, ["0591c8849ce9f1aaee5769eb3e28d51a", "", "", EMPTY]),
    (195, 120, ["c61613923b69169d512bdc788bfa62a3", "", "", EMPTY]),
    (196, 121, ["e5879b6d2d5bb63b290b49a08e631f6a", "f663044a4e7dd822aba0b7de2d869981", ZEROS, BLOCK]),
    (200, 126, ["3305208cc80840a9b49616b1109ef788", "f663044a4e7dd822aba0b7de2d869981", ZEROS, BLOCK]),
    (201, 127, ["5e53ca98c89c017426e4bc07090840b0", "49861b1fb6bcf8e4", "ffffffffffffffff", ONES]),
];
/// The key of those cases, and the tags they share.
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ZEROS: &str = "00000000000000000000000000000000";
const ONES: &str = "ffffffffffffffffffffffffffffffff";
const EMPTY: &str = "0987e35e40981a2730c1740c7201731f";
const BLOCK: &str = "13a1883272188b4c8d2727178198fe95";

/// All of them.
pub(super) fn known(suite: &mut Suite) {
    let (mut key, mut nonce) = ([0; 32], [0; 12]);
    (key[0], nonce[0]) = (1, 3);
    let mut refused = REFUSED.len();
    for [aad, plain, wanted] in SEALED {
        let whole = Sealed { key, nonce, aad: bytes(aad), bytes: bytes(wanted) };
        let sealed = seal(&whole, &bytes(plain));
        suite.check(format!("RFC 8452 C.2: {plain:?} with {aad:?}"), HEXLOWER.encode(&sealed) == wanted);
        suite.check(format!("RFC 8452 C.2: {plain:?} with {aad:?} opens"), whole.opens() == Some(bytes(plain)));
        let changed = whole.changed();
        refused += changed.len();
        let opened: Vec<String> =
            changed.into_iter().filter(|(_, one)| one.opens().is_some()).map(|(what, _)| what).collect();
        let held = if opened.is_empty() { Ok(()) } else { Err(format!("it opens with {opened:?}")) };
        suite.case(format!("RFC 8452 C.2: {plain:?} with {aad:?}, one thing wrong"), held);
    }
    for (number, bit, case) in REFUSED {
        let key = bytes(KEY).try_into().unwrap();
        let [aad, plain, cipher, tag] = case.map(bytes);
        let given = Sealed { key, nonce: [0; 12], aad, bytes: [cipher, tag.clone()].concat() };
        // The case is what it says to be: the tag of that plaintext differs from this one in that bit and in no other.
        let mut right = tag;
        right[bit / 8] ^= 1 << (bit % 8);
        suite.check(format!("Wycheproof {number}: bit {bit} is wrong"), seal(&given, &plain).ends_with(&right));
        suite.check(format!("Wycheproof {number}: refused"), given.opens().is_none());
    }
    suite.figure("refused_answers", refused);
}

/// Everything it takes to open a value.
#[derive(Clone)]
struct Sealed {
    key: [u8; 32],
    nonce: [u8; 12],
    aad: Vec<u8>,
    /// Ciphertext and tag.
    bytes: Vec<u8>,
}

impl Sealed {
    fn opens(&self) -> Option<Vec<u8>> {
        let mut bytes = self.bytes.clone();
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let opened = cipher(&self.key).open_in_place(nonce, Aad::from(&self.aad), &mut bytes).ok()?;
        Some(opened.to_vec())
    }

    /// It with one thing wrong: each bit of each part, and each cut.
    fn changed(&self) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        let mut flip = |part: &str, length: usize, change: &dyn Fn(&mut Self, usize, u8)| {
            for bit in 0..length * 8 {
                let mut changed = self.clone();
                change(&mut changed, bit / 8, 1 << (bit % 8));
                all.push((format!("bit {bit} of the {part} flipped"), changed));
            }
        };
        flip("key", 32, &|one, at, bit| one.key[at] ^= bit);
        flip("nonce", 12, &|one, at, bit| one.nonce[at] ^= bit);
        flip("associated data", self.aad.len(), &|one, at, bit| one.aad[at] ^= bit);
        flip("ciphertext and tag", self.bytes.len(), &|one, at, bit| one.bytes[at] ^= bit);
        for length in 0..self.bytes.len() {
            let bytes = self.bytes[..length].to_vec();
            all.push((format!("cut to {length} bytes"), Self { bytes, ..self.clone() }));
        }
        let tag = self.bytes[self.bytes.len() - TAG..].to_vec();
        if tag.len() < self.bytes.len() {
            all.push(("its tag alone".to_owned(), Self { bytes: tag, ..self.clone() }));
        }
        all.push(("more associated data".to_owned(), Self { aad: [&*self.aad, &[0]].concat(), ..self.clone() }));
        all
    }
}

fn seal(place: &Sealed, plain: &[u8]) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    let nonce = Nonce::assume_unique_for_key(place.nonce);
    cipher(&place.key).seal_in_place_append_tag(nonce, Aad::from(&place.aad), &mut bytes).unwrap();
    bytes
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key).unwrap())
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}
