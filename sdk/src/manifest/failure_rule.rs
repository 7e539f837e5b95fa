//! Failure rules and rate limits: what a refusal means, by status, header and body.

use super::{Expiry, FailureRule, RateLimit};
use crate::Advice;

impl FailureRule {
    /// What an answer with this status means: the advice and a stable code.
    pub fn status(status: u16, advice: Advice, code: &str) -> Self {
        Self { statuses: vec![status], header: None, body: None, advice, code: code.to_owned() }
    }

    /// Only where a header's value contains this text.
    #[must_use]
    pub fn with_header(mut self, name: &str, contains: &str) -> Self {
        self.header = Some((name.to_owned(), contains.to_owned()));
        self
    }

    /// Only where the body has one of these values at a pointer.
    #[must_use]
    pub fn with_body(mut self, pointer: &str, one_of: &[&str]) -> Self {
        self.body = Some((pointer.to_owned(), one_of.iter().map(|value| (*value).to_owned()).collect()));
        self
    }
}

impl RateLimit {
    /// Limits told by these headers; `reset` counts as the format says, `Retry-After` is the standard one.
    pub fn headers(limit: &str, remaining: &str, reset: &str, reset_format: Expiry) -> Self {
        Self {
            limit: limit.to_owned(),
            remaining: remaining.to_owned(),
            reset: reset.to_owned(),
            reset_format,
            retry_after: "retry-after".to_owned(),
            extras: Vec::new(),
        }
    }
}
