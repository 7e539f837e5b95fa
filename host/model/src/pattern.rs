//! Patterns that third parties write: regular expressions over whole values, and path patterns.

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
        let compiled = RegexBuilder::new(&format!("^(?:{source})$"))
            .size_limit(64 * 1024)
            .build()
            .map_err(|error| refuse(error.to_string().lines().last().unwrap_or_default().to_owned()))?;
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

/// Why a path is not compared with patterns at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A dot segment, an encoded slash, a backslash or an empty segment: another reader could see another path.
    #[error("the path is ambiguous: dot segments, empty segments, backslashes and encoded slashes are refused")]
    Ambiguous,
}

/// Whether a URL path (still encoded, as it is sent) matches a filled pattern.
///
/// `*` stands for one segment, a last `**` for any rest. Each segment is decoded once
/// before it is compared; a path that two readers could read differently is refused.
pub fn path_matches(pattern: &str, path: &str) -> Result<bool, PathError> {
    let path = segments(path)?;
    let wanted: Vec<&str> = trimmed(pattern).split('/').collect();
    let mut given = path.iter();
    for (index, want) in wanted.iter().enumerate() {
        if *want == "**" && index + 1 == wanted.len() {
            return Ok(true);
        }
        let Some(have) = given.next() else { return Ok(false) };
        if *want != "*" && want != have {
            return Ok(false);
        }
    }
    Ok(given.next().is_none())
}

fn trimmed(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

fn segments(path: &str) -> Result<Vec<String>, PathError> {
    let parts: Vec<&str> = trimmed(path).split('/').collect();
    let last = parts.len().saturating_sub(1);
    let decoded = parts.iter().enumerate().map(|(index, raw)| {
        let text = decode(raw).ok_or(PathError::Ambiguous)?;
        let ambiguous =
            text == "." || text == ".." || text.contains(['/', '\\', '\0']) || (text.is_empty() && index != last);
        if ambiguous { Err(PathError::Ambiguous) } else { Ok(text) }
    });
    decoded.collect()
}

fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
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
    }

    #[test]
    fn a_group_is_read_of_a_whole_match_only() {
        let pattern = Pattern::new("[0-9a-f]{4}-(us[0-9]{1,3})").unwrap();
        assert_eq!((pattern.groups(), pattern.group("00ff-us6")), (1, Some("us6")));
        for value in ["00ff-us6.evil.example", "00ff-us6/", "00ff", "x00ff-us6"] {
            assert_eq!(pattern.group(value), None, "{value}");
        }
    }

    #[test]
    fn paths_match_by_decoded_segment() {
        for (pattern, path, expected) in [
            ("/user", "/user", true),
            ("/user", "/user/", false),
            ("/repos/*/*/issues", "/repos/a/b/issues", true),
            ("/repos/*/*/issues", "/repos/a/issues", false),
            ("/v1/**", "/v1/a/b", true),
            ("/v1/**", "/v1", true),
            ("/v1/**", "/v2/a", false),
            ("/us er", "/us%20er", true),
            ("/", "/", true),
        ] {
            assert_eq!(path_matches(pattern, path), Ok(expected), "{pattern} {path}");
        }
    }

    #[test]
    fn ambiguous_paths_are_refused() {
        for path in ["/a/../b", "/a/%2e%2e/b", "/a%2fb", "/a//b", "/a\\b", "/a/./b", "/%zz", "/a%00"] {
            assert_eq!(path_matches("/**", path).is_err(), path != "/**", "{path}");
            assert_eq!(path_matches("/a/*", path), Err(PathError::Ambiguous), "{path}");
        }
    }
}
