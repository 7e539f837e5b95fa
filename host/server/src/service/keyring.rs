//! The key ring of a running host: what each key wraps, and another ring from the same file.

use jackfield_store::{KeyRing, KeyRingError, KeyRingStatus, OpenError, StoreError};

use super::Service;

/// Why the host did not take the key ring of its file. It goes on with the one it has.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The file.
    #[error(transparent)]
    File(#[from] KeyRingError),
    /// It does not open everything the store holds.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The host is ending.
    #[error("the host is stopping")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// What came of it.
#[derive(Debug)]
pub struct Reloaded {
    /// How many keys of the store were wrapped anew.
    pub rewrapped: u64,
    /// What each key of the ring wraps now.
    pub status: KeyRingStatus,
}

impl Service {
    /// What each key of the ring in use wraps.
    pub async fn key_ring_status(&self) -> Result<KeyRingStatus, StoreError> {
        self.store().key_ring_status().await
    }

    /// Reads the key ring's file again, and wraps everything under its primary key.
    pub async fn reload_key_ring(&self, by: &str) -> Result<Reloaded, ReloadError> {
        let path = self.parts.settings.keyring.clone();
        let ring = tokio::task::spawn_blocking(move || KeyRing::load(&path)).await??;
        let change = self.audited(by, "key-ring.reloaded", &ring.primary().to_string())?;
        self.store().commit(change).await?;
        self.store().take_key_ring(ring).await?;
        let rewrapped = self.store().rewrap().await?;
        Ok(Reloaded { rewrapped, status: self.store().key_ring_status().await? })
    }
}
