//! Headers as a guest or a plan gives them: a line each, `name: value`, with any bytes in both.

use http::{HeaderName, HeaderValue};
use jackfield_model::header::{HeadersFault, MOST, MOST_BYTES, check};

use crate::given;

/// What passes stands on its lines and nowhere else: written down and read as a server reads lines, it is the same list.
pub fn guest_headers(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    // Records rather than lines, so that values may hold line breaks.
    let pairs = text.split('\u{1e}').map(|pair| pair.split_once('\u{1f}').unwrap_or((pair, "")));
    let given: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    match check(&given) {
        Ok(()) => {}
        Err(HeadersFault::Size) => {
            let long: usize = given.iter().map(|(name, value)| name.len() + value.len()).sum();
            return assert!(given.len() > MOST || long > MOST_BYTES);
        }
        Err(HeadersFault::Name(name)) => return assert!(HeaderName::from_bytes(name.as_bytes()).is_err(), "{name:?}"),
        Err(HeadersFault::Value(name)) => {
            let bad = given.iter().any(|(_, value)| HeaderValue::from_bytes(value.as_bytes()).is_err());
            return assert!(bad, "no value of {name:?} is bad");
        }
    }
    let written: String = given.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let lines: Vec<&str> = written.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), given.len(), "a header became two: {written:?}");
    for (line, (name, value)) in lines.iter().zip(&given) {
        assert_eq!(line.split_once(": "), Some((name.as_str(), value.as_str())));
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        // The reader that sends it takes both as they are.
        assert!(HeaderName::from_bytes(name.as_bytes()).is_ok_and(|read| read.as_str().eq_ignore_ascii_case(name)));
        assert!(HeaderValue::from_bytes(value.as_bytes()).is_ok_and(|read| read.as_bytes() == value.as_bytes()));
    }
}
