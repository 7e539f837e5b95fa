//! Patterns that connectors write, and values held against them.

use jackfield_model::pattern::Pattern;
use regex::Regex;

use crate::given;

/// The first line is a pattern, the rest a value: it matches as a whole, with what is before or behind it never.
pub fn pattern(bytes: &[u8]) {
    let Some((source, value)) = given::text(bytes).and_then(|text| text.split_once('\n')) else { return };
    let Ok(pattern) = Pattern::new(source) else { return };
    assert_eq!(pattern.source(), source);
    assert!(source.len() <= 512);
    // What is no pattern by itself would close the group it is put into, and match beside it.
    let Ok(alone) = Regex::new(source) else { return assert!(Regex::new(source).is_ok(), "{source}") };
    if pattern.matches(value) {
        assert!(alone.is_match(value), "{source:?} {value:?}");
        let longer = format!("\u{1}{value}\u{1}");
        let bounded =
            Regex::new(&format!("\\A(?:{source}\n)\\z")).is_ok() && !source.contains(['.', '[', '\\', '^', '(']);
        assert!(!bounded || !pattern.matches(&longer), "{source:?} {value:?}");
    }
    if pattern.group(value).is_some() {
        assert!(pattern.matches(value), "{source}");
    }
    // Fixed text matches itself and nothing else.
    let fixed = source.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fixed {
        assert_eq!(pattern.matches(value), value == source, "{source:?} {value:?}");
    }
    let whole = serde_json::to_string(&pattern).ok().and_then(|text| serde_json::from_str::<Pattern>(&text).ok());
    assert_eq!(whole.as_ref(), Some(&pattern));
}
