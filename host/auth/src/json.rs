//! Reading JSON that strangers wrote: bounded in size and depth, and lax about scalars.

use serde_json::Value;

/// Why bytes were not read as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    /// More bytes than allowed.
    #[error("it is too large")]
    TooLarge,
    /// Nested deeper than allowed.
    #[error("it is nested too deeply")]
    TooDeep,
    /// Not JSON.
    #[error("it is not JSON")]
    Malformed,
}

/// The deepest nesting accepted anywhere (MD-3).
pub(crate) const DEPTH: usize = 16;

/// Parses JSON of at most `limit` bytes; a byte order mark in front is ignored.
pub(crate) fn parse(bytes: &[u8], limit: usize) -> Result<Value, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if depth(bytes) > DEPTH {
        return Err(JsonError::TooDeep);
    }
    serde_json::from_slice(bytes).map_err(|_| JsonError::Malformed)
}

/// The deepest nesting of brackets outside strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut now, mut quoted, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A scalar as text; objects, arrays and null are none.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A finite number, written as one or as text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_depth_are_bounded() {
        assert_eq!(parse(b"[1]", 2), Err(JsonError::TooLarge));
        let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(deep(DEPTH).as_bytes(), 1000).is_ok());
        assert_eq!(parse(deep(DEPTH + 1).as_bytes(), 1000), Err(JsonError::TooDeep));
        assert!(parse(br#"{"a":"[[[[[[[[[[[[[[[[[[\"[["}"#, 1000).is_ok());
        assert_eq!(parse(b"\xff\xfe{\0}\0", 1000), Err(JsonError::Malformed));
        assert!(parse(b"\xef\xbb\xbf{}", 1000).is_ok());
    }

    #[test]
    fn numbers_may_be_written_as_text() {
        assert_eq!(number(&"3600".into()), Some(3600.0));
        assert_eq!(number(&"NaN".into()), None);
        assert_eq!(number(&"inf".into()), None);
        assert_eq!(number(&Value::Bool(true)), None);
    }
}
