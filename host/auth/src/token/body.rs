//! The body of a token response, whatever it is written in.

use http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::json::{self, JsonError};

/// The largest token response that is read.
pub(super) const RESPONSE_LIMIT: usize = 64 * 1024;

/// A body as it was understood.
pub(super) enum Body {
    /// JSON, or a form turned into an object of strings.
    Members(Value),
    /// Text that is neither, trimmed.
    Text(String),
    /// A page for people.
    Html,
    /// Nothing.
    Empty,
    /// Larger or deeper than is read.
    TooLarge,
}

/// Reads a body by what it is rather than by what it is called.
pub(super) fn read(headers: &HeaderMap, bytes: &[u8]) -> Body {
    if bytes.len() > RESPONSE_LIMIT {
        return Body::TooLarge;
    }
    match json::parse(bytes, RESPONSE_LIMIT) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => return Body::Members(value),
        Err(JsonError::TooDeep | JsonError::TooLarge) => return Body::TooLarge,
        Ok(_) | Err(JsonError::Malformed) => {}
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Body::Text(String::new()) };
    let text = text.trim();
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    if text.is_empty() {
        Body::Empty
    } else if text.starts_with('<') || kind.starts_with("text/html") {
        Body::Html
    } else if kind.starts_with("application/x-www-form-urlencoded") || is_form(text) {
        Body::Members(form(text))
    } else {
        Body::Text(text.to_owned())
    }
}

/// Some providers answer a form and call it plain text.
fn is_form(text: &str) -> bool {
    ["access_token=", "error="].iter().any(|name| text.starts_with(name) || text.contains(&format!("&{name}")))
}

fn form(text: &str) -> Value {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        members.entry(name).or_insert_with(|| Value::from(value));
    }
    Value::Object(members)
}
