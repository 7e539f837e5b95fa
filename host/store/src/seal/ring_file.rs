//! The key ring's file: made once, read at every start, outside the data directory.
//!
//! Text, one key a line, readable by its owner alone (0400):
//! ```text
//! jackfield-keyring 1
//! primary 0f3c…(32 hex digits) 77a1…(64 hex digits)
//! key     91be… 5d02…
//! end 2
//! ```
//! `end` counts the keys, so that a torn copy is noticed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use rustix::fs::OFlags;
use zeroize::Zeroizing;

use super::{Key, KeyId, KeyRing, SealError};

const HEADER: &str = "jackfield-keyring 1";
/// More than the text of a ring that has all the keys it may.
const FILE_LIMIT: u64 = 128 * super::ring::KEYS as u64;

/// Why a key ring file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// There is none.
    #[error("the key ring {0} does not exist")]
    Missing(PathBuf),
    /// The store has records, so a new ring could open none of them.
    #[error(
        "the key ring {ring} does not exist, but the store in {data} has records sealed with it: put the ring back; a new one could not open them"
    )]
    MissingForStore {
        /// Where the ring should be.
        ring: PathBuf,
        /// Where the records are.
        data: PathBuf,
    },
    /// Something is there already.
    #[error("{0} exists already and is never overwritten")]
    Exists(PathBuf),
    /// A copy of the data directory would carry its own key.
    #[error("the key ring {0} must lie outside the data directory, or a copy of the data carries its own key")]
    InsideData(PathBuf),
    /// A link, a folder, a device.
    #[error("the key ring {0} must be an ordinary file, not a link")]
    NotAFile(PathBuf),
    /// Others may read it.
    #[error("the key ring {path} can be read by others (mode {mode:03o}): chmod 400 {path}")]
    TooOpen {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Somebody else owns it.
    #[error("the key ring {0} belongs to another user: it must belong to the one this host runs as, or to root")]
    Owner(PathBuf),
    /// It is cut short or not a key ring.
    #[error("line {line} of the key ring {path} is not as it was written: {what}")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// What was expected.
        what: &'static str,
    },
    /// It is longer than any ring.
    #[error("the key ring {0} is longer than a key ring may be: put the ring back from its copy")]
    TooLong(PathBuf),
    /// Another command changes it.
    #[error("another command changes the key ring {0}, or one in its folder: try again when that is done")]
    Held(PathBuf),
    /// Somebody changed it meanwhile.
    #[error("the key ring {0} was changed meanwhile and is left as it is now: look who changes it, then try again")]
    Changed(PathBuf),
    /// It cannot be read or written.
    #[error("the key ring {path} cannot be read or written")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No key could be made.
    #[error(transparent)]
    Seal(#[from] SealError),
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyRingError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::NotFound => KeyRingError::Missing(path),
        io::ErrorKind::AlreadyExists => KeyRingError::Exists(path),
        _ => KeyRingError::Io { path, source },
    }
}

impl KeyRing {
    /// Reads a ring, after checking that nobody else could have read or planted it.
    pub fn load(path: &Path) -> Result<Self, KeyRingError> {
        parsed(&read(path)?, path)
    }

    /// Makes a ring with one new key in a new file that only its owner may read.
    ///
    /// Never overwrites; refuses a place inside `data`.
    pub fn create(path: &Path, data: &Path) -> Result<Self, KeyRingError> {
        Self::refuse_inside(path, data)?;
        let ring = Self::generate()?;
        ring.save(path)?;
        Ok(ring)
    }

    /// Writes the ring to a new file.
    pub fn save(&self, path: &Path) -> Result<(), KeyRingError> {
        self.write(path)?;
        sync_folder(path)
    }

    pub(super) fn write(&self, path: &Path) -> Result<File, KeyRingError> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o400)
            .custom_flags(no_follow())
            .open(path)
            .map_err(at(path))?;
        file.write_all(self.to_text().as_bytes()).and_then(|()| file.sync_all()).map_err(at(path))?;
        Ok(file)
    }

    /// A key ring beside the data it opens would be copied with it.
    pub(crate) fn refuse_inside(path: &Path, data: &Path) -> Result<(), KeyRingError> {
        if resolved(path).starts_with(resolved(data)) { Err(KeyRingError::InsideData(path.into())) } else { Ok(()) }
    }

    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        // Reserved at once, so that no grown copy is left behind.
        let mut text = Zeroizing::new(String::with_capacity(64 + self.keys.len() * 128));
        text.push_str(HEADER);
        for (id, key) in &self.keys {
            let hex = Zeroizing::new(HEXLOWER.encode(key.as_bytes()));
            let role = if *id == self.primary { "primary" } else { "key    " };
            for part in ["\n", role, " ", &id.to_string(), " ", &hex] {
                text.push_str(part);
            }
        }
        text.push_str("\nend ");
        text.push_str(&self.keys.len().to_string());
        text.push('\n');
        text
    }
}

/// The text of a ring's file, after checking that nobody else could have read or planted it.
pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, KeyRingError> {
    let found = fs::symlink_metadata(path).map_err(at(path))?;
    if !found.is_file() {
        return Err(KeyRingError::NotAFile(path.into()));
    }
    let file = OpenOptions::new().read(true).custom_flags(no_follow()).open(path).map_err(at(path))?;
    check_access(&file, path)?;
    let mut text = Zeroizing::new(String::new());
    match file.take(FILE_LIMIT + 1).read_to_string(&mut text) {
        Ok(read) if read as u64 > FILE_LIMIT => Err(KeyRingError::TooLong(path.into())),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(malformed(path, (1, "text was expected"))),
        Err(error) => Err(at(path)(error)),
    }
}

/// The ring of a file's text.
pub(super) fn parsed(text: &str, path: &Path) -> Result<KeyRing, KeyRingError> {
    parse(text).map_err(|fault| malformed(path, fault))
}

fn malformed(path: &Path, (line, what): (usize, &'static str)) -> KeyRingError {
    KeyRingError::Malformed { path: path.into(), line, what }
}

/// The folder a ring lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn sync_folder(path: &Path) -> Result<(), KeyRingError> {
    let folder = folder_of(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(path))
}

fn no_follow() -> i32 {
    i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

/// Of the opened file, not of its name: what is read is what was checked.
fn check_access(file: &File, path: &Path) -> Result<(), KeyRingError> {
    let metadata = file.metadata().map_err(at(path))?;
    if !metadata.is_file() {
        return Err(KeyRingError::NotAFile(path.into()));
    }
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(KeyRingError::Owner(path.into()));
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyRingError::TooOpen { path: path.into(), mode });
    }
    Ok(())
}

/// The path with links resolved, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = absolute.ancestors().find_map(|known| Some((known, fs::canonicalize(known).ok()?)));
    match known {
        Some((known, real)) => absolute.strip_prefix(known).map_or(absolute.clone(), |rest| real.join(rest)),
        None => absolute,
    }
}

/// Reads the text of a ring; else the line that is not as it was written, and what was expected there.
pub(crate) fn parse(text: &str) -> Result<KeyRing, (usize, &'static str)> {
    let mut lines = text.lines().zip(1..);
    if lines.next().is_none_or(|(line, _)| line != HEADER) {
        return Err((1, "`jackfield-keyring 1` was expected"));
    }
    let mut ring = KeyRing { primary: KeyId([0; 16]), keys: std::collections::BTreeMap::new() };
    let mut primary = None;
    for (line, number) in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["end", count] if count.parse() == Ok(ring.keys.len()) => {
                ring.primary = primary.ok_or((number, "no key is the primary"))?;
                return Ok(ring);
            }
            [role @ ("primary" | "key"), id, key] => {
                let id: KeyId = id.parse().map_err(|_| (number, "a key id of 32 hex digits was expected"))?;
                if *role == "primary" && primary.replace(id).is_some() {
                    return Err((number, "only one key can be the primary"));
                }
                let bytes = HEXLOWER.decode(key.as_bytes()).map(Zeroizing::new);
                let key = bytes
                    .ok()
                    .and_then(|bytes| Key::from_slice(&bytes))
                    .ok_or((number, "a key of 64 hex digits was expected"))?;
                if ring.keys.insert(id, key).is_some() {
                    return Err((number, "two keys have the same id"));
                }
            }
            ["end", _] => return Err((number, "keys are missing")),
            _ => return Err((number, "`primary`, `key` or `end` was expected")),
        }
    }
    Err((text.lines().count(), "the file ends too early: `end` is missing"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::seal::{GrowError, ring::KEYS};

    #[test]
    fn a_ring_survives_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        let ring = KeyRing::create(&path, &folder.path().join("data")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        let read = KeyRing::load(&path).unwrap();
        assert_eq!(read.primary(), ring.primary());
        assert_eq!(read.primary_key().unwrap().1.as_bytes(), ring.primary_key().unwrap().1.as_bytes());
        let more = read.with_new_primary().unwrap();
        let other = folder.path().join("other");
        more.save(&other).unwrap();
        assert_eq!(KeyRing::load(&other).unwrap().ids().collect::<Vec<_>>(), more.ids().collect::<Vec<_>>());
        assert!(!format!("{more:?}").contains(&HEXLOWER.encode(ring.primary_key().unwrap().1.as_bytes())));
    }

    #[test]
    fn a_ring_is_never_overwritten_nor_put_beside_the_data() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let path = folder.path().join("keyring");
        KeyRing::create(&path, &data).unwrap();
        let before = fs::read(&path).unwrap();
        assert!(matches!(KeyRing::create(&path, &data), Err(KeyRingError::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert!(matches!(KeyRing::create(&data.join("keyring"), &data), Err(KeyRingError::InsideData(_))));
        fs::create_dir(&data).unwrap();
        symlink(&data, folder.path().join("link")).unwrap();
        let linked = folder.path().join("link/keyring");
        assert!(matches!(KeyRing::create(&linked, &data), Err(KeyRingError::InsideData(_))));
    }

    #[test]
    fn as_many_keys_as_a_ring_may_have_are_read_again_and_there_is_never_one_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        let mut ring = KeyRing::generate().unwrap();
        while ring.ids().count() < KEYS {
            ring = ring.with_new_primary().unwrap();
        }
        ring.save(&path).unwrap();
        let read = KeyRing::load(&path).unwrap();
        assert_eq!((read.primary(), read.ids().count()), (ring.primary(), KEYS));
        let error = read.with_new_primary().unwrap_err();
        assert!(error == GrowError::Full(KEYS) && error.to_string().contains("retire"), "{error}");
        let longer = folder.path().join("longer");
        fs::write(&longer, ring.to_text().replacen('\n', &"\n".repeat(1 << 16), 1)).unwrap();
        fs::set_permissions(&longer, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(matches!(KeyRing::load(&longer), Err(KeyRingError::TooLong(_))));
    }

    #[test]
    fn links_and_open_modes_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        KeyRing::create(&path, &folder.path().join("data")).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(matches!(KeyRing::load(&link), Err(KeyRingError::NotAFile(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        let error = KeyRing::load(&path).unwrap_err();
        assert!(error.to_string().contains("chmod 400"), "{error}");
        assert!(matches!(KeyRing::load(&folder.path().join("none")), Err(KeyRingError::Missing(_))));
    }

    #[test]
    fn every_cut_is_noticed() {
        let ring = KeyRing::generate().unwrap().with_new_primary().unwrap();
        let text = ring.to_text();
        assert!(parse(&text).is_ok());
        for end in 0..text.len() - 1 {
            assert!(parse(&text[..end]).is_err(), "cut at {end}");
        }
        assert!(parse(&text.replace("primary", "key")).is_err());
        assert!(parse(&text.replace("key    ", "primary")).is_err());
    }
}
