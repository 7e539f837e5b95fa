//! The little Markdown that descriptions use: paragraphs, lists, `code` and **bold**.

use maud::{Markup, html};

/// Paragraphs and lists.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
            @if block.lines().all(|line| line.starts_with("- ")) {
                ul { @for line in block.lines() { li { (inline(line.trim_start_matches("- "))) } } }
            } @else {
                p { (inline(block)) }
            }
        }
    }
}

/// One line: what stands between backticks is code, what stands between double asterisks is bold.
pub(super) fn inline(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (bold(part)) }
        }
    }
}

fn bold(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split("**").enumerate() {
            @if at % 2 == 1 { strong { (part) } } @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_written_as_meant_and_nothing_in_it_is_markup() {
        let written = prose("**Keys.** Send `Bearer <key>`.\n\n- `a`: one\n- `b`: <b>").into_string();
        let expected = "<p><strong>Keys.</strong> Send <code>Bearer &lt;key&gt;</code>.</p>\
                        <ul><li><code>a</code>: one</li><li><code>b</code>: &lt;b&gt;</li></ul>";
        assert_eq!(written, expected);
    }
}
