//! A host's refusal (RFC 9457), as a person reads it.

use std::fmt;

use serde_json::Value;

/// What the host said, and why not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Stable, for programs.
    pub(crate) code: Option<String>,
    sentence: String,
    request_id: Option<String>,
    body: Value,
}

impl Problem {
    /// Reads problem details; `None` where the answer is none.
    pub(super) fn read(status: u16, body: &Value) -> Option<Self> {
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let sentence = text("detail").or_else(|| text("title"))?;
        Some(Self { status, code: text("code"), sentence, request_id: text("request_id"), body: body.clone() })
    }

    /// The answer as it came.
    pub(crate) fn json(&self) -> Value {
        self.body.clone()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.sentence)?;
        // What a person at a terminal writes for what the host asks of a program.
        let here = match self.code.as_deref() {
            Some("tenant-missing") => " On the command line: --tenant TENANT.",
            Some("connection-used") => " On the command line: --force.",
            Some("twins") => " On the command line: --twins keep or --twins end.",
            _ => "",
        };
        out.write_str(here)?;
        let code = self.code.clone().unwrap_or_else(|| self.status.to_string());
        match &self.request_id {
            Some(request) => write!(out, " ({code}, request {request})"),
            None => write!(out, " ({code})"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_reads_as_its_sentence() {
        let body = json!({"title": "Not found", "detail": "There is no tenant ten_1.", "code": "not-found", "request_id": "req_1"});
        let problem = Problem::read(404, &body).unwrap();
        assert_eq!(problem.to_string(), "There is no tenant ten_1. (not-found, request req_1)");
        assert_eq!(Problem::read(502, &json!("Bad gateway")), None);
        assert_eq!(Problem::read(500, &json!({"title": "Broken"})).unwrap().to_string(), "Broken (500)");
    }
}
