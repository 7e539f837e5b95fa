//! The file system that forgets what was not synced (`tests/peers/powercut`), mounted for as long as a story needs it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use jackfield_tests::components::workspace;
use rustix::fs::{XattrFlags, getxattr, setxattr};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Where it is, and the process that serves it.
pub(crate) struct Forgetful {
    folder: TempDir,
    _serving: Child,
}

impl Forgetful {
    /// Mounts an empty one.
    ///
    /// # Panics
    /// Without root, `/dev/fuse` or what `tests/peers/setup.sh soak` installs.
    pub(crate) async fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut serving = Command::new("python3")
            .arg(workspace().join("tests/peers/powercut/forgetful.py"))
            .arg(folder.path())
            .env("PYTHONPATH", workspace().join("target/peers/powercut"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines();
        let said = lines.next_line().await.unwrap();
        let needs = "it needs root, /dev/fuse, and what `tests/peers/setup.sh soak` installs";
        assert_eq!(said.as_deref(), Some("mounted"), "the file system that forgets does not start: {needs}");
        Self { folder, _serving: serving }
    }

    /// Where the host's data is on it.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where the host's key ring is on it.
    pub(crate) fn ring(&self) -> PathBuf {
        self.folder.path().join("ring/data.keyring")
    }

    /// A folder on it for whatever else is written.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Takes over data and key ring of the host in a folder, all of it durable, in the place of what was there.
    pub(crate) fn take_in(&self, folder: &Path) {
        self.mend();
        self.tell("user.empty", "");
        for part in [self.data(), self.ring().parent().unwrap().to_owned(), self.files()] {
            fs::create_dir_all(&part).unwrap();
        }
        copy(&folder.join("data"), &self.data());
        keep(&folder.join("data.keyring"), &self.ring());
    }

    /// The settings of a host in a folder whose data and key ring are here.
    pub(crate) fn settings(&self, folder: &Path) -> toml::Table {
        let key = folder.join("data.operator-key");
        let all = [("data_dir", self.data()), ("keyring", self.ring()), ("operator_key", key)];
        all.into_iter().map(|(name, path)| (name.to_owned(), toml::Value::String(path.display().to_string()))).collect()
    }

    /// Cuts the power: of what was not synced nothing is left, or each page of it by chance.
    pub(crate) fn cut(&self, seed: Option<u64>) {
        self.tell("user.cut", &seed.map_or("all".to_owned(), |seed| seed.to_string()));
    }

    /// Lets the so-manieth operation of that name fail from now on, and all that follow.
    pub(crate) fn fail(&self, operation: &str, number: u64, errno: i32) {
        self.tell("user.fail", &format!("{operation} {number} {errno}"));
    }

    /// Nothing fails any more.
    pub(crate) fn mend(&self) {
        self.tell("user.fail", "");
    }

    /// How many operations of that name there were since it was last told what fails.
    pub(crate) fn counted(&self, operation: &str) -> u64 {
        let mut bytes = [0; 256];
        let length = getxattr(self.folder.path(), "user.counted", &mut bytes).unwrap();
        let text = std::str::from_utf8(&bytes[..length]).unwrap();
        let mut counts = text.split(' ').filter_map(|count| count.split_once('='));
        counts.find(|(name, _)| *name == operation).unwrap().1.parse().unwrap()
    }

    fn tell(&self, name: &str, value: &str) {
        setxattr(self.folder.path(), name, value.as_bytes(), XattrFlags::empty()).unwrap();
    }
}

impl Drop for Forgetful {
    fn drop(&mut self) {
        // Whoever still has something open on it has it until the end; the process ends with the mount.
        let _gone = std::process::Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, place) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &place);
        } else {
            keep(&path, &place);
        }
    }
}

fn keep(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    File::open(to).unwrap().sync_all().unwrap();
}
