//! What was done just now, said once at the top of a page or in a row.

use jackfield_model::connection::Connection;
use maud::{Markup, html};

use super::standing;
use crate::words::Words;

/// What can be told.
const TOLD: [&str; 8] =
    ["verified", "renamed", "connected", "reconnected", "pointed", "kept", "replaced", "connected-as-new"];

/// What was done to a connection, and how that went; none for a word nobody writes.
pub(super) fn told(words: &Words, told: &str, connection: &Connection) -> Option<Markup> {
    let known = TOLD.iter().find(|known| **known == told)?;
    let account = connection.account.as_ref().map(|account| account.label.clone()).unwrap_or_default();
    let failure = connection.verification.as_ref().and_then(|last| last.failure.as_ref());
    let (good, sentence) = match (*known, failure) {
        ("verified", Some(failure)) => {
            (false, words.tell("connection-told-not-verified", &[("why", standing::failed(words, failure).into())]))
        }
        ("connected" | "reconnected" | "verified" | "connected-as-new" | "replaced", _) if account.is_empty() => {
            (true, words.say(&format!("connection-told-{known}-nameless")))
        }
        _ => (
            true,
            words.tell(
                &format!("connection-told-{known}"),
                &[("account", account.into()), ("name", connection.name.clone().into())],
            ),
        ),
    };
    let class = if good { "done" } else { "warning" };
    Some(html! { p class=(class) role="status" { (sentence) } })
}
