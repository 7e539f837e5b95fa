//! `jackfield` as a process of its own: run to its end, or serving until it is told to stop; ended by its own id when dropped.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use http::Request;
use jackfield_tests::host::{Answer, TestHost};
use jackfield_tests::wire::Wire;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use url::Url;

/// What whoever runs the tests may have set for a host of their own.
const NOT_OURS: [&str; 5] =
    ["JACKFIELD_CONFIG", "JACKFIELD_URL", "JACKFIELD_API_KEY", "JACKFIELD_API_KEY_FILE", "JACKFIELD_TENANT"];

/// The command line in a folder, with an environment.
#[derive(Clone)]
pub(crate) struct Jackfield {
    folder: PathBuf,
    environment: Vec<(String, String)>,
    limit: Option<String>,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A host in a process of its own.
pub(crate) struct Served {
    child: Child,
    // Kept open: a host that cannot say a word is another story.
    _out: BufReader<ChildStdout>,
    said: NamedTempFile,
    /// Its base URL without a slash at the end.
    pub(crate) url: String,
}

/// A demo that stays up.
pub(crate) struct Demo {
    child: Child,
    _out: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Jackfield {
    /// Started in this folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), environment: Vec::new(), limit: None }
    }

    /// Speaks to a host with the operator's key.
    pub(crate) fn operating(host: &TestHost) -> Self {
        let key = host.folder().join("data.operator-key");
        let cli = Self::in_folder(host.folder()).with("JACKFIELD_URL", &host.url().unwrap());
        cli.with("JACKFIELD_API_KEY_FILE", key.to_str().unwrap())
    }

    /// With one environment variable more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Under a limit, as `ulimit` takes it.
    pub(crate) fn under(mut self, limit: &str) -> Self {
        self.limit = Some(limit.to_owned());
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(if self.limit.is_some() { "sh" } else { crate::PROGRAM });
        if let Some(limit) = &self.limit {
            command.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\""), crate::PROGRAM]);
        }
        command.args(arguments).current_dir(&self.folder).kill_on_drop(true);
        without_settings(&mut command);
        command.envs(self.environment.iter().cloned());
        command
    }

    /// Runs a command to its end, with nothing on standard input.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "").await
    }

    /// Runs a command to its end.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that takes no input may be gone already.
        let _gone = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: code(output.status), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts `demo` and returns once it has played and stays up.
    pub(crate) async fn demo(&self, arguments: &[&str]) -> Demo {
        let mut command = self.command(&[&["demo"], arguments].concat());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            let last = line.starts_with("Ctrl-C");
            said.push(line);
            if last {
                return Demo { child, _out: lines, said };
            }
        }
        panic!("the demo ended: {said:?}")
    }

    /// Starts `serve` and returns once it listens; how it ended, where it does not.
    pub(crate) async fn serve(&self, arguments: &[&str]) -> Result<Served, Ran> {
        let said = NamedTempFile::new().unwrap();
        let mut command = self.command(&[&["serve"], arguments].concat());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::from(said.reopen().unwrap()));
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).await.unwrap();
        let address = line.strip_prefix("Jackfield listens on ").and_then(|rest| rest.split(';').next());
        let Some(address) = address else {
            let code = code(child.wait().await.unwrap());
            return Err(Ran { code, out: line, err: std::fs::read_to_string(said.path()).unwrap() });
        };
        let url = format!("http://{address}");
        Ok(Served { child, _out: out, said, url })
    }
}

impl Demo {
    /// What follows this on a line it printed.
    pub(crate) fn after(&self, begin: &str) -> &str {
        self.said.iter().find_map(|line| line.strip_prefix(begin)).unwrap_or_else(|| panic!("{:?}", self.said))
    }

    /// Ends it as Ctrl-C does.
    pub(crate) async fn stop(mut self) {
        let id = Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap()).unwrap();
        kill_process(id, Signal::INT).unwrap();
        assert_eq!(code(self.child.wait().await.unwrap()), 0);
    }
}

impl Ran {
    /// What it answered, where it succeeded.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// What it answered as JSON, where it succeeded.
    pub(crate) fn json(self) -> Value {
        let out = self.done();
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    /// What it said on standard error, where it ended with that code.
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        assert!(!self.err.contains("panicked") && !self.err.contains("Error {"), "{}", self.err);
        self.err
    }
}

impl Served {
    /// What it wrote to standard error so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.said.path()).unwrap()
    }

    /// Its process id.
    pub(crate) fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap()).unwrap()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).unwrap();
    }

    /// Tells it to stop, as an init system does; its exit code.
    pub(crate) async fn stop(self) -> (i32, String) {
        self.signal(Signal::TERM);
        self.ended().await
    }

    /// Waits for its end; its exit code.
    pub(crate) async fn ended(mut self) -> (i32, String) {
        let code = code(self.child.wait().await.unwrap());
        (code, self.said())
    }

    /// `GET` with a key.
    pub(crate) async fn get(&self, key: &str, path: &str) -> Answer {
        let request = Request::get("/").header("authorization", format!("Bearer {key}"));
        self.send(path, request.body(bytes::Bytes::new()).unwrap()).await
    }

    /// `POST` with a key.
    pub(crate) async fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post("/").header("authorization", format!("Bearer {key}"));
        let request = request.header("content-type", "application/json");
        self.send(path, request.body(body.to_string().into()).unwrap()).await
    }

    /// Any request.
    pub(crate) async fn send(&self, path: &str, request: Request<bytes::Bytes>) -> Answer {
        let url = Url::parse(&format!("{}{path}", self.url)).unwrap();
        Answer::of(Wire::loopback().send(&url, request).await.unwrap())
    }
}

/// Takes away what whoever runs the tests has set.
pub(crate) fn without_settings(command: &mut Command) {
    for name in NOT_OURS {
        command.env_remove(name);
    }
}

/// The exit code; one that was killed has none.
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
