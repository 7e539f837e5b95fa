//! `jackfield serve` as a process of its own, on a store that a story's host has left: what can be killed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A host in another process.
pub(crate) struct Process {
    child: Child,
    /// Its base URL.
    pub(crate) url: String,
}

impl Process {
    /// Starts it on the store in `folder`, with the providers there; returns once it answers.
    pub(crate) async fn serve(folder: &Path, providers: &BTreeMap<String, SocketAddr>) -> Self {
        let placed = providers.iter().map(|(name, at)| (name.clone(), toml::Value::String(at.to_string())));
        let hosts: toml::Table = placed.collect();
        let at = |name: &str| toml::Value::String(folder.join(name).display().to_string());
        let mut egress = toml::Table::new();
        egress.insert("ca_file".into(), at("authority.pem"));
        egress.insert("hosts".into(), toml::Value::Table(hosts));
        let mut config = toml::Table::new();
        config.insert("listen".into(), toml::Value::String("127.0.0.1:0".into()));
        config.insert("data_dir".into(), at("data"));
        config.insert("egress".into(), toml::Value::Table(egress));
        let file = folder.join("process.toml");
        std::fs::write(&file, config.to_string()).unwrap();
        let mut child = Command::new(crate::PROGRAM)
            .args(["serve", "--json", "--config"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        let ready = loop {
            text.push_str(&said.next_line().await.unwrap().expect("the process ended before it listened"));
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                break value;
            }
        };
        Self { child, url: format!("http://{}", ready["address"].as_str().unwrap()) }
    }

    /// Its id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Takes its disk away: from now on the kernel refuses whatever it writes to a file.
    pub(crate) fn fill_disk(&self) {
        let id = Pid::from_raw(i32::try_from(self.id()).unwrap());
        prlimit(id, Resource::Fsize, Rlimit { current: Some(1), maximum: None }).unwrap();
    }

    /// Kills it, as a power cut would: no handler runs.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
