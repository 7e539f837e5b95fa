//! An answer of the host's API: status, headers and JSON.

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as JSON; null where it is none.
    pub json: Value,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// Reads a response.
    pub fn of(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Self { status: parts.status, headers: parts.headers, json, body }
    }

    /// The text at a pointer.
    pub fn text(&self, pointer: &str) -> Result<String> {
        let found = self.json.pointer(pointer).and_then(Value::as_str);
        found.map(str::to_owned).with_context(|| format!("no text at {pointer} in {} {}", self.status, self.json))
    }

    /// The stable code of a problem.
    pub fn code(&self) -> &str {
        self.json.pointer("/code").and_then(Value::as_str).unwrap_or_default()
    }
}
