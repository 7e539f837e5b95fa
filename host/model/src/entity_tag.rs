//! Conditional requests (RFC 9110 section 13): a change that names the state it was made for, and happens to no other.

/// Entity tags a caller names: a list of them, or whatever there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    /// `*`: whatever there is.
    Any,
    /// One of these.
    OneOf(Vec<Tag>),
}

/// An entity tag (RFC 9110 section 8.8.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Whether it is a weak one, `W/"…"`.
    pub weak: bool,
    /// What is between the quotes.
    pub opaque: String,
}

/// What a request says about the state it expects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `If-Match`.
    pub matches: Option<Tags>,
    /// `If-None-Match`.
    pub matches_none: Option<Tags>,
}

/// The state is another than the request expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is not as this request expects it: read it again, look what changed, and repeat with its ETag")]
pub struct Stale;

/// Text that is no list of entity tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entity tag is `*`, or a list of tags in double quotes as an ETag header gave them")]
pub struct TagsError;

impl Tags {
    /// Reads a header's value; several headers of one name are joined with commas.
    pub fn parse(text: &str) -> Result<Self, TagsError> {
        let mut rest = text.trim_matches([' ', '\t']);
        if rest == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        loop {
            // Empty elements of a list mean nothing (RFC 9110 section 5.6.1).
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                return if tags.is_empty() { Err(TagsError) } else { Ok(Self::OneOf(tags)) };
            }
            let weak = rest.starts_with("W/");
            let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"').ok_or(TagsError)?;
            let (opaque, behind) = quoted.split_once('"').ok_or(TagsError)?;
            if !opaque.bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80) {
                return Err(TagsError);
            }
            tags.push(Tag { weak, opaque: opaque.to_owned() });
            rest = behind.trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(TagsError);
            }
        }
    }

    /// Strong comparison: a weak tag equals nothing.
    fn strongly(&self, current: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|tag| !tag.weak && tag.opaque == current),
        }
    }

    /// Weak comparison.
    fn weakly(&self, current: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|tag| tag.opaque == current),
        }
    }
}

impl Conditions {
    /// Whether a change may happen to what has this tag (RFC 9110 sections 13.1.1 and 13.1.2).
    pub fn allow(&self, current: &str) -> Result<(), Stale> {
        let expected = self.matches.as_ref().is_none_or(|tags| tags.strongly(current));
        let unexpected = self.matches_none.as_ref().is_some_and(|tags| tags.weakly(current));
        if expected && !unexpected { Ok(()) } else { Err(Stale) }
    }

    /// Whether a reader has this state already: then it need not be sent again.
    pub fn is_known(&self, current: &str) -> bool {
        self.matches_none.as_ref().is_some_and(|tags| tags.weakly(current))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    fn conditions(matches: Option<&str>, none: Option<&str>) -> Conditions {
        let read = |text: &str| Tags::parse(text).unwrap();
        Conditions { matches: matches.map(read), matches_none: none.map(read) }
    }

    #[test]
    fn lists_weak_tags_and_the_star_are_read() {
        assert_eq!(Tags::parse(" * "), Ok(Tags::Any));
        let one = |weak, opaque: &str| Tag { weak, opaque: opaque.to_owned() };
        assert_eq!(Tags::parse("\"a\""), Ok(Tags::OneOf(vec![one(false, "a")])));
        let several = Tags::OneOf(vec![one(false, "a,b"), one(true, "c"), one(false, "")]);
        assert_eq!(Tags::parse("\"a,b\", W/\"c\" ,, \"\""), Ok(several));
        for bad in ["", ",", "a", "\"a", "w/\"a\"", "\"a\" \"b\"", "\"a\", *", "\"a b\"", "W/a"] {
            assert_eq!(Tags::parse(bad), Err(TagsError), "{bad}");
        }
    }

    #[test]
    fn a_change_needs_a_strong_match() {
        assert_eq!(conditions(None, None).allow("a"), Ok(()));
        assert_eq!(conditions(Some("\"b\", \"a\""), None).allow("a"), Ok(()));
        assert_eq!(conditions(Some("*"), None).allow("a"), Ok(()));
        assert_eq!(conditions(Some("\"b\""), None).allow("a"), Err(Stale));
        assert_eq!(conditions(Some("W/\"a\""), None).allow("a"), Err(Stale));
        assert_eq!(conditions(None, Some("*")).allow("a"), Err(Stale));
        assert_eq!(conditions(None, Some("W/\"a\"")).allow("a"), Err(Stale));
        assert_eq!(conditions(None, Some("\"b\"")).allow("a"), Ok(()));
    }

    #[test]
    fn a_reader_is_told_that_nothing_changed() {
        assert!(conditions(None, Some("W/\"a\"")).is_known("a"));
        assert!(conditions(None, Some("*")).is_known("a"));
        assert!(!conditions(None, Some("\"b\"")).is_known("a"));
        assert!(!conditions(Some("\"a\""), None).is_known("a"));
    }
}
