//! `jackfield serve` as a process of its own, on a store that a story's host has left: what can be killed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use crate::host::Answer;
use crate::wire::Wire;

/// A host that begins in another process, on the store in a folder.
pub struct Starting {
    child: Child,
    since: Instant,
    said: NamedTempFile,
}

/// A host in another process. Dropped, it is killed.
pub struct Process {
    child: Child,
    said: NamedTempFile,
    /// Its base URL.
    pub url: String,
    /// How long it took from the start to the first request it would have answered.
    pub ready_after: Duration,
}

impl Starting {
    /// Starts it on the store in `folder`, with the providers there and these settings beside the usual ones.
    pub fn spawn(
        program: &str,
        folder: &Path,
        hosts: &BTreeMap<String, SocketAddr>,
        more: toml::Table,
    ) -> Result<Self> {
        let placed = hosts.iter().map(|(name, at)| (name.clone(), toml::Value::String(at.to_string())));
        let hosts: toml::Table = placed.collect();
        let at = |name: &str| toml::Value::String(folder.join(name).display().to_string());
        let mut egress = toml::Table::new();
        egress.insert("ca_file".into(), at("authority.pem"));
        egress.insert("hosts".into(), toml::Value::Table(hosts));
        let mut config = toml::Table::new();
        config.insert("listen".into(), toml::Value::String("127.0.0.1:0".into()));
        config.insert("data_dir".into(), at("data"));
        config.insert("egress".into(), toml::Value::Table(egress));
        config.extend(more);
        let file = folder.join("process.toml");
        std::fs::write(&file, config.to_string())?;
        let said = NamedTempFile::new()?;
        let child = Command::new(program)
            .args(["serve", "--json", "--config"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(said.reopen()?))
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child, since: Instant::now(), said })
    }

    /// Its id.
    pub fn id(&self) -> Result<Pid> {
        pid(&self.child)
    }

    /// Returns once it listens, or says how it ended instead.
    pub async fn ready(mut self) -> Result<Process> {
        let url = self.listens().await?;
        Ok(self.at(url))
    }

    /// The same, as long as this takes no longer; then it is killed.
    pub async fn ready_within(mut self, patience: Duration) -> Result<Option<Process>> {
        let Ok(url) = tokio::time::timeout(patience, self.listens()).await else {
            self.child.kill().await?;
            return Ok(None);
        };
        let url = url?;
        Ok(Some(self.at(url)))
    }

    fn at(self, url: String) -> Process {
        Process { child: self.child, said: self.said, url, ready_after: self.since.elapsed() }
    }

    async fn listens(&mut self) -> Result<String> {
        let mut said = BufReader::new(self.child.stdout.take().context("its output is piped")?).lines();
        let mut text = String::new();
        let ready = loop {
            let Some(line) = said.next_line().await? else {
                let ended = self.child.wait().await?;
                bail!("it ended before it listened ({ended}): {}", std::fs::read_to_string(self.said.path())?)
            };
            text.push_str(&line);
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                break value;
            }
        };
        let address = ready.pointer("/address").and_then(Value::as_str);
        let address = address.with_context(|| format!("it does not listen: {text}"))?;
        Ok(format!("http://{address}"))
    }
}

impl Process {
    /// Starts it on the store in `folder`, with the providers there; returns once it answers.
    pub async fn serve(program: &str, folder: &Path, hosts: &BTreeMap<String, SocketAddr>) -> Result<Self> {
        Starting::spawn(program, folder, hosts, toml::Table::new())?.ready().await
    }

    /// Its id.
    pub fn id(&self) -> Result<Pid> {
        pid(&self.child)
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.said.path())?)
    }

    /// Takes its disk away: from now on the kernel refuses whatever it writes to a file.
    pub fn fill_disk(&self) -> Result<()> {
        prlimit(Some(self.id()?), Resource::Fsize, Rlimit { current: Some(1), maximum: None })?;
        Ok(())
    }

    /// Kills it, as a power cut would: no handler runs.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Tells it to stop, as an init system does.
    pub fn terminate(&self) -> Result<()> {
        Ok(kill_process(self.id()?, Signal::TERM)?)
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// One API request with a key; `body` is JSON.
    pub async fn api(&self, key: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        ask(&self.url, key, method, path, body).await
    }
}

/// One API request to the host at `base`, with a key; `body` is JSON.
pub async fn ask(base: &str, key: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
    let mut request = Request::builder().method(method).header(AUTHORIZATION, format!("Bearer {key}"));
    let bytes = match body {
        Some(body) => {
            request = request.header(CONTENT_TYPE, "application/json");
            Bytes::from(body.to_string())
        }
        None => Bytes::new(),
    };
    let url = Url::parse(&format!("{base}{path}"))?;
    Ok(Answer::of(Wire::loopback().send(&url, request.body(bytes)?).await?))
}

fn pid(child: &Child) -> Result<Pid> {
    let id = child.id().context("it runs")?;
    Pid::from_raw(i32::try_from(id)?).context("a process has an id")
}
