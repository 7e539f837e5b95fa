//! Patterns that third parties write: regular expressions over whole values.

use std::{fmt, sync::OnceLock};

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// A regular expression that the whole value must match. Linear time, bounded size.
///
/// One that is read from where it was kept is compiled when it is first asked: most of a thousand connectors' never are, and a
/// compiled one takes a hundred times the memory.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
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
        let compiled = compiled(source)?;
        Ok(Self { source: source.to_owned(), compiled: OnceLock::from(Some(compiled)) })
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled().is_some_and(|compiled| compiled.is_match(value))
    }

    /// What its first group matches, where the whole value matches.
    pub fn group<'a>(&self, value: &'a str) -> Option<&'a str> {
        self.compiled()?.captures(value)?.get(1).map(|found| found.as_str())
    }

    /// How many groups it has.
    pub fn groups(&self) -> usize {
        self.compiled().map_or(0, |compiled| compiled.captures_len() - 1)
    }

    /// None where what was kept is no pattern: it was one when it was checked, and if not, no value matches.
    fn compiled(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compiled(&self.source).ok()).as_ref()
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

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.source
    }
}

fn compiled(source: &str) -> Result<Regex, PatternError> {
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
    compile(&format!("^(?:{source})$"))
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
    fn one_that_was_kept_is_compiled_when_it_is_asked() {
        let kept: Pattern = serde_json::from_str(r#""([a-z]+)""#).unwrap();
        assert!(kept.compiled.get().is_none());
        assert!(kept.matches("abc") && !kept.matches("abc1"));
        assert_eq!((kept.groups(), kept.group("abc"), kept.source()), (1, Some("abc"), "([a-z]+)"));
        let damaged: Pattern = serde_json::from_str(r#""(""#).unwrap();
        assert!(!damaged.matches("("));
        assert_eq!((damaged.groups(), damaged.group("(")), (0, None));
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
