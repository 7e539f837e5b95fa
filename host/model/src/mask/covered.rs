//! What of a text shows a secret: a bit for each byte, however often and in however many readings it is found there.

use super::MASK;

/// The bytes that are covered by the mark; no room is taken while there are none.
pub(super) struct Covered {
    length: usize,
    words: Vec<u64>,
}

impl Covered {
    pub(super) fn none_of(length: usize) -> Self {
        Self { length, words: Vec::new() }
    }

    pub(super) fn is_none(&self) -> bool {
        self.words.is_empty()
    }

    /// Covers a stretch.
    pub(super) fn add(&mut self, from: usize, to: usize) {
        if self.words.is_empty() {
            self.words = vec![0; self.length.div_ceil(64)];
        }
        for at in from..to.min(self.length) {
            if let Some(word) = self.words.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
    }

    fn holds(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// The text with the mark in place of every covered stretch; those that touch are one.
    pub(super) fn replaced(&self, given: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(given.len());
        let mut marked = false;
        for (at, byte) in given.iter().enumerate() {
            match (self.holds(at), marked) {
                (false, _) => out.push(*byte),
                (true, false) => out.extend_from_slice(MASK.as_bytes()),
                (true, true) => {}
            }
            marked = self.holds(at);
        }
        out
    }
}
