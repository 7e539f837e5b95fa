//! A test that runs itself once more as a process that is killed: after a line it said, and not after a time.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a failed test is a panic; what the process says goes to standard output"
)]

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{KeyRing, Store};

const FOLDER: &str = "JACKFIELD_KILLED_FOLDER";

/// What the process said: a word, the number of a connection, and what belongs to it.
pub(super) struct Said {
    pub(super) what: String,
    pub(super) number: u128,
    pub(super) beside: u64,
}

/// A folder with a key ring and no store yet.
pub(super) fn fresh() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    drop(KeyRing::create(&folder.path().join("keyring"), &folder.path().join("data")).unwrap());
    folder
}

pub(super) async fn open(folder: &Path) -> Store {
    Store::open(&folder.join("data"), KeyRing::load(&folder.join("keyring")).unwrap()).await.unwrap()
}

/// The folder to work in, in the process that is killed; none in a test that was started as any other.
pub(super) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// Says a line, in the process that is killed.
pub(super) fn say(what: &str, number: u128, beside: u64) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "said {what} {number} {beside}").and_then(|()| out.flush()).unwrap();
}

/// Runs an ignored test as a process, kills it when it has said a word so many times, and answers everything it still
/// managed to say.
pub(super) fn until_killed(test: &str, folder: &Path, what: &str, times: usize) -> Vec<Said> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut said, mut seen) = (Vec::new(), 0);
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let Some(line) = read(&line) else { continue };
        seen += usize::from(line.what == what);
        if line.what == what && seen == times {
            child.kill().unwrap();
        }
        said.push(line);
    }
    child.wait().unwrap();
    assert!(seen >= times, "{test} ended by itself after it said `{what}` {seen} times");
    said
}

/// The harness begins the first line, and a kill can cut the last.
fn read(line: &str) -> Option<Said> {
    let mut words = line.split(' ').skip_while(|word| *word != "said").skip(1);
    let what = words.next()?.to_owned();
    Some(Said { what, number: words.next()?.parse().ok()?, beside: words.next()?.parse().ok()? })
}
