//! How long a document of an issuer may be used.

use jackfield_auth::metadata::{LONGEST_CACHE, SHORTEST_CACHE, cache_seconds};

use crate::given;

/// Whatever `Cache-Control` says, a document is asked for neither all the time nor never; and what is said within these bounds
/// is heeded.
pub fn cache_control(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let seconds = cache_seconds(Some(text));
    assert!((SHORTEST_CACHE..=LONGEST_CACHE).contains(&seconds), "{seconds}");
    if !text.contains("max-age=") {
        assert_eq!(seconds, cache_seconds(None));
    }
    if let Ok(age) = text.parse::<u32>() {
        let said = cache_seconds(Some(&format!("public, max-age={age}")));
        assert_eq!(said, u64::from(age).clamp(SHORTEST_CACHE, LONGEST_CACHE));
    }
}
