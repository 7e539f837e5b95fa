//! Masking: what a provider echoes of a secret never reaches a guest, a log line or an error (LK-3).
//!
//! Text is read the ways a secret may be written (plain, percent, form, JSON escapes, hex, base64), and wherever a reading
//! shows a run of the secret, the text it came from is replaced by a mark of fixed length.

mod covered;
mod views;

use std::borrow::Cow;

use zeroize::Zeroize;

use crate::secret::Secret;
use covered::Covered;
use views::{Read, follow_all};

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
    /// Whether one of them holds a blank, which a form writes as a plus.
    blank: bool,
}

struct Runs {
    length: usize,
    /// Every run as a number, in order; a run has at most as many bytes as the number.
    known: Vec<u128>,
    /// Last two bytes of every run: almost every position is ruled out here.
    ends: Vec<u64>,
}

/// How many bytes a number has: no run is longer.
const WINDOW: usize = size_of::<u128>();
const _: () = assert!(RUN <= WINDOW);

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
        self.blank |= bytes.contains(&b' ');
        let length = bytes.len().min(RUN);
        if !self.runs.iter().any(|runs| runs.length == length) {
            self.runs.push(Runs { length, known: Vec::new(), ends: vec![0; 1024] });
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
        let shortest = self.runs.iter().map(|runs| runs.length).min().unwrap_or_default();
        let covered = Covered::none_of(given.len());
        let mut search = Search { runs: &self.runs, shortest, blank: self.blank, covered };
        follow_all(given, &mut search);
        let covered = search.covered;
        if covered.is_none() { Cow::Borrowed(given) } else { Cow::Owned(covered.replaced(given)) }
    }

    /// The text with every run of a secret masked.
    pub fn text<'a>(&self, given: &'a str) -> Cow<'a, str> {
        match self.bytes(given.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(given),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }
}

/// What is looked for in a text, and where it was found.
struct Search<'a> {
    runs: &'a [Runs],
    shortest: usize,
    blank: bool,
    covered: Covered,
}

/// The last bytes of a reading, and where each of them came from.
#[derive(Default)]
struct Seeker {
    window: u128,
    begun: [usize; WINDOW],
    count: usize,
}

impl Seeker {
    /// Reads one byte on; where it ends a run, what the run was read from is covered.
    fn read(&mut self, read: Read, search: &mut Search<'_>) {
        self.window = self.window << 8 | u128::from(read.byte);
        if let Some(begun) = self.begun.get_mut(self.count % WINDOW) {
            *begun = read.from;
        }
        self.count += 1;
        for runs in search.runs.iter().filter(|runs| runs.may_end(self.window)) {
            self.found(runs, read.to, &mut search.covered);
        }
    }

    #[cold]
    fn found(&self, runs: &Runs, to: usize, covered: &mut Covered) {
        if let Some(first) = self.count.checked_sub(runs.length)
            && runs.end(self.window)
            && let Some(from) = self.begun.get(first % WINDOW)
        {
            covered.add(*from, to);
        }
    }
}

impl Runs {
    fn learn(&mut self, secret: &[u8]) {
        // Never grown in place: what is left behind would not be wiped.
        let mut known = Vec::with_capacity(self.known.len() + secret.len());
        known.extend_from_slice(&self.known);
        for window in secret.windows(self.length) {
            let run = number(window);
            let (word, bit) = end(run);
            if let Some(word) = self.ends.get_mut(word) {
                *word |= bit;
            }
            known.push(run);
        }
        known.sort_unstable();
        self.known.zeroize();
        self.known = known;
    }

    /// Whether a run ends with the last two bytes of a window.
    fn may_end(&self, window: u128) -> bool {
        let (word, bit) = end(window);
        self.ends.get(word).is_some_and(|set| set & bit != 0)
    }

    /// Whether the last bytes of a window are a run.
    fn end(&self, window: u128) -> bool {
        self.known.binary_search(&(window & (u128::MAX >> (8 * (WINDOW - self.length))))).is_ok()
    }
}

/// Where the last two bytes of a run stand in `ends`.
fn end(run: u128) -> (usize, u64) {
    let [.., before, last] = run.to_be_bytes();
    let index = usize::from(before) << 8 | usize::from(last);
    (index >> 6, 1 << (index & 63))
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.known.zeroize();
        self.ends.zeroize();
    }
}

fn number(window: &[u8]) -> u128 {
    window.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Masker")
    }
}

#[cfg(test)]
mod tests;
