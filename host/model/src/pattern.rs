//! Patterns that third parties write: regular expressions over whole values.

use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// A regular expression that the whole value must match. Linear time, bounded size.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    source: String,
    compiled: Regex,
}

/// A pattern that does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{source_text}` is no regular expression this host accepts: {reason}")]
pub struct PatternError {
    source_text: String,
    reason: String,
}

impl Pattern {
    /// Compiles a pattern; at most 512 characters and 64 KiB compiled.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        let refuse = |reason: String| PatternError { source_text: source.chars().take(80).collect(), reason };
        if source.len() > 512 {
            return Err(refuse("it is longer than 512 characters".into()));
        }
        let compile = |text: &str| {
            let built = RegexBuilder::new(text).size_limit(64 * 1024).build();
            built.map_err(|error| refuse(error.to_string().lines().last().unwrap_or_default().to_owned()))
        };
        // By itself first: `a)|(?:b` would close the group it is put into, and match a part of a value.
        compile(source)?;
        let compiled = compile(&format!("^(?:{source})$"))?;
        Ok(Self { source: source.to_owned(), compiled })
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled.is_match(value)
    }

    /// What its first group matches, where the whole value matches.
    pub fn group<'a>(&self, value: &'a str) -> Option<&'a str> {
        self.compiled.captures(value)?.get(1).map(|found| found.as_str())
    }

    /// How many groups it has.
    pub fn groups(&self) -> usize {
        self.compiled.captures_len() - 1
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pattern({})", self.source)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(source: String) -> Result<Self, PatternError> {
        Self::new(&source)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.source
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_value_only() {
        let pattern = Pattern::new("[a-z]+|x1").unwrap();
        assert!(pattern.matches("abc") && pattern.matches("x1"));
        assert!(!pattern.matches("abc.evil") && !pattern.matches("abc\n"));
        for bad in ["a)|(?:b", "a)(?m:b", "(", "(?x)a # b"] {
            assert!(Pattern::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_group_is_read_of_a_whole_match_only() {
        let pattern = Pattern::new("[0-9a-f]{4}-(us[0-9]{1,3})").unwrap();
        assert_eq!((pattern.groups(), pattern.group("00ff-us6")), (1, Some("us6")));
        for value in ["00ff-us6.evil.example", "00ff-us6/", "00ff", "x00ff-us6"] {
            assert_eq!(pattern.group(value), None, "{value}");
        }
    }
}
