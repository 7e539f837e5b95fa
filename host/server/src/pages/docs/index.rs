//! The index: what to know first, then every operation, part by part.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    document::{Described, Document, items, text},
    prose::{inline, prose},
};

/// What is on the index.
pub(super) fn page(document: &Document) -> Markup {
    let operations = document.operations();
    let tags = items(document.value(), "tags");
    html! {
        h1 { "The API of this host" }
        (prose(document.value().pointer("/info/description").and_then(Value::as_str).unwrap_or_default()))
        p class="methods" {
            @for tag in tags { a href={ "#" (text(tag, "name")) } { (text(tag, "name")) } }
        }
        @for tag in tags { (part(tag, &operations)) }
    }
}

fn part(tag: &Value, operations: &[Described<'_>]) -> Markup {
    let name = text(tag, "name");
    let own = operations.iter().filter(|one| items(one.value, "tags").iter().any(|tag| tag == name));
    html! {
        section id=(name) {
            h2 { (name) }
            p class="lead" { (inline(text(tag, "description"))) }
            table class="operations" {
                @for one in own { (row(one)) }
            }
        }
    }
}

/// One operation, as a line of a table.
pub(super) fn row(one: &Described<'_>) -> Markup {
    html! {
        tr {
            td class="verb" { (one.method) }
            td { code { (one.path) } }
            td { a href={ "/docs/operations/" (one.id()) } { (text(one.value, "summary")) } }
            td class="quiet" { (one.permission().unwrap_or("no key")) }
        }
    }
}
