//! Files that only their owner may read, written once and never over another.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use jackfield_model::secret::Secret;

/// Writes a secret and a newline into a new file of mode 0600.
pub(crate) fn write(path: &Path, secret: &Secret) -> io::Result<()> {
    fill(&mut create(path)?, secret)
}

/// A new, empty file of mode 0600.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Writes a secret and a newline, and waits until they are on disk.
pub(crate) fn fill(file: &mut File, secret: &Secret) -> io::Result<()> {
    file.write_all(secret.expose().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn only_its_owner_reads_it_and_it_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write(&path, &Secret::new("one".into())).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write(&path, &Secret::new("two".into())).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\n");
    }
}
