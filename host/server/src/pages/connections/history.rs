//! The timeline in words: what happened, when, and who did it.

use jackfield_model::{connection::Connection, person::Role, timeline::Event};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{
    super::{signed_in::SignedIn, when::when},
    standing,
};
use crate::{service::Page, words::Words};

/// What happens to connections; anything else is shown by its own word.
const KINDS: [&str; 24] = [
    "account-kept",
    "account-replaced",
    "created",
    "deleted",
    "ended",
    "expiring",
    "exported",
    "failing",
    "imported",
    "import-refused",
    "needs-reauthorization",
    "no-longer-used",
    "other-account",
    "pointed",
    "reauthorized",
    "refresh-failed",
    "refresh-uncertain",
    "refreshed",
    "renamed",
    "same-account",
    "step-failed",
    "target-wanted",
    "used",
    "verified",
];

/// A page of it, and where older lines are.
pub(super) fn section(
    by: &SignedIn,
    connection: &Connection,
    events: &Page<Event>,
    is_first: bool,
    now: Timestamp,
) -> Markup {
    let words = &by.site.words;
    html! {
        section class="pane" id="timeline" aria-labelledby="timeline-title" {
            h2 id="timeline-title" { (words.say("connection-timeline")) }
            ol class="timeline" {
                @for event in &events.items {
                    li {
                        span class="moment quiet" { (when(words, event.at, now)) }
                        div {
                            p { (what(words, event)) " " span class="quiet" { (who(by, &event.by)) } }
                            @if let Some(note) = note(by, event) { p class="quiet" { (note) } }
                        }
                        (standing::badge(words, event.status))
                    }
                }
            }
            nav class="turns" aria-label=(words.say("connection-timeline")) {
                @if !is_first { a href={ "/connections/" (connection.id) "#timeline" } { (words.say("connection-timeline-newest")) } }
                @if let Some(next) = &events.next {
                    a href={ "/connections/" (connection.id) "?before=" (next) "#timeline" } rel="next" { (words.say("connection-timeline-older")) }
                }
            }
        }
    }
}

/// What is known beyond the kind; which other connections there are is for who sees them all.
fn note<'a>(by: &SignedIn, event: &'a Event) -> Option<&'a str> {
    let tells = event.kind != "same-account" || by.person.role == Role::Administrator;
    event.note.as_deref().filter(|_| tells)
}

fn what(words: &Words, event: &Event) -> String {
    if KINDS.contains(&event.kind.as_str()) { words.say(&format!("event-{}", event.kind)) } else { event.kind.clone() }
}

/// Who did it. Other people are named to those who look after the tenant and to nobody else.
fn who(by: &SignedIn, author: &str) -> String {
    let words = &by.site.words;
    if author == by.person.author() {
        return words.say("by-you");
    }
    let administrator = by.person.role == Role::Administrator;
    match author.split_once(':') {
        _ if author == "host" => words.say("by-itself"),
        Some((_, subject)) if administrator => words.tell("by-person", &[("name", subject.into())]),
        Some(("administrator", _)) => words.say("by-administrator"),
        Some(_) => words.say("by-somebody"),
        None if author == "end-user" => words.say("by-somebody"),
        None => words.say("by-application"),
    }
}
