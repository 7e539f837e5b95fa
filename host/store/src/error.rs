//! Why the store did not open, did not answer, or could not read one record.

use std::{io, path::PathBuf};

use crate::{
    engine::{EngineError, Fault},
    seal::{KeyId, SealError},
    sled_engine::EngineOpenError,
};

/// Why a store did not open. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database did not open.
    #[error(transparent)]
    Engine(#[from] EngineOpenError),
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] EngineError),
    /// The ring has the id of a key, with other bytes.
    #[error("key {0} of the key ring is not the one this store was sealed with: put the right key ring back")]
    WrongKey(KeyId),
    /// Records are sealed under a key the ring does not have.
    #[error("this store is sealed with key {0}, which is not in the key ring: put the right key ring back")]
    MissingKey(KeyId),
    /// Records, but not of this software.
    #[error("the database holds records, but not those of a Jackfield store")]
    Foreign,
    /// Written by a version that is newer than this one.
    #[error("the store is of format {0}, which this version does not know: run the version that wrote it")]
    Format(u8),
    /// A record without which nothing can be opened.
    #[error("the store's own keys cannot be read: restore a backup")]
    Keys(#[source] Unreadable),
    /// No key could be made for a new store.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The index of orders could not be made.
    #[error(transparent)]
    Index(#[from] StoreError),
    /// A restore did not come to its end here: an empty store would hide what there is of it.
    #[error("a restore into {0} was cut off, or is under way: let it end, or run it again")]
    RestoreCutOff(PathBuf),
    /// The folder of components cannot be used.
    #[error("the folder {path} cannot be used")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Somebody changed or made the record meanwhile; nothing was changed.
    #[error("the record was changed meanwhile")]
    Conflict,
    /// The database failed earlier: it takes no more changes, and what was asked for is one, or cannot be read any more.
    #[error("the store takes no more changes since it failed: {0}")]
    ReadOnly(Fault),
    /// The database does not answer reads.
    #[error("the store cannot be read: {0}")]
    Unavailable(Fault),
    /// More than one record holds.
    #[error("{bytes} bytes are too many for one record: at most {limit}")]
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A record is there and cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A tenant that still has connections.
    #[error("the tenant still has connections")]
    InUse,
    /// A tenant whose keys are still needed to end what was made in its name.
    #[error("credentials of the tenant wait to be revoked, or for a choice between accounts")]
    Awaited,
    /// No randomness to seal with.
    #[error("nothing can be sealed: no random bytes could be had from the operating system")]
    Random,
}

impl From<EngineError> for StoreError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Conflict => Self::Conflict,
            EngineError::ReadOnly(fault) => Self::ReadOnly(fault),
            EngineError::Unreadable(fault) => Self::Unavailable(fault),
            EngineError::TooLarge { bytes, limit } => Self::TooLarge { bytes, limit },
        }
    }
}

/// A record that is there and cannot be read. It never hides others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the record {key} cannot be read")]
pub struct Unreadable {
    /// Its key; holds ids and hashes, no secret.
    pub key: String,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// Why a record cannot be read. Never holds any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// In a layout this version does not know.
    #[error("it has layout {0}, which this version does not know")]
    Layout(u8),
    /// Not what the layout says.
    #[error("it is damaged")]
    Damaged,
    /// A part that belongs to it is not there.
    #[error("a part of it is missing")]
    Missing,
    /// Its secret does not open.
    #[error(transparent)]
    Sealed(SealError),
}

/// What was read, and none where it is there and cannot be read: for whoever goes on without it. That is in the log.
pub fn if_readable<T>(read: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(StoreError::Unreadable(reason)) => {
            tracing::warn!(%reason, cause = %reason.cause, "a record cannot be read, and is passed over");
            Ok(None)
        }
        other => other,
    }
}

/// A sealing error while sealing: only size and randomness can be in the way.
pub(crate) fn while_sealing(key: &[u8], error: SealError) -> StoreError {
    match error {
        SealError::TooLarge(bytes) => StoreError::TooLarge { bytes, limit: crate::seal::PLAINTEXT_LIMIT },
        SealError::Random => StoreError::Random,
        other => unreadable(key, Cause::Sealed(other)).into(),
    }
}

pub(crate) fn unreadable(key: &[u8], cause: Cause) -> Unreadable {
    Unreadable { key: String::from_utf8_lossy(key).into_owned(), cause }
}
