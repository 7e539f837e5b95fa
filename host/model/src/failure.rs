//! Failures: what the host should do next, a stable code and a sentence for a person.

use serde::{Deserialize, Serialize};

/// What the host should do about a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// A person has to consent again.
    Reauthorize,
    /// These scopes are missing.
    InsufficientScope(Vec<String>),
    /// The client, a field or the manifest is wrong.
    Misconfigured,
    /// Try again, not before this many milliseconds.
    Retry(Option<u64>),
    /// The provider is broken or unreachable.
    ProviderDown,
    /// The provider cannot do this.
    Unsupported,
    /// Named openly.
    Other(String),
}

impl Advice {
    /// Its word in answers.
    pub fn word(&self) -> &str {
        match self {
            Self::Reauthorize => "reauthorize",
            Self::InsufficientScope(_) => "insufficient-scope",
            Self::Misconfigured => "misconfigured",
            Self::Retry(_) => "retry",
            Self::ProviderDown => "provider-down",
            Self::Unsupported => "unsupported",
            Self::Other(word) => word,
        }
    }
}

/// Why something at a provider did not work. Holds no secret and no response body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Failure {
    /// What to do.
    pub advice: Advice,
    /// Stable, for programs.
    pub code: String,
    /// For a person.
    pub message: String,
}

impl Failure {
    /// A failure; code and message are cleaned for display.
    pub fn new(advice: Advice, code: &str, message: &str) -> Self {
        Self { advice, code: plain(code, 64), message: plain(message, 400) }
    }

    /// Whether trying again later, without a person, may work.
    pub fn is_transient(&self) -> bool {
        matches!(self.advice, Advice::Retry(_) | Advice::ProviderDown)
    }
}

/// Foreign text made safe to show: what breaks a line, turns the order of letters or cannot be seen becomes a space; at most
/// `limit` characters.
pub fn plain(text: &str, limit: usize) -> String {
    let cleaned = text.chars().map(|c| if c.is_control() || is_unseen(c) { ' ' } else { c });
    cleaned.take(limit).collect::<String>().trim().to_owned()
}

/// Line and paragraph separators, marks and embeddings of direction, and characters without a shape. Joiners stay: scripts
/// need them.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_cut_and_cleaned() {
        let failure = Failure::new(Advice::ProviderDown, "bad\nline", &format!("\u{1b}[31m{}", "x".repeat(1000)));
        assert_eq!(failure.code, "bad line");
        assert!(failure.message.len() <= 400 && !failure.message.contains('\u{1b}'));
    }

    #[test]
    fn nothing_unseen_is_shown() {
        for unseen in ['\u{2028}', '\u{200f}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{e0041}', '\u{85}'] {
            assert_eq!(plain(&format!("a{unseen}b"), 9), "a b", "{unseen:?}");
        }
        // Joiners are part of words in Persian and Hindi.
        assert_eq!(plain("می\u{200c}شود", 9), "می\u{200c}شود");
    }
}
