//! `jackfield serve` as a process of its own, on a store that a story's host has left: what can be killed.

use std::path::Path;
use std::process::Stdio;

use jackfield_tests::doubles::Double;
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
    /// Starts it on the store in `folder`; returns once it answers.
    pub(crate) async fn serve(folder: &Path, front: &Double) -> Self {
        let mut hosts = toml::Table::new();
        for name in front.names() {
            hosts.insert(name.clone(), toml::Value::String(front.address().to_string()));
        }
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

    /// Kills it, as a power cut would: no handler runs.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
