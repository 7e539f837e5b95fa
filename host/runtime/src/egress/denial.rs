//! A refusal: which rule, what was refused, what would change it and who may change it.

/// A rule forbids something; nothing was sent, nothing was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} [{rule}]")]
pub struct Denial {
    /// The rule's stable name, for example `origin-not-declared`.
    pub rule: &'static str,
    /// What was refused, what would change it, and who may change it.
    pub message: String,
}

impl Denial {
    /// A refusal by a rule.
    pub fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into() }
    }
}

/// Text from a guest, a manifest or a provider, fit to stand in a refusal: one line, at most 120 characters.
pub(crate) fn shown(text: &str) -> String {
    jackfield_model::failure::plain(text, 120)
}
