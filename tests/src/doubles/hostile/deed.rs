//! What an armed endpoint does: bytes as they go over the wire, or its honest answer, changed.

use std::sync::Arc;

use serde_json::Value;

use super::identity::{Change, Signature};

/// One move on a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes again and again, until the other side has enough.
    Flood(Vec<u8>),
    /// Sends these bytes one at a time, slowly, for ever.
    Drip(Vec<u8>),
    /// Sends nothing and waits until the other side gives up.
    Hold,
    /// Ends TLS and the connection as it should be done. What follows the last step does so too.
    Close,
    /// Ends the connection without ending TLS.
    Rude,
    /// Resets the connection.
    Reset,
}

/// A change of an answer's JSON.
type Edit = Arc<dyn Fn(&mut Value) + Send + Sync>;
/// How an answer's JSON is sent.
type Wrap = Arc<dyn Fn(&str) -> Vec<Step> + Send + Sync>;

/// What an armed endpoint does.
#[derive(Clone)]
pub enum Deed {
    /// This, whatever was asked, with no effect.
    Steps(Vec<Step>),
    /// Its honest answer, with the JSON changed.
    Edit(Edit),
    /// The JSON of its honest answer, sent in a way of its own.
    Wrap(Wrap),
    /// Its honest answer with another ID token: header and claims changed, and signed so.
    Identity(Change, Signature),
}

impl Deed {
    /// [`Deed::Edit`] by a closure.
    pub fn edit(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Edit(Arc::new(change))
    }

    /// [`Deed::Wrap`] by a closure.
    pub fn wrap(wrapped: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::Wrap(Arc::new(wrapped))
    }

    /// [`Deed::Identity`] by a closure over the claims alone.
    pub fn claims(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Identity(Arc::new(move |_, claims| change(claims)), Signature::Right)
    }

    /// These bytes, and the end of the connection.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Steps(vec![Step::Send(bytes.into())])
    }

    /// An answer with a status line, headers and a body of stated length.
    pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        Self::bytes(answer(status, headers, body))
    }
}

/// An answer as bytes; `headers` are whole lines.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A JSON answer as bytes.
pub fn json_answer(status: &str, body: &str) -> Vec<u8> {
    answer(status, "content-type: application/json\r\n", body)
}
