//! The key ring: the operator's keys, of which one is used for new wrapping.

use std::collections::BTreeMap;

use super::{Key, KeyId, SealError};

/// The most keys of a ring. Its file is read whole at every start, and is bounded.
pub(super) const KEYS: usize = 512;

/// Why a ring gets no new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrowError {
    /// It has as many keys as it may.
    #[error(
        "the key ring has {0} keys, as many as it may: `jackfield keyring status` says which wrap nothing; retire some of them first"
    )]
    Full(usize),
    /// No key could be made.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Why a key cannot be taken out of its ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetireError {
    /// It is in use.
    #[error("key {0} is the primary key of the ring: rotate first, then retire it")]
    Primary(KeyId),
    /// It is not there.
    #[error("the key ring has no key {0}")]
    Unknown(KeyId),
}

/// The operator's keys. Never empty, never printed.
#[derive(Debug)]
pub struct KeyRing {
    pub(super) primary: KeyId,
    pub(super) keys: BTreeMap<KeyId, Key>,
}

impl KeyRing {
    /// A ring with one new key, not yet in any file.
    pub fn generate() -> Result<Self, SealError> {
        let primary = KeyId::random()?;
        Ok(Self { primary, keys: BTreeMap::from([(primary, Key::random()?)]) })
    }

    /// The same keys and a new one, which becomes the primary.
    pub fn with_new_primary(mut self) -> Result<Self, GrowError> {
        if self.keys.len() >= KEYS {
            return Err(GrowError::Full(self.keys.len()));
        }
        self.primary = KeyId::random()?;
        self.keys.insert(self.primary, Key::random()?);
        Ok(self)
    }

    /// The same keys but one, which nothing in the store may be wrapped under any more.
    pub fn without(mut self, id: KeyId) -> Result<Self, RetireError> {
        if id == self.primary {
            return Err(RetireError::Primary(id));
        }
        match self.keys.remove(&id) {
            Some(_) => Ok(self),
            None => Err(RetireError::Unknown(id)),
        }
    }

    /// The key that wraps new data keys.
    pub fn primary(&self) -> KeyId {
        self.primary
    }

    /// Every key's id.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.keys().copied()
    }

    pub(crate) fn get(&self, id: KeyId) -> Result<&Key, SealError> {
        self.keys.get(&id).ok_or(SealError::UnknownKey(id))
    }

    pub(crate) fn primary_key(&self) -> Result<(KeyId, &Key), SealError> {
        Ok((self.primary, self.get(self.primary)?))
    }
}
