//! The way back: a backup is read once to the end before anything is written, then into a folder beside the place of the
//! store, which moves there as the last step.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::runtime::Handle;

use super::{BadBackup, RestoreError, Summary, Verification, read::Item};
use crate::{
    components::Components,
    engine::{Batch, Engine},
    keys::Keys,
    seal::KeyRing,
    sled_engine::{self, SledEngine},
    store::{COMPONENTS, Options, RECORDS, Store},
};

/// Where a restored store grows until it is whole.
const GROWING: &str = "restoring";

impl Store {
    /// Reads a backup's file to its end; what it holds, where it is good. Blocks.
    pub fn verify_backup(file: &Path, ring: &KeyRing) -> Result<Summary, BadBackup> {
        Verification::with(ring).file(File::open(file)?, |_| Ok(()))
    }

    /// Verifies bytes as they come, with the ring of this store.
    pub fn verification(&self) -> Verification<Arc<KeyRing>> {
        Verification::with(self.core().keys.ring())
    }

    /// Makes a store in `data` from a backup. Refuses, with nothing changed, a store that is there, another key ring, a
    /// backup that is cut or changed or newer than this version. One that was cut off itself is run again.
    pub async fn restore(file: &Path, data: &Path, ring: KeyRing) -> Result<Summary, RestoreError> {
        let (file, data) = (file.to_owned(), data.to_owned());
        let runtime = Handle::current();
        let work = tokio::task::spawn_blocking(move || {
            Self::verify_backup(&file, &ring)?;
            refuse_records(&data)?;
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&data).map_err(at(&data))?;
            // The lock of the store that will be here: no host begins one meanwhile.
            let _lock = sled_engine::lock(&data.join(RECORDS))?;
            refuse_records(&data)?;
            clear(&data)?;
            let growing = data.join(GROWING);
            let grown = grow(&runtime, &file, &growing, ring).and_then(|summary| {
                settle(&growing, &data)?;
                Ok(summary)
            });
            match &grown {
                Ok(_) => remove(&growing)?,
                Err(_) => clear(&data)?,
            }
            grown
        });
        work.await.map_err(|_| RestoreError::Interrupted)?
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> RestoreError {
    let path = path.to_owned();
    move |source| RestoreError::Io { path, source }
}

/// Whether a restore was cut off here, or is under way: its components may be in their place, and its records are not.
pub(crate) fn is_cut_off(data: &Path) -> bool {
    data.join(GROWING).exists() && !Store::exists(data)
}

/// Takes away what a restore left that did not come to its end: last the folder that shows that it was one.
fn clear(data: &Path) -> Result<(), RestoreError> {
    if is_cut_off(data) {
        remove(&data.join(COMPONENTS))?;
        remove(&data.join(GROWING))?;
    }
    Ok(())
}

fn refuse_records(data: &Path) -> Result<(), RestoreError> {
    if is_cut_off(data) {
        return Ok(());
    }
    let taken = [RECORDS, COMPONENTS].iter().any(|part| data.join(part).exists());
    if taken { Err(RestoreError::HoldsRecords(data.to_owned())) } else { Ok(()) }
}

fn remove(folder: &Path) -> Result<(), RestoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder)(error)),
        _ => Ok(()),
    }
}

/// Writes everything into `growing` and opens it as a host would.
fn grow(runtime: &Handle, file: &Path, growing: &Path, ring: KeyRing) -> Result<Summary, RestoreError> {
    fs::DirBuilder::new().mode(0o700).create(growing).map_err(at(growing))?;
    let engine = SledEngine::open(&growing.join(RECORDS), Options::default().cache_bytes)?;
    let folder = growing.join(COMPONENTS);
    let components = Components::open(&folder).map_err(at(&folder))?;
    let mut open = None;
    let source = File::open(file).map_err(at(file))?;
    let summary = Verification::with(&ring).file(source, |item| match item {
        Item::Records(pairs) => {
            let writes = pairs.into_iter().map(|(key, value)| (key, Some(value))).collect();
            Ok(runtime.block_on(engine.commit(Batch { checks: Vec::new(), writes, counts: vec![] }))?)
        }
        Item::Component(digest, bytes) => write(&components, &mut open, &digest, &bytes),
    })?;
    if let Some((_, _, file)) = open {
        file.sync_all().map_err(at(&folder))?;
    }
    runtime.block_on(Keys::unlock(&engine, ring))?;
    Ok(summary)
}

/// The component that is being written: its digest, its path, its file.
type Growing = Option<(String, PathBuf, File)>;

fn write(components: &Components, open: &mut Growing, digest: &str, bytes: &[u8]) -> Result<(), RestoreError> {
    if open.as_ref().is_none_or(|(current, ..)| current != digest) {
        if let Some((_, path, file)) = open.take() {
            file.sync_all().map_err(at(&path))?;
        }
        let path = components.path(digest)?;
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(at(&path))?;
        *open = Some((digest.to_owned(), path, file));
    }
    match open {
        Some((_, path, file)) => file.write_all(bytes).map_err(at(path)),
        None => Ok(()),
    }
}

/// Moves what has grown to its place; the records last, because they are what makes a folder a store.
fn settle(growing: &Path, data: &Path) -> Result<(), RestoreError> {
    for part in [COMPONENTS, RECORDS] {
        let target = data.join(part);
        File::open(growing.join(part)).and_then(|folder| folder.sync_all()).map_err(at(&target))?;
        fs::rename(growing.join(part), &target).map_err(at(&target))?;
        // Each before the next, so that records are never in their place without components.
        File::open(data).and_then(|folder| folder.sync_all()).map_err(at(data))?;
    }
    Ok(())
}
