//! How a connection stands, in words: its status, what is wrong, and the one thing to do about it.

use jackfield_model::{
    connection::Connection,
    failure::{Advice, Failure},
    status::Status,
    target::Targeting,
};
use maud::{Markup, html};

use crate::words::Words;

/// The one thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing.
    Nothing,
    /// Choose what it points at.
    Choose,
    /// Ask the provider again.
    Verify,
    /// Consent again.
    Reauthorize,
    /// Make another, for this one is over.
    Anew,
}

/// What to do about a connection.
pub(super) fn step(connection: &Connection) -> Step {
    if matches!(connection.target, Targeting::Open { .. }) {
        return Step::Choose;
    }
    match connection.status {
        Status::Active => Step::Nothing,
        Status::Expiring | Status::NeedsReauthorization => Step::Reauthorize,
        Status::Revoked => Step::Anew,
        Status::Pending | Status::Uncertain => Step::Verify,
        Status::Failing => match connection.failure.as_ref().map(|failure| &failure.advice) {
            Some(Advice::Reauthorize | Advice::InsufficientScope(_) | Advice::Misconfigured) => Step::Reauthorize,
            _ => Step::Verify,
        },
    }
}

/// The status as a word with a mark that is not its colour alone.
pub(super) fn badge(words: &Words, status: Status) -> Markup {
    html! { span class={ "status status-" (status.name()) } { (words.say(&format!("status-{}", status.name()))) } }
}

/// What happened, where something did, and what it means.
pub(super) fn sentence(words: &Words, connection: &Connection) -> String {
    if step(connection) == Step::Choose {
        return words.say("connection-choose-first");
    }
    match (&connection.failure, connection.status) {
        (Some(failure), Status::Failing) => failed(words, failure),
        _ => words.say(&format!("connection-is-{}", connection.status.name())),
    }
}

/// A failure in our words; the provider's own are shown beside them, never alone.
pub(super) fn failed(words: &Words, failure: &Failure) -> String {
    let kind = match &failure.advice {
        Advice::Reauthorize => "reauthorize",
        Advice::InsufficientScope(_) => "insufficient-scope",
        Advice::Misconfigured => "misconfigured",
        Advice::Retry(_) => "retry",
        Advice::ProviderDown => "provider-down",
        Advice::Unsupported => "unsupported",
        Advice::Other(_) => "other",
    };
    words.say(&format!("connection-failed-{kind}"))
}
