//! The only place that writes for people: results on standard output, the rest on standard error.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use jackfield_model::failure::plain;
use serde_json::{Value, json};

use super::{failed, host::HostError};

/// How results are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// A result: the value itself, or what it says to a person.
    pub(super) fn result(self, value: &Value, person: impl FnOnce(&Value) -> String) {
        if self.json {
            line(&mut io::stdout(), &format!("{value:#}"));
        } else {
            line(&mut io::stdout(), person(value).trim_end());
        }
    }

    /// A step of several, as it is done: for a person on standard output, beside JSON on standard error.
    pub(super) fn step(self, text: &str) {
        if self.json { line(&mut io::stderr(), text) } else { line(&mut io::stdout(), text) }
    }

    /// Why a command failed.
    pub(super) fn failure(self, error: &anyhow::Error) {
        // Standard output holds one JSON text, and a result that tells of the failure is that one.
        if self.json && !error.is::<failed::Told>() {
            let problem = match error.downcast_ref::<HostError>() {
                Some(HostError::Refused(problem)) => problem.json(),
                _ => json!({ "code": failed::word(error), "detail": format!("{error:#}") }),
            };
            line(&mut io::stdout(), &format!("{:#}", json!({ "error": problem })));
        }
        line(&mut io::stderr(), &format!("jackfield: {error:#}"));
    }
}

/// A word on the side, on standard error.
pub(super) fn note(text: &str) {
    line(&mut io::stderr(), text);
}

/// What is going on, on standard error where it is a terminal.
pub(super) fn progress(text: &str) {
    if io::stderr().is_terminal() {
        line(&mut io::stderr(), text);
    }
}

/// Asks a person; `None` where there is no terminal to ask at.
pub(super) fn ask(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let mut error = io::stderr();
    // A question that cannot be shown is answered by what is typed all the same.
    let _shown = write!(error, "{question} [y/N] ").and_then(|()| error.flush());
    let mut answer = String::new();
    let _read = io::stdin().lock().read_line(&mut answer);
    Some(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// A reader that went away is no reason to fail.
fn line(out: &mut impl Write, text: &str) {
    let _gone = writeln!(out, "{text}");
}

/// Columns for a person; a value that is missing is a dash.
pub(super) fn table(items: &[Value], columns: &[(&str, &str)]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    let head: Vec<String> = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
    let row = |item: &Value| columns.iter().map(|(_, pointer)| text(item, pointer)).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(items.iter().map(row)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns.len()).map(|column| width(column).unwrap_or(0)).collect();
    let pad = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(pad).collect::<Vec<_>>().join("\n")
}

/// `label: value` lines for a person, those without a value left out.
pub(super) fn card(item: &Value, lines: &[(&str, &str)]) -> String {
    let given = lines.iter().filter(|(_, pointer)| item.pointer(pointer).is_some_and(|value| !is_nothing(value)));
    let width = lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0) + 1;
    given
        .map(|(label, pointer)| format!("{:<width$} {}", format!("{label}:"), text(item, pointer)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The items of a list's answer.
pub(super) fn items(answer: &Value) -> &[Value] {
    answer.pointer("/items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A value as a person reads it. Foreign text cannot steer the terminal: its control characters are gone.
pub(super) fn text(item: &Value, pointer: &str) -> String {
    match item.pointer(pointer) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => plain(text, usize::MAX),
        Some(Value::Array(several)) if several.is_empty() => "-".to_owned(),
        Some(Value::Array(several)) => several.iter().map(|one| text(one, "")).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(several) => several.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_aligned_columns_and_dashes_for_what_is_missing() {
        let items = [json!({"id": "ten_1", "name": "A"}), json!({"id": "ten_22"})];
        assert_eq!(table(&items, &[("ID", "/id"), ("NAME", "/name")]), "ID      NAME\nten_1   A\nten_22  -");
        assert_eq!(table(&[], &[("ID", "/id")]), "none");
    }

    #[test]
    fn a_card_leaves_out_what_is_not_there() {
        let item = json!({"id": "x", "list": ["a", "b"], "none": null, "empty": []});
        let lines = [("id", "/id"), ("list", "/list"), ("none", "/none"), ("empty", "/empty")];
        assert_eq!(card(&item, &lines), "id:    x\nlist:  a, b");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let item = json!({"name": "\u{1b}[2Ja\nb"});
        assert_eq!(card(&item, &[("name", "/name")]), "name: [2Ja b");
    }
}
