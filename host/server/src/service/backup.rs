//! Backups of the running host: written into the audit log first, then read from the store while it goes on.

use std::sync::Arc;

use jackfield_store::{Backup, BackupError, KeyRing, Verification};

use super::Service;

impl Service {
    /// Begins a backup of everything as it is now.
    pub async fn backup(&self, by: &str) -> Result<Backup, BackupError> {
        let change = self.audited(by, "backup.made", "store")?;
        self.store().commit(change).await?;
        self.store().backup(self.now()).await
    }

    /// Reads a backup with this host's key ring.
    pub fn backup_verification(&self) -> Verification<Arc<KeyRing>> {
        self.store().verification()
    }
}
