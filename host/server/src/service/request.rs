//! The request something is done for: its id, known to the log, to problems and to the audit log.
//!
//! It travels with the task that serves the request, so that no verb has to hand it on. Work that outlives its request
//! (refreshes, completions) is the host's own and carries none.

use std::{fmt, future::Future};

use jackfield_model::id::RequestId;
use schemars::JsonSchema;
use serde::Serialize;

tokio::task_local! {
    static CURRENT: RequestName;
}

/// The lengths of an id that a proxy of the operator's may give.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=128;

/// What a request is called: an id of ours, or one taken over from the operator's proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct RequestName(String);

impl RequestName {
    /// An id a caller sent, where it is well-formed: letters, digits, `-`, `_` and `.`.
    pub fn taken_over(given: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (LENGTHS.contains(&given.len()) && given.bytes().all(plain)).then(|| Self(given.to_owned()))
    }

    /// The one being served here; none outside of requests.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Serves a request under this name.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<RequestId> for RequestName {
    fn from(id: RequestId) -> Self {
        Self(id.to_string())
    }
}

impl fmt::Display for RequestName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_taken_over() {
        for good in ["4bf92f3577b34da6a3ce929d0e0e4736", "a1b2-c3d4_e5.f6"] {
            assert_eq!(RequestName::taken_over(good).map(|name| name.to_string()).as_deref(), Some(good));
        }
        for bad in
            ["", "short", "two words in it", "line\nbreak-in-it", "quote\"quote\"", &"x".repeat(129), "größer-als-8"]
        {
            assert_eq!(RequestName::taken_over(bad), None, "{bad}");
        }
    }
}
