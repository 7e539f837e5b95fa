//! What a double was asked.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, request};
use tokio::sync::watch;
use url::form_urlencoded;

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its method.
    pub method: Method,
    /// The name it was sent to.
    pub host: String,
    /// Its path, undecoded.
    pub path: String,
    /// Its query, undecoded; empty where there is none.
    pub query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Recorded {
    pub(super) fn of(host: &str, parts: &request::Parts, body: &Bytes) -> Self {
        Self {
            method: parts.method.clone(),
            host: host.to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            body: body.clone(),
        }
    }

    /// A header as text; none where it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first value of a query parameter, decoded.
    pub fn query_value(&self, name: &str) -> Option<String> {
        value(self.query.as_bytes(), name)
    }

    /// The first value of a parameter of a form body, decoded.
    pub fn form_value(&self, name: &str) -> Option<String> {
        value(&self.body, name)
    }
}

fn value(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded).find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// The requests of one double. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub struct Log {
    requests: Arc<watch::Sender<Vec<Recorded>>>,
}

impl Log {
    pub(super) fn write(&self, request: Recorded) {
        self.requests.send_modify(|requests| requests.push(request));
    }

    /// Every request so far, oldest first.
    pub fn all(&self) -> Vec<Recorded> {
        self.requests.borrow().clone()
    }

    /// The requests to that path so far, oldest first.
    pub fn to(&self, path: &str) -> Vec<Recorded> {
        let mut requests = self.all();
        requests.retain(|request| request.path == path);
        requests
    }

    /// Returns once `count` requests to that path have arrived, with all of them.
    pub async fn until(&self, path: &str, count: usize) -> Vec<Recorded> {
        let mut requests = self.requests.subscribe();
        let arrived = |all: &Vec<Recorded>| all.iter().filter(|one| one.path == path).count() >= count;
        // The sender is borrowed here, so it cannot be gone.
        let _ = requests.wait_for(arrived).await;
        self.to(path)
    }

    /// Forgets what was asked so far.
    pub fn clear(&self) {
        self.requests.send_modify(Vec::clear);
    }
}
