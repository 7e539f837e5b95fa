//! Sealing: how secrets lie at rest. Pure functions over bytes and keys; `keys` stores the keys it needs.
//!
//! A key encryption key (KEK, outside the store, `KeyRing`) wraps a data key per tenant (inside the store);
//! a key per record is derived from the data key and 32 random bytes. One envelope serves both steps.
//!
//! Algorithm: AES-256-GCM-SIV of aws-lc-rs. Each key encrypts one record, so a nonce of 96 random bits is
//! safe, and SIV stays safe even if one repeats. XChaCha20-Poly1305 was rejected: ten times slower here for
//! a nonce length that derived keys make needless. Neither of them commits to its key; the derived
//! commitment, compared before decrypting, does. Randomness is the operating system's, through aws-lc-rs:
//! salts, nonces and keys are made here and nowhere else, and no caller could choose them better.

mod context;
mod envelope;
mod held_ring;
mod key;
mod lookup;
mod ring;
mod ring_file;
pub(crate) mod stream;

pub(crate) use context::{Context, Scope};
pub use envelope::{PLAINTEXT_LIMIT, SealError};
pub(crate) use envelope::{key_id, open, seal};
pub use held_ring::HeldKeyRing;
pub(crate) use key::{Key, random};
pub use key::{KeyId, KeyIdError};
pub(crate) use lookup::LookupKey;
pub use lookup::Purpose;
pub use ring::{GrowError, KeyRing, RetireError};
pub use ring_file::KeyRingError;
pub(crate) use ring_file::parse as parse_ring;
pub(crate) use stream::{Sealer, StreamError};
