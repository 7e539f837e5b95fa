//! The kept cases of each parser, and mutations of them that are the same at every run.

use std::path::Path;

/// A kept case.
pub struct Case {
    /// Its file's name, which says what it shows.
    pub name: String,
    /// What is given.
    pub bytes: Vec<u8>,
}

/// The cases of a parser, by name.
///
/// # Errors
/// Where the folder of that name cannot be read.
pub fn corpora(parser: &str) -> std::io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(parser))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        cases.push(Case { name, bytes: std::fs::read(entry.path())? });
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

/// Numbers that look random and follow from their seed (Vigna's `SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default()
    }
}

/// Bytes that parsers stumble over.
const AWKWARD: [&[u8]; 16] = [
    b"\"",
    b"\\",
    b"{",
    b"]",
    b",",
    b"=",
    b"&",
    b"%00",
    b"\n",
    b"\r\n",
    b"..",
    b"//",
    b"\xff",
    b"\xc3\xa9",
    b"18446744073709551616",
    b"-1",
];

/// The case changed in a few places, as the seed has it: bytes turned, cut out, doubled, mixed with another case.
pub fn mutated(case: &[u8], other: &[u8], seed: u64) -> Vec<u8> {
    let mut numbers = Numbers(seed);
    let mut bytes = case.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let length = numbers.below(16).min(bytes.len() - at);
        match numbers.below(6) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(1)),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let piece = bytes.iter().skip(at).take(length).copied().collect::<Vec<_>>();
                bytes.splice(at..at, piece);
            }
            3 => {
                let piece = AWKWARD.get(numbers.below(AWKWARD.len())).copied().unwrap_or_default();
                bytes.splice(at..at + length.min(1), piece.iter().copied());
            }
            4 => {
                let from = numbers.below(other.len() + 1);
                let piece = other.iter().skip(from).take(1 + numbers.below(40)).copied().collect::<Vec<_>>();
                bytes.splice(at..at + length, piece);
            }
            _ => {
                let bit = 1_u8 << numbers.below(8);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
            }
        }
    }
    bytes
}
