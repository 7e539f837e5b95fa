//! The first operator key: a store without any API key gets one, in a file of its own, never in a log.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use jackfield_model::api_key::Permission;

use super::ServeError;
use crate::{
    private_file,
    service::{NewApiKey, Service},
};

/// What the first key is called.
const NAME: &str = "first operator key";
/// What every API key begins with.
const KEY_PREFIX: &str = "jf_";

/// Makes the key where there is none; where it was written.
pub(super) async fn ensure(service: &Service, path: &Path) -> Result<Option<PathBuf>, ServeError> {
    match service.api_keys().await?.as_slice() {
        [] => {}
        // A crash came between making the key and writing it: nobody has it.
        [only] if only.name == NAME && fs::metadata(path).is_ok_and(|file| file.len() == 0) => {
            service.remove_api_key(only.id, "host").await?;
        }
        _ => return Ok(None),
    }
    let unwritten = |source| ServeError::FirstKeyFile { path: path.to_owned(), source };
    // The file first: a key that nobody could read must not be made.
    let mut file = private(path).map_err(unwritten)?;
    let permissions = BTreeSet::from(Permission::ALL);
    let new = NewApiKey { name: NAME.to_owned(), tenant: None, permissions };
    let (_, key) = service.create_api_key(new, "host").await?;
    private_file::fill(&mut file, &key).map_err(unwritten)?;
    Ok(Some(path.to_owned()))
}

/// A new file of mode 0600. A key left there by an earlier store opens nothing any more and makes way; nothing else does.
fn private(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        let held = fs::read_to_string(path)?;
        if held.is_empty() || held.starts_with(KEY_PREFIX) {
            fs::remove_file(path)?;
        }
    }
    private_file::create(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use std::os::unix::fs::PermissionsExt as _;

    use jackfield_model::secret::Secret;

    use super::*;

    #[test]
    fn only_an_old_key_makes_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operator-key");
        private_file::fill(&mut private(&path).unwrap(), &Secret::new("jf_one".into())).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        private_file::fill(&mut private(&path).unwrap(), &Secret::new("jf_two".into())).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "jf_two\n");
        fs::write(&path, "a diary").unwrap();
        assert_eq!(private(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "a diary");
    }
}
