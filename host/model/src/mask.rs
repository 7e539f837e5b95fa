//! Masking: what a provider echoes of a secret never reaches a guest, a log line or an error (LK-3).
//!
//! Text is read the ways a secret may be written (plain, percent, JSON escapes, hex, base64), and wherever a reading
//! shows a run of the secret, the text it came from is replaced by a mark of fixed length.

mod views;

use std::borrow::Cow;

use zeroize::Zeroize;

use crate::secret::Secret;
use views::{View, each_view};

/// What stands where a secret stood.
pub const MASK: &str = "[masked]";
/// The shortest run of a secret that is masked; a shorter secret is masked as a whole.
const RUN: usize = 12;
/// A secret shorter than this says nothing: masking it would tear every text apart.
const LEAST: usize = 4;

/// Knows the secrets of one call.
#[derive(Default)]
pub struct Masker {
    /// Runs by their length; more than one length only where a secret is shorter than `RUN`.
    runs: Vec<Runs>,
}

struct Runs {
    length: usize,
    /// Every run as a number, in order; a run has at most as many bytes as the number.
    known: Vec<u128>,
    /// First two bytes of every run: almost every position is ruled out here.
    begins: Vec<u64>,
}

impl Masker {
    /// A masker for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut masker = Self::default();
        for secret in secrets {
            masker.add(secret);
        }
        masker
    }

    /// Adds a secret.
    pub fn add(&mut self, secret: &Secret) {
        let bytes = secret.expose().as_bytes();
        if bytes.len() < LEAST {
            return;
        }
        let length = bytes.len().min(RUN);
        if !self.runs.iter().any(|runs| runs.length == length) {
            self.runs.push(Runs { length, known: Vec::new(), begins: vec![0; 1024] });
        }
        for runs in self.runs.iter_mut().filter(|runs| runs.length == length) {
            runs.learn(bytes);
        }
    }

    /// The bytes with every run of a secret masked.
    pub fn bytes<'a>(&self, given: &'a [u8]) -> Cow<'a, [u8]> {
        if self.runs.is_empty() || given.is_empty() {
            return Cow::Borrowed(given);
        }
        let mut covered: Vec<(usize, usize)> = Vec::new();
        each_view(given, |view| self.find(view, &mut covered));
        if covered.is_empty() { Cow::Borrowed(given) } else { Cow::Owned(replaced(given, covered)) }
    }

    /// The text with every run of a secret masked.
    pub fn text<'a>(&self, given: &'a str) -> Cow<'a, str> {
        match self.bytes(given.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(given),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    fn find(&self, view: &View, covered: &mut Vec<(usize, usize)>) {
        for runs in &self.runs {
            let ends = (0..view.bytes.len()).filter(|at| runs.is_at(&view.bytes, *at));
            for at in ends {
                if let (Some(first), Some(last)) = (view.span(at), view.span(at + runs.length - 1)) {
                    covered.push((first.0, last.1));
                }
            }
        }
    }
}

impl Runs {
    fn learn(&mut self, secret: &[u8]) {
        // Never grown in place: what is left behind would not be wiped.
        let mut known = Vec::with_capacity(self.known.len() + secret.len());
        known.extend_from_slice(&self.known);
        for window in secret.windows(self.length) {
            if let Some((word, bit)) = begin(window)
                && let Some(word) = self.begins.get_mut(word)
            {
                *word |= bit;
            }
            known.push(number(window));
        }
        known.sort_unstable();
        self.known.zeroize();
        self.known = known;
    }

    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let Some(window) = bytes.get(at..at + self.length) else { return false };
        let possible = begin(window).is_some_and(|(word, bit)| self.begins.get(word).is_some_and(|set| set & bit != 0));
        possible && self.known.binary_search(&number(window)).is_ok()
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.known.zeroize();
        self.begins.zeroize();
    }
}

fn number(window: &[u8]) -> u128 {
    window.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

fn begin(window: &[u8]) -> Option<(usize, u64)> {
    let [first, second, ..] = window else { return None };
    let index = usize::from(*first) << 8 | usize::from(*second);
    Some((index >> 6, 1 << (index & 63)))
}

/// Replaces covered stretches, joined where they touch, by the mark.
fn replaced(given: &[u8], mut covered: Vec<(usize, usize)>) -> Vec<u8> {
    covered.sort_unstable();
    let mut out = Vec::with_capacity(given.len());
    let mut reached = 0;
    for (start, end) in covered {
        if end <= reached {
            continue;
        }
        if start > reached || reached == 0 {
            out.extend_from_slice(given.get(reached..start).unwrap_or_default());
            out.extend_from_slice(MASK.as_bytes());
        }
        reached = end;
    }
    out.extend_from_slice(given.get(reached..).unwrap_or_default());
    out
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Masker")
    }
}

#[cfg(test)]
mod tests;
