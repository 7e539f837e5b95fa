//! Opening sled so that what it acknowledged before is there, and nobody else has it open.

use std::{
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use crate::patience;

/// sled puts up to about twenty values on a node and a node above a quarter of a segment into a file of its
/// own, which it never syncs. Segments of 4 MiB keep a node of 32 KiB values below that quarter.
const SEGMENT_BYTES: usize = 4 * 1024 * 1024;

/// Why the database did not open.
#[derive(Debug, thiserror::Error)]
pub enum EngineOpenError {
    /// Another process has it.
    #[error("another process has the store {0} open: stop it, or give this host a data directory of its own")]
    Locked(PathBuf),
    /// A file or folder cannot be used.
    #[error("the store's file {path} cannot be used")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database refused its files.
    #[error("the store in {path} does not open; its files were left as they are")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What sled says; none when it stopped without a word.
        source: Option<sled::Error>,
    },
    /// Values lie outside the log, where they are not synced.
    #[error("the store in {0} keeps values outside its log, which this version never writes: it is not ours")]
    Blobs(PathBuf),
    /// No thread to write with.
    #[error("no thread could be started to write to the store")]
    Thread(#[source] io::Error),
}

/// A store's lock, held until it is dropped.
pub(crate) struct Lock(#[allow(dead_code, reason = "held, and never looked at")] File);

/// The files held while a database is open.
pub(super) struct Files {
    /// sled's only data file, for syncing.
    pub(super) data: File,
    /// Held until dropped.
    _lock: Lock,
}

pub(super) fn open(directory: &Path, cache_bytes: u64) -> Result<(sled::Db, Files), EngineOpenError> {
    fs::create_dir_all(directory).map_err(at(directory))?;
    let lock = lock(directory)?;
    remove_torn_snapshots(directory)?;
    refuse_blobs(directory)?;
    let config = sled::Config::new().path(directory).cache_capacity(cache_bytes).segment_size(SEGMENT_BYTES);
    let database = database(directory, &config)?;
    sync_all(directory)?;
    let path = directory.join("db");
    let data = File::options().read(true).write(true).open(&path).map_err(at(&path))?;
    Ok((database, Files { data, _lock: lock }))
}

/// Asks again while sled's own lock is held: whoever has it does not have ours, and so is about to let go of it.
fn database(directory: &Path, config: &sled::Config) -> Result<sled::Db, EngineOpenError> {
    let damaged = |source| EngineOpenError::Damaged { path: directory.into(), source };
    let opened = patience::tried(|| match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(Ok(database)) => Some(Ok(database)),
        Ok(Err(error)) if is_held(&error) => None,
        Ok(Err(error)) => Some(Err(damaged(Some(error)))),
        Err(_) => Some(Err(damaged(None))),
    });
    opened.unwrap_or_else(|| Err(EngineOpenError::Locked(directory.into())))
}

/// Whether sled found its lock held, which it tells only in words; a test meets them.
fn is_held(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> EngineOpenError {
    let path = path.to_owned();
    move |source| EngineOpenError::Io { path, source }
}

/// A sibling, because sled's own lock is on a file it may replace.
pub(crate) fn lock(directory: &Path) -> Result<Lock, EngineOpenError> {
    let path = directory.with_extension("lock");
    let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(at(&path))?;
    let taken = patience::locked(&file).map_err(at(&path))?;
    if taken { Ok(Lock(file)) } else { Err(EngineOpenError::Locked(directory.into())) }
}

/// A snapshot torn by a crash is taken for the newest one by sled's reader, which then refuses to open.
fn remove_torn_snapshots(directory: &Path) -> Result<(), EngineOpenError> {
    for entry in fs::read_dir(directory).map_err(at(directory))? {
        let entry = entry.map_err(at(directory))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path()).map_err(at(&entry.path()))?;
        }
    }
    Ok(())
}

fn refuse_blobs(directory: &Path) -> Result<(), EngineOpenError> {
    let first = fs::read_dir(directory.join("blobs")).ok().and_then(|mut entries| entries.next());
    if first.is_some() { Err(EngineOpenError::Blobs(directory.into())) } else { Ok(()) }
}

/// Every file, the folder and its parent: a file whose name is not synced may be gone after a power cut.
fn sync_all(directory: &Path) -> Result<(), EngineOpenError> {
    for entry in fs::read_dir(directory).map_err(at(directory))? {
        let path = entry.map_err(at(directory))?.path();
        // sled removes old snapshots while it runs.
        match File::open(&path) {
            Ok(file) => file.sync_all().map_err(at(&path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&path)(error)),
        }
    }
    let parents = [Some(directory), directory.parent().filter(|parent| !parent.as_os_str().is_empty())];
    for folder in parents.into_iter().flatten() {
        File::open(folder).and_then(|open| open.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}
