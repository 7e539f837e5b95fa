//! The key ring: the operator's keys, of which one is used for new wrapping.

use std::collections::BTreeMap;

use super::{Key, KeyId, SealError};

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
    pub fn with_new_primary(mut self) -> Result<Self, SealError> {
        self.primary = KeyId::random()?;
        self.keys.insert(self.primary, Key::random()?);
        Ok(self)
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
