//! Randomness as an argument: the only place that asks the operating system for it.

use std::sync::Mutex;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use data_encoding::BASE64URL_NOPAD;
use jackfield_model::secret::Secret;
use rand::{RngCore, SeedableRng, rngs::StdRng};

/// Gives random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the slice; false when the source failed and nothing may be built on it.
    fn fill(&self, out: &mut [u8]) -> bool;
}

/// The source failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoEntropy;

/// Bits for an id.
pub fn id_bits(entropy: &dyn Entropy) -> Result<u128, NoEntropy> {
    Ok(u128::from_be_bytes(bytes(entropy)?))
}

/// Random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], NoEntropy> {
    let mut out = [0; N];
    if entropy.fill(&mut out) { Ok(out) } else { Err(NoEntropy) }
}

/// An unguessable text: 32 random bytes, base64url.
pub fn token(entropy: &dyn Entropy) -> Result<Secret, NoEntropy> {
    Ok(Secret::new(BASE64URL_NOPAD.encode(&bytes::<32>(entropy)?)))
}

/// The operating system's source.
#[derive(Debug, Default)]
pub struct SystemEntropy {
    source: SystemRandom,
}

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> bool {
        self.source.fill(out).is_ok()
    }
}

/// A seeded source, for stories that must run the same way twice. Never for a real host.
#[derive(Debug)]
pub struct SeededEntropy {
    generator: Mutex<StdRng>,
}

impl SeededEntropy {
    /// A source that gives the same bytes for the same seed.
    pub fn new(seed: u64) -> Self {
        Self { generator: Mutex::new(StdRng::seed_from_u64(seed)) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) -> bool {
        match self.generator.lock() {
            Ok(mut generator) => {
                generator.fill_bytes(out);
                true
            }
            Err(_) => false,
        }
    }
}
