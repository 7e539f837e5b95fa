//! `ChromeDriver` as a child process; it and the browsers it started end with it, however the test ends.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// Ends every process of the group, then their files, once standard input closes, which it does when the test is gone.
const SCRIPT: &str = r#"
set -m
chromedriver --port=0 </dev/null &
group=$!
read -r _
kill -KILL -- -$group
wait
rm -rf "$1" || rm -rf "$1"
"#;

/// `ChromeDriver`, running.
pub(super) struct Driver {
    /// Where it listens.
    pub(super) url: String,
    /// Where the browser keeps what it knows of its person.
    pub(super) profile: PathBuf,
    // Closing it is what ends the processes.
    _input: ChildStdin,
    _process: Child,
}

impl Driver {
    /// Starts it on a port nobody uses; whatever it and its browsers write goes with them.
    pub(super) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?.keep();
        let mut process = Command::new("bash")
            .args(["-c", SCRIPT, "bash"])
            .arg(&folder)
            .env("HOME", &folder)
            .env("TMPDIR", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let input = process.stdin.take().context("standard input was piped")?;
        let mut lines = BufReader::new(process.stdout.take().context("standard output was piped")?).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, port)) = line.split_once("successfully on port ") {
                let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { url, profile: folder.join("profile"), _input: input, _process: process });
            }
        }
        bail!("ChromeDriver does not start: is the package chromium-driver there, as `make setup` installs it?")
    }
}
