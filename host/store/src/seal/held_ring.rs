//! A key ring's file while it is changed: by one command at a time, and never over what somebody else wrote.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt, fchown},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    KeyRing, KeyRingError,
    ring_file::{at, folder_of, parsed, read, sync_folder},
};
use crate::patience;

/// A key ring's file as it was read, held until it is dropped: whoever else wants to change a ring of that folder is refused.
///
/// A ring that is written over another loses the keys of the other, and with them all that was wrapped under them.
#[derive(Debug)]
pub struct HeldKeyRing {
    path: PathBuf,
    /// What the file has, as far as this knows.
    text: Zeroizing<String>,
    #[allow(dead_code, reason = "held, and never looked at")]
    lock: File,
}

impl HeldKeyRing {
    /// Reads a ring to change it. Blocks for a moment where another command has it.
    pub fn load(path: &Path) -> Result<Self, KeyRingError> {
        let lock = locked(path)?;
        let text = read(path)?;
        parsed(&text, path)?;
        Ok(Self { path: path.into(), text, lock })
    }

    /// The ring that the file has.
    pub fn ring(&self) -> Result<KeyRing, KeyRingError> {
        parsed(&self.text, &self.path)
    }

    /// Puts another ring in the place of this one, whole or not at all, for the same owner. Refused where the file is no longer
    /// what it was: an editor, or a copy that was put back, asks for no lock.
    pub fn replace(&mut self, ring: &KeyRing) -> Result<(), KeyRingError> {
        let path = self.path.as_path();
        let before = fs::symlink_metadata(path).map_err(at(path))?;
        if *read(path)? != *self.text {
            return Err(KeyRingError::Changed(path.into()));
        }
        let beside = path.with_added_extension("new");
        // What a crash left there was never the ring.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&beside)(error)),
            _ => {}
        }
        let file = ring.write(&beside)?;
        let same_owner =
            (before.uid(), before.gid()) == (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        if !same_owner {
            fchown(&file, Some(before.uid()), Some(before.gid())).map_err(at(&beside))?;
        }
        fs::rename(&beside, path).map_err(at(path))?;
        self.text = ring.to_text();
        sync_folder(path)
    }
}

/// A lock on the folder: the file itself is another one after each change, and a file beside it would stay behind.
fn locked(path: &Path) -> Result<File, KeyRingError> {
    let folder = File::open(folder_of(path)).map_err(at(path))?;
    let taken = patience::locked(&folder).map_err(at(path))?;
    if taken { Ok(folder) } else { Err(KeyRingError::Held(path.into())) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::seal::RetireError;

    #[test]
    fn a_ring_is_replaced_whole_and_a_key_retired() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        let first = KeyRing::create(&path, &folder.path().join("data")).unwrap().primary();
        // What a crash left of an earlier time.
        fs::write(folder.path().join("keyring.new"), "torn").unwrap();
        let mut held = HeldKeyRing::load(&path).unwrap();
        let rotated = held.ring().unwrap().with_new_primary().unwrap();
        let second = rotated.primary();
        held.replace(&rotated).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let read = KeyRing::load(&path).unwrap();
        assert_eq!((read.primary(), read.ids().count()), (second, 2));
        assert_eq!(held.ring().unwrap().without(second).unwrap_err(), RetireError::Primary(second));
        let left = held.ring().unwrap().without(first).unwrap();
        assert_eq!(left.ids().collect::<Vec<_>>(), [second]);
        held.replace(&left).unwrap();
        assert_eq!(KeyRing::load(&path).unwrap().without(first).unwrap_err(), RetireError::Unknown(first));
        fs::remove_file(&path).unwrap();
        assert!(matches!(held.replace(&rotated), Err(KeyRingError::Missing(_))));
    }

    #[test]
    fn of_two_who_change_a_ring_the_second_is_refused_and_no_key_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        KeyRing::create(&path, &folder.path().join("data")).unwrap();
        let mut first = HeldKeyRing::load(&path).unwrap();
        assert!(matches!(HeldKeyRing::load(&path), Err(KeyRingError::Held(_))));
        let wider = first.ring().unwrap().with_new_primary().unwrap();
        first.replace(&wider).unwrap();
        // Somebody who asks for no lock puts another ring there.
        let other = KeyRing::load(&path).unwrap().with_new_primary().unwrap();
        fs::remove_file(&path).unwrap();
        other.save(&path).unwrap();
        let wider = first.ring().unwrap().with_new_primary().unwrap();
        let refused = first.replace(&wider).unwrap_err();
        assert!(matches!(refused, KeyRingError::Changed(_)) && refused.to_string().contains("again"), "{refused}");
        assert_eq!(KeyRing::load(&path).unwrap().primary(), other.primary(), "what was written is there");
        drop(first);
        assert_eq!(HeldKeyRing::load(&path).unwrap().ring().unwrap().primary(), other.primary());
    }
}
