//! `If-Match` and `If-None-Match` (RFC 9110 section 8.8.3).

use jackfield_model::entity_tag::{Conditions, Tags};

use crate::given;

/// A list of tags reads the same when it is written plainly; a change needs a strong match.
pub fn entity_tags(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let Ok(tags) = Tags::parse(text) else { return };
    let conditions = Conditions { matches: Some(tags.clone()), matches_none: None };
    let none = Conditions { matches: None, matches_none: Some(tags.clone()) };
    let Tags::OneOf(list) = &tags else {
        assert_eq!(text.trim_matches([' ', '\t']), "*");
        return assert!(conditions.allow("x").is_ok() && none.allow("x").is_err());
    };
    assert!(!list.is_empty());
    let written: Vec<String> =
        list.iter().map(|tag| format!("{}\"{}\"", if tag.weak { "W/" } else { "" }, tag.opaque)).collect();
    assert_eq!(Tags::parse(&written.join(", ")).as_ref(), Ok(&tags));
    for tag in list {
        assert!(!tag.opaque.contains(['"', ' ']), "{text}");
        let strong = list.iter().any(|other| !other.weak && other.opaque == tag.opaque);
        assert_eq!(conditions.allow(&tag.opaque).is_ok(), strong, "{text}");
        assert!(none.allow(&tag.opaque).is_err() && none.is_known(&tag.opaque));
    }
    assert!(conditions.allow("\"").is_err());
}
