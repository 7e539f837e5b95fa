//! nginx as a reverse proxy, from a configuration of our own in a folder of its own.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::process::Process;

/// A running nginx.
pub(crate) struct Nginx {
    /// Where it answers.
    pub(crate) process: Process,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it before an upstream.
    pub(crate) fn start(upstream: SocketAddr) -> Result<Self> {
        let program = program().context("nginx is not installed: tests/bench/setup.sh installs it")?;
        let folder = tempfile::tempdir()?;
        // Free a moment ago; where somebody takes it meanwhile, nginx does not start, and the row says so.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration(folder.path(), address, upstream))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        command.arg("-e").arg(folder.path().join("error.log"));
        Ok(Self { process: Process::silent(command, address)?, _folder: folder })
    }
}

fn program() -> Option<PathBuf> {
    let places = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx"];
    places.iter().map(PathBuf::from).find(|path| path.exists())
}

fn configuration(folder: &Path, address: SocketAddr, upstream: SocketAddr) -> String {
    let folder = folder.display();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "worker_processes {cores};\ndaemon off;\nmaster_process on;\npid {folder}/pid;\nevents {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  keepalive_requests 1000000000;\n  client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n  \
         fastcgi_temp_path {folder}/fastcgi;\n  uwsgi_temp_path {folder}/uwsgi;\n  scgi_temp_path {folder}/scgi;\n  \
         upstream behind {{ server {upstream}; keepalive 128; keepalive_requests 1000000000; }}\n  \
         server {{ listen {address} reuseport; location / {{ proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection \"\"; }} }}\n}}\n"
    )
}
