//! Where a connection is used: what an application says about itself, so that nobody deletes what still works.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest reference, in bytes.
pub const REFERENCE_LIMIT: usize = 200;
/// The longest label, in characters.
pub const LABEL_LIMIT: usize = 120;
/// The longest URL, in bytes.
pub const URL_LIMIT: usize = 2000;
/// The most uses one connection has.
pub const USES_LIMIT: u32 = 1000;

/// One place a connection is used in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The application's own id of the place: a workflow, a report, a mailbox.
    pub reference: String,
    /// What people call it.
    pub label: String,
    /// Where a person finds it: an http or https URL.
    pub url: Option<String>,
    /// Who said so: an API key's id.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

/// Words that cannot describe a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UseFault {
    /// The reference.
    #[error("the reference is the application's own id of the place: 1 to {REFERENCE_LIMIT} bytes of plain text")]
    Reference,
    /// The label.
    #[error("the label says what people call the place: one line of 1 to {LABEL_LIMIT} characters")]
    Label,
    /// The URL.
    #[error("`url` is where a person finds the place: a whole http or https URL of at most {URL_LIMIT} bytes")]
    Url,
}

/// Checks what is said about a use; answers the label as it is kept.
pub fn check(reference: &str, label: &str, url: Option<&str>) -> Result<String, UseFault> {
    let plain = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !plain(reference) || reference.len() > REFERENCE_LIMIT {
        return Err(UseFault::Reference);
    }
    let label = label.trim();
    if !plain(label) || label.chars().count() > LABEL_LIMIT {
        return Err(UseFault::Label);
    }
    if url.is_some_and(|url| !is_link(url)) {
        return Err(UseFault::Url);
    }
    Ok(label.to_owned())
}

/// Pages show it as a link, so no other scheme may hide in it.
fn is_link(text: &str) -> bool {
    let parsed = url::Url::parse(text);
    text.len() <= URL_LIMIT && parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_plain_text_and_a_link_a_browser_opens() {
        assert_eq!(check("flow-7", " Invoices ", Some("https://app.example/flows/7")), Ok("Invoices".to_owned()));
        assert_eq!(check("", "Invoices", None), Err(UseFault::Reference));
        assert_eq!(check(&"x".repeat(201), "Invoices", None), Err(UseFault::Reference));
        assert_eq!(check("a\nb", "Invoices", None), Err(UseFault::Reference));
        assert_eq!(check("flow-7", "  ", None), Err(UseFault::Label));
        assert_eq!(check("flow-7", &"x".repeat(121), None), Err(UseFault::Label));
        for bad in ["javascript:alert(1)", "/flows/7", "data:text/html,x", ""] {
            assert_eq!(check("flow-7", "Invoices", Some(bad)), Err(UseFault::Url), "{bad}");
        }
    }
}
