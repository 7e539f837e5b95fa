//! A real mail server as a child process, and the mails it took, parsed by Python's own mail library.
#![allow(clippy::indexing_slicing, reason = "a value of JSON that is not there is null")]

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::authority::Authority;
use crate::components::workspace;

/// The name and the password it wants.
pub const USER: &str = "notices";
/// The password.
pub const PASSWORD: &str = "mail-password-5f1d";

/// How it speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// After STARTTLS.
    Starttls,
    /// Not at all.
    None,
}

impl Tls {
    fn word(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The sender of its envelope.
    pub from: String,
    /// The recipients of its envelope.
    pub to: Vec<String>,
    /// Who handed it over.
    pub user: Option<String>,
    /// Whether it came over TLS.
    pub tls: bool,
    /// The whole of it.
    pub raw: String,
}

/// A mail server, running.
pub struct MailServer {
    port: u16,
    input: Mutex<ChildStdin>,
    told: watch::Receiver<usize>,
    arrived: Arc<std::sync::Mutex<Vec<Arrived>>>,
    reading: JoinHandle<()>,
    _process: Child,
    _files: tempfile::TempDir,
}

impl MailServer {
    /// Starts one for `localhost` on that port, zero for a free one.
    pub async fn start(authority: &Authority, tls: Tls, port: u16) -> Result<Self> {
        let files = tempfile::tempdir()?;
        let (certificate, key) = authority.files(files.path(), "localhost")?;
        let packages = workspace().join("target/peers/aiosmtpd");
        ensure!(packages.join("aiosmtpd").is_dir(), "the peer aiosmtpd is not installed: run `make setup`");
        let mut process = Command::new("python3")
            .args(["-B", "server.py"])
            .env("PYTHONPATH", packages)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/aiosmtpd"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the mail server does not start: run `make setup`")?;
        let mut input = process.stdin.take().context("standard input was piped")?;
        let settings = json!({
            "tls": tls.word(), "certificate": certificate, "key": key, "port": port, "user": USER, "password": PASSWORD,
        });
        input.write_all(format!("{settings}\n").as_bytes()).await?;
        let mut lines = BufReader::new(process.stdout.take().context("standard output was piped")?).lines();
        let ready = lines.next_line().await?.context("the mail server said nothing")?;
        let port = serde_json::from_str::<Value>(&ready)?["port"].as_u64().context("no port")?;
        let (tell, told) = watch::channel(0);
        let arrived: Arc<std::sync::Mutex<Vec<Arrived>>> = Arc::default();
        let reading = tokio::spawn(read(lines, Arc::clone(&arrived), tell));
        let port = u16::try_from(port)?;
        Ok(Self { port, input: Mutex::new(input), told, arrived, reading, _process: process, _files: files })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Refuses recipients from now on, each with its answer; nobody where there are none.
    pub async fn refuse(&self, refused: &[(&str, &str)]) -> Result<()> {
        let refused: serde_json::Map<String, Value> =
            refused.iter().map(|(address, answer)| ((*address).to_owned(), json!(answer))).collect();
        let mut told = self.told.clone();
        let before = *told.borrow();
        self.input.lock().await.write_all(format!("{}\n", json!({ "refuse": refused })).as_bytes()).await?;
        told.wait_for(|count| *count > before).await?;
        Ok(())
    }

    /// Every mail so far, in the order of arrival.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().map(|arrived| arrived.clone()).unwrap_or_default()
    }

    /// Mails so far, parsed: headers, and the text of each part.
    pub async fn mails(&self) -> Result<Vec<Value>> {
        let mut parsed = Vec::new();
        for one in self.arrived() {
            parsed.push(parse(&one.raw).await?);
        }
        Ok(parsed)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

async fn read(
    mut lines: Lines<BufReader<ChildStdout>>,
    arrived: Arc<std::sync::Mutex<Vec<Arrived>>>,
    tell: watch::Sender<usize>,
) {
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
        if said.get("refuses").is_some() {
            tell.send_modify(|count| *count += 1);
            continue;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mail = Arrived {
            from: text(&said["from"]),
            to: said["to"].as_array().into_iter().flatten().map(text).collect(),
            user: said["user"].as_str().map(str::to_owned),
            tls: said["tls"].as_bool().unwrap_or(false),
            raw: text(&said["mail"]),
        };
        if let Ok(mut arrived) = arrived.lock() {
            arrived.push(mail);
        }
    }
}

/// What a reader of mails makes of it: somebody else's parser, which follows RFC 5322 and 2045.
const PARSER: &str = "
import json, sys
from email import message_from_string, policy
mail = message_from_string(sys.stdin.read(), policy=policy.default)
headers = {name.lower(): str(value) for name, value in mail.items()}
parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
print(json.dumps({'headers': headers, 'plain': parts.get('text/plain'), 'html': parts.get('text/html'), 'type': mail.get_content_type()}))
";

async fn parse(raw: &str) -> Result<Value> {
    let mut python =
        Command::new("python3").args(["-c", PARSER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = python.stdin.take().context("standard input was piped")?;
    input.write_all(raw.as_bytes()).await?;
    drop(input);
    let output = python.wait_with_output().await?;
    ensure!(output.status.success(), "the mail cannot be parsed: {raw}");
    Ok(serde_json::from_slice(&output.stdout)?)
}
