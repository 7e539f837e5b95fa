//! Component files: kept beside the records under their digest, checked whenever they are read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

/// Why a component's file did not serve.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// What lies there is not what its name says.
    #[error("the component {0} was changed on disk: install it again")]
    Changed(String),
    /// Not 64 lower-case hex digits.
    #[error("`{0}` is no component digest")]
    Digest(String),
    /// The file cannot be read or written.
    #[error("the component {digest} cannot be read or written")]
    Io {
        /// Which.
        digest: String,
        /// Why.
        source: io::Error,
    },
}

/// The folder of component files. Its methods block.
#[derive(Debug, Clone)]
pub struct Components {
    folder: PathBuf,
}

/// SHA-256 in lower-case hex: how a component is named.
pub fn digest_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

impl Components {
    /// Uses or makes the folder.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        sync_folder(folder.parent().unwrap_or(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Keeps a component; answers its digest. The same bytes are kept once.
    pub fn put(&self, bytes: &[u8]) -> Result<String, ComponentError> {
        let digest = digest_of(bytes);
        let io = |source| ComponentError::Io { digest: digest.clone(), source };
        let target = self.path(&digest)?;
        // Named by process and digest: two writers of the same component write the same bytes.
        let draft = self.folder.join(format!("{digest}.{}.new", std::process::id()));
        write_synced(&draft, bytes).and_then(|()| fs::rename(&draft, &target)).map_err(io)?;
        sync_folder(&self.folder).map_err(io)?;
        Ok(digest)
    }

    /// The component of this digest, checked; none where there is no such file.
    pub fn get(&self, digest: &str) -> Result<Option<Vec<u8>>, ComponentError> {
        match fs::read(self.path(digest)?) {
            Ok(bytes) if digest_of(&bytes) == digest => Ok(Some(bytes)),
            Ok(_) => Err(ComponentError::Changed(digest.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ComponentError::Io { digest: digest.to_owned(), source }),
        }
    }

    /// Removes a component's file, if it is there.
    pub fn delete(&self, digest: &str) -> Result<(), ComponentError> {
        let io = |source| ComponentError::Io { digest: digest.to_owned(), source };
        match fs::remove_file(self.path(digest)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io(error)),
            _ => sync_folder(&self.folder).map_err(io),
        }
    }

    /// The digests of all files there are, in order.
    pub(crate) fn list(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            // A draft of a component that is being kept has another ending.
            found.extend(name.strip_suffix(".wasm").map(str::to_owned));
        }
        found.sort();
        Ok(found)
    }

    pub(crate) fn path(&self, digest: &str) -> Result<PathBuf, ComponentError> {
        let is_hex = digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex {
            Ok(self.folder.join(format!("{digest}.wasm")))
        } else {
            Err(ComponentError::Digest(digest.chars().take(80).collect()))
        }
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_component_is_found_by_its_digest_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let components = Components::open(&folder.path().join("components")).unwrap();
        let digest = components.put(b"\0asm").unwrap();
        assert_eq!(digest, "cd5d4935a48c0672cb06407bb443bc0087aff947c6b864bac886982c73b3027f");
        assert_eq!(components.put(b"\0asm").unwrap(), digest);
        assert_eq!(components.get(&digest).unwrap(), Some(b"\0asm".to_vec()));
        assert_eq!(fs::read_dir(folder.path().join("components")).unwrap().count(), 1, "no draft stays behind");
        fs::write(components.path(&digest).unwrap(), b"\0asM").unwrap();
        assert!(matches!(components.get(&digest), Err(ComponentError::Changed(_))));
        components.delete(&digest).unwrap();
        components.delete(&digest).unwrap();
        assert_eq!(components.get(&digest).unwrap(), None);
    }

    #[test]
    fn a_path_is_no_digest() {
        let folder = tempfile::tempdir().unwrap();
        let components = Components::open(folder.path()).unwrap();
        for text in ["", "../../etc/passwd", &"A".repeat(64), &format!("{}/", "a".repeat(63))] {
            assert!(matches!(components.get(text), Err(ComponentError::Digest(_))), "{text}");
        }
    }
}
