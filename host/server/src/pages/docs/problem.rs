//! The problems: a page each, to which the `type` of every refusal leads (RFC 9457 section 3.1.1).

use maud::{Markup, html};

use super::{document::Document, index, prose::inline};
use crate::api::problem::Code;

/// Every problem.
pub(super) fn list() -> Markup {
    html! {
        h1 { "Problems" }
        p {
            "Every refusal is a problem detail (RFC 9457). Programs decide by " code { "code" }
            ", which stays as it is; new codes may come."
        }
        table {
            @for code in Code::ALL {
                tr {
                    td { a href={ "/docs/problems/" (code.word()) } { code { (code.word()) } } }
                    td class="verb" { (code.status().as_u16()) }
                    td { (inline(code.meaning())) }
                }
            }
        }
    }
}

/// The page of one; none where there is no such code.
pub(super) fn page(document: &Document, word: &str) -> Option<Markup> {
    let code = Code::ALL.iter().find(|code| code.word() == word)?;
    let operations = document.operations();
    let giving: Vec<_> =
        operations.iter().filter(|one| one.refusals().iter().any(|(_, other)| *other == word)).collect();
    let example = document.problem(word).and_then(|example| example.get("value"));
    Some(html! {
        h1 { (inline(code.title())) }
        p class="route" {
            span class="verb" { (code.status().as_u16()) } " " code { (code.word()) } " "
            span class="quiet" { (code.status().canonical_reason().unwrap_or_default()) }
        }
        h2 { "What to do" }
        p { (inline(code.advice())) }
        h2 { "What gives it" }
        @if giving.is_empty() {
            p {
                "The proxy, a page for browsers, or the host itself before a request reaches an operation: none of the "
                "operations gives it by itself."
            }
        } @else {
            table class="operations" { @for one in giving { (index::row(one)) } }
        }
        @if let Some(example) = example {
            h2 { "Example" }
            pre { code { (format!("{example:#}")) } }
        }
    })
}
