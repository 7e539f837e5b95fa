//! Backups: everything a store holds at one moment, as one sealed stream, and the way back.
//!
//! `seal::stream` with frames of four kinds, told apart by their first byte: `h` a head (JSON), `r` records (`length of
//! key 2 | length of value 4 | key | value`, many of them), `c` a piece of a component (its digest, then bytes), `e` the
//! end (JSON) with what there must have been. Records stay sealed as they are in the store, and all of it is sealed once
//! more under the key ring, which is not in it: without the ring a backup opens nothing.

mod read;
mod restore;
mod write;

use std::{io, path::PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    components::ComponentError,
    engine::EngineError,
    error::{OpenError, StoreError},
    seal::{KeyId, SealError, StreamError},
    sled_engine::EngineOpenError,
};

pub use read::Verification;
pub(crate) use restore::is_cut_off;
pub use write::Backup;

const HEAD: u8 = b'h';
const RECORDS: u8 = b'r';
const COMPONENT: u8 = b'c';
const END: u8 = b'e';
/// A component's digest in a frame: hexadecimal SHA-256.
const DIGEST: usize = 64;
/// How much of records or of a component goes into one frame.
const PIECE: usize = 256 * 1024;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// Of the store, not of the backup.
    format: u8,
    made_at: Timestamp,
    software: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    records: u64,
    components: u64,
}

/// What a backup holds, once all of it was read and found good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// When it was made.
    pub made_at: Timestamp,
    /// The version that made it.
    pub software: String,
    /// How many records.
    pub records: u64,
    /// How many component files.
    pub components: u64,
    /// The key of the ring it is sealed under, 32 hexadecimal digits.
    pub key: String,
}

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A component's file.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// A component's file that was there in the beginning.
    #[error("the component {0} was removed while the backup was made: make it again")]
    Removed(String),
    /// The folder of components.
    #[error("the folder of components cannot be read")]
    Folder(#[source] io::Error),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<EngineError> for BackupError {
    fn from(error: EngineError) -> Self {
        Self::Store(error.into())
    }
}

/// Why a backup is not good. Nothing of it was used.
#[derive(Debug, thiserror::Error)]
pub enum BadBackup {
    /// Another kind of file.
    #[error("this is no backup of a Jackfield store")]
    Foreign,
    /// Made by a later version.
    #[error("this backup is of format {0}, which this version does not know: use the version that made it")]
    Version(u8),
    /// Of a store of a later version.
    #[error("this backup is of a store of format {0}, which this version does not know: use the version that made it")]
    StoreFormat(u8),
    /// Sealed under a key that is not here.
    #[error("this backup is sealed with key {0}, which is not in the key ring: use the key ring of the host it is of")]
    UnknownKey(KeyId),
    /// Sealed under another key of that id.
    #[error("key {0} of the key ring is not the one this backup is sealed with: use the key ring of the host it is of")]
    WrongKey(KeyId),
    /// It ends too early.
    #[error("this backup is cut short: take another copy of it")]
    Cut,
    /// It is not as it was written.
    #[error("this backup was changed or is damaged: take another copy of it")]
    Changed,
    /// It cannot be read.
    #[error("the backup cannot be read")]
    Io(#[from] io::Error),
}

impl From<StreamError> for BadBackup {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Foreign => Self::Foreign,
            StreamError::Version(version) => Self::Version(version),
            StreamError::UnknownKey(key) => Self::UnknownKey(key),
            StreamError::WrongKey(key) => Self::WrongKey(key),
            StreamError::Changed => Self::Changed,
        }
    }
}

/// Why nothing was restored. What was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup.
    #[error(transparent)]
    Bad(#[from] BadBackup),
    /// There is a store already.
    #[error("{0} holds a store already, and a restore never replaces one: name a new data directory")]
    HoldsRecords(PathBuf),
    /// The place of the new store.
    #[error(transparent)]
    Place(#[from] EngineOpenError),
    /// The new store did not take the records.
    #[error("the records of the backup cannot be written")]
    Write(#[from] EngineError),
    /// The new store does not open.
    #[error("the restored store does not open")]
    Open(#[from] OpenError),
    /// A component.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// A file or folder.
    #[error("{path} cannot be read or written")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The process is ending.
    #[error("the restore was interrupted")]
    Interrupted,
}
