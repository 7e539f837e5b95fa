//! The host's API, one blocking request at a time: for setting the stage, and for work whose latency counts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::load::head;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// A connection that is kept.
pub(crate) struct Api {
    stream: TcpStream,
    key: String,
    read: Vec<u8>,
}

impl Api {
    /// Connects, and speaks with this key.
    pub(crate) fn at(address: SocketAddr, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, key: key.to_owned(), read: Vec::new() })
    }

    /// `POST` of JSON.
    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.send("POST", path, "application/json", body.to_string().as_bytes())
    }

    /// `GET`.
    pub(crate) fn get(&mut self, path: &str) -> Result<Value> {
        self.send("GET", path, "application/json", b"")
    }

    /// A component.
    pub(crate) fn upload(&mut self, component: &[u8]) -> Result<Value> {
        self.send("POST", "/v1/connectors", "application/wasm", component)
    }

    /// One request; an answer that is no success is an error with its text.
    pub(crate) fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<Value> {
        let told = format!(
            "{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.stream.write_all(&[told.as_bytes(), body].concat())?;
        let (status, body) = self.answer()?;
        let text = String::from_utf8_lossy(&body).into_owned();
        if !(200..300).contains(&status) {
            bail!("{method} {path}: {status} {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn answer(&mut self) -> Result<(u16, Vec<u8>)> {
        self.read.clear();
        let mut piece = [0; 16 * 1024];
        loop {
            if let Some(head) = head(&self.read)? {
                let end = head.bytes + head.body;
                if self.read.len() >= end {
                    return Ok((head.status, self.read[head.bytes..end].to_vec()));
                }
            }
            let count = self.stream.read(&mut piece)?;
            if count == 0 {
                bail!("the host closed the connection");
            }
            self.read.extend_from_slice(&piece[..count]);
        }
    }
}

/// A text in an answer.
pub(crate) fn text(answer: &Value, name: &str) -> Result<String> {
    let found = answer.get(name).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no `{name}` in {answer}"))?.to_owned())
}
