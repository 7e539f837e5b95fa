//! `Idempotency-Key`: a string in quotes, or without them.

use jackfield_model::idempotency_key::{KEY_LIMIT, read};

use crate::given;

/// A key is short and plain, and reads the same when it is written in quotes.
pub fn idempotency_key(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let Some(key) = read(text) else { return };
    assert!((1..=KEY_LIMIT).contains(&key.len()) && key.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{key:?}");
    let quoted = format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
    assert_eq!(read(&quoted), Some(key));
    assert_eq!(read(&format!(" {text} ")), read(text));
    assert_eq!(read(&format!("{quoted};a=1")), None, "what is behind a key is no part of it");
}
