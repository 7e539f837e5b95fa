//! The host that is measured: `jackfield serve` as it is shipped, in a process and a folder of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::{Api, text};
use crate::process::{Memory, Process};
use crate::report::target;

/// Where people go after connecting; nobody does here.
const RETURN_URL: &str = "https://app.example.com/connected";

/// A host, running or stopped.
pub(crate) struct Host {
    folder: TempDir,
    process: Option<Process>,
}

/// A tenant and its key.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) id: String,
    /// Its API key.
    pub(crate) key: String,
}

impl Host {
    /// Starts one on a fresh store, on the disk that builds are on.
    pub(crate) fn start() -> Result<Self> {
        let work = target().join("bench");
        std::fs::create_dir_all(&work)?;
        let mut host = Self { folder: tempfile::tempdir_in(work)?, process: None };
        host.start_again()?;
        Ok(host)
    }

    /// Starts it on its store; how long it took until it answers.
    pub(crate) fn start_again(&mut self) -> Result<Duration> {
        let mut command = Command::new(program()?);
        command.arg("serve").current_dir(self.folder()).stdin(Stdio::null());
        command.env_clear().env("HOME", self.folder()).env("RUST_BACKTRACE", "1");
        command.env("JACKFIELD_LISTEN", "127.0.0.1:0").env("JACKFIELD_EGRESS_ALLOW_LOOPBACK", "true");
        command.env("JACKFIELD_API_REQUESTS_PER_MINUTE", "0");
        command.env("JACKFIELD_DATA_DIR", self.data()).env("JACKFIELD_KEYRING", self.keyring());
        command.env("JACKFIELD_OPERATOR_KEY", self.folder().join("operator-key"));
        command.stderr(File::options().create(true).append(true).open(self.folder().join("log"))?);
        let begun = Instant::now();
        let process = Process::start(command, "listens on ").with_context(|| self.last_words())?;
        let mut api = Api::at(process.address, "")?;
        api.get("/readyz")?;
        let took = begun.elapsed();
        self.process = Some(process);
        Ok(took)
    }

    /// Stops it as an init system does; its store stays.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.process.take().map_or(Ok(()), Process::stop)
    }

    /// The running process.
    pub(crate) fn process(&self) -> Result<&Process> {
        self.process.as_ref().context("the host was stopped")
    }

    /// What it holds of memory.
    pub(crate) fn memory(&self) -> Result<Memory> {
        self.process()?.memory()
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its store.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Its key ring.
    pub(crate) fn keyring(&self) -> PathBuf {
        self.folder().join("keyring")
    }

    /// Speaks with a key.
    pub(crate) fn api(&self, key: &str) -> Result<Api> {
        Api::at(self.process()?.address, key)
    }

    /// Speaks as the operator.
    pub(crate) fn operator(&self) -> Result<Api> {
        let key = std::fs::read_to_string(self.folder().join("operator-key"))?;
        self.api(key.trim())
    }

    /// Installs and approves a component; its connector's name.
    pub(crate) fn install(&self, component: &[u8]) -> Result<String> {
        let mut api = self.operator()?;
        let installed = api.upload(component)?;
        let name = text(&installed, "name")?;
        api.post(&format!("/v1/connectors/{name}/approve"), &json!({ "digest": text(&installed, "digest")? }))?;
        Ok(name)
    }

    /// Makes a tenant with a key that may do everything a tenant's can.
    pub(crate) fn tenant(&self) -> Result<Tenant> {
        let mut api = self.operator()?;
        let id = text(&api.post("/v1/tenants", &json!({ "name": "Acme", "return_urls": [RETURN_URL] }))?, "id")?;
        let wanted = json!({ "name": "bench", "tenant": id, "permissions": ["connect", "read", "proxy", "lease"] });
        let key = text(&api.post("/v1/api-keys", &wanted)?, "key")?;
        Ok(Tenant { id, key })
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.folder().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(8).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// `jackfield`, built beside this program.
pub(crate) fn program() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("jackfield");
    anyhow::ensure!(program.exists(), "{} was not built: run `make bench`", program.display());
    Ok(program)
}

/// What a token connection is made of; its record is about 1 KB once it is sealed.
pub(crate) fn token_connection(base_url: &str) -> Value {
    let token = "t".repeat(800);
    json!({ "connector": "api-token", "method": "header", "fields": { "base_url": base_url, "token": token, "verify_path": "/me" } })
}
