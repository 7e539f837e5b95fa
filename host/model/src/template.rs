//! Templates: text in which `{key}` stands for a field. No logic, no nesting.

use serde::{Deserialize, Serialize};

/// A parsed template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Key(String),
}

/// Text that is no template, or a template that cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner, or an empty name.
    #[error("`{0}` has a brace without its partner, or an empty name: write {{key}}")]
    Braces(String),
    /// A field has no value.
    #[error("the field `{0}` has no value")]
    Missing(String),
}

impl Template {
    /// Parses a template. `{key}` and `{client.key}` are holes; everything else is text.
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        let bad = || TemplateError::Braces(source.chars().take(80).collect());
        let mut pieces = Vec::new();
        let mut rest = source;
        while let Some(open) = rest.find(['{', '}']) {
            let (text, tail) = rest.split_at(open);
            let tail = tail.strip_prefix('{').ok_or_else(bad)?;
            let (key, after) = tail.split_once('}').ok_or_else(bad)?;
            if key.is_empty() || !key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c))
            {
                return Err(bad());
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            pieces.push(Piece::Key(key.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { source: source.to_owned(), pieces })
    }

    /// The keys it needs, in order, repeated where they repeat.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Key(key) => Some(key.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it is fixed text: there is nothing to fill in.
    pub fn is_fixed(&self) -> bool {
        self.keys().next().is_none()
    }

    /// The text with every key replaced by what `value` answers.
    pub fn fill<T: AsRef<str>>(&self, value: impl Fn(&str) -> Option<T>) -> Result<String, TemplateError> {
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Key(key) => {
                    let text = value(key).ok_or_else(|| TemplateError::Missing(key.clone()))?;
                    out.push_str(text.as_ref());
                }
            }
        }
        Ok(out)
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(source: String) -> Result<Self, TemplateError> {
        Self::new(&source)
    }
}

impl From<Template> for String {
    fn from(template: Template) -> String {
        template.source
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn keys_are_filled_and_missing_ones_named() {
        let template = Template::new("https://{subdomain}.example.com/{client.region}").unwrap();
        assert_eq!(template.keys().collect::<Vec<_>>(), ["subdomain", "client.region"]);
        let filled = template.fill(|key| Some(if key == "subdomain" { "acme" } else { "eu" }.to_owned()));
        assert_eq!(filled.unwrap(), "https://acme.example.com/eu");
        assert_eq!(template.fill(|_| None::<&str>), Err(TemplateError::Missing("subdomain".into())));
    }

    #[test]
    fn stray_braces_are_refused() {
        for text in ["{", "}", "{}", "a{b", "a}b", "{A}", "{{a}}"] {
            assert!(Template::new(text).is_err(), "{text}");
        }
    }
}
