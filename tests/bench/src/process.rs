//! Processes the bench starts: known by the line they say when they listen, ended by their own id.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// How long a process may take to end once it was told to.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(5);

/// A server in a process of its own.
pub(crate) struct Process {
    child: Child,
    // Kept open, so that a late word of it does not end it.
    _out: Option<BufReader<ChildStdout>>,
    /// Where it answers.
    pub(crate) address: SocketAddr,
}

/// What a process holds of memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// All that is in memory, files included.
    pub(crate) resident: u64,
    /// What no file holds.
    pub(crate) anonymous: u64,
}

impl Process {
    /// Starts this program as one of its servers.
    pub(crate) fn own(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::null());
        Self::start(command, "listens on ")
    }

    /// As `own`, with its standard input left open: it ends once that is closed.
    pub(crate) fn held(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::piped());
        Self::start(command, "listens on ")
    }

    /// Starts a program that says on its first line where it listens, behind these words.
    pub(crate) fn start(mut command: Command, before: &str) -> Result<Self> {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{command:?}"))?;
        let mut out = BufReader::new(child.stdout.take().context("its output")?);
        let mut line = String::new();
        out.read_line(&mut line)?;
        let address = line.split_once(before).and_then(|(_, rest)| rest.split([';', '\n', ' ']).next()?.parse().ok());
        let Some(address) = address else {
            let ended = child.kill().and_then(|()| child.wait());
            bail!("{command:?} said `{}` ({ended:?})", line.trim())
        };
        Ok(Self { child, _out: Some(out), address })
    }

    /// Starts a server that says nothing; it is there once it takes a connection.
    pub(crate) fn silent(mut command: Command, address: SocketAddr) -> Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let until = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(address).is_err() {
            let gone = child.try_wait()?;
            if gone.is_some() || Instant::now() > until {
                let ended = child.kill().and_then(|()| child.wait());
                bail!("{command:?} does not listen on {address} ({ended:?})");
            }
            pause();
        }
        Ok(Self { child, _out: None, address })
    }

    /// What it holds of memory now.
    pub(crate) fn memory(&self) -> Result<Memory> {
        memory_of(Path::new(&format!("/proc/{}/smaps_rollup", self.child.id())))
    }

    /// Tells it to stop and waits for its end.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        let id = Pid::from_raw(i32::try_from(self.child.id())?).context("a process id")?;
        kill_process(id, Signal::TERM)?;
        let until = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            ensure!(Instant::now() < until, "it does not stop");
            pause();
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked first: a server that is killed leaves its own workers behind.
        if self.end().is_err() {
            let _ended = self.child.kill().and_then(|()| self.child.wait());
        }
    }
}

fn memory_of(path: &Path) -> Result<Memory> {
    let text = fs::read_to_string(path)?;
    let bytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024).with_context(|| format!("no `{name}` in {}", path.display()))
    };
    Ok(Memory { resident: bytes("Rss")?, anonymous: bytes("Anonymous")? })
}

#[allow(clippy::disallowed_methods, reason = "nothing tells when a process of another program is there or gone")]
fn pause() {
    std::thread::sleep(PAUSE);
}
