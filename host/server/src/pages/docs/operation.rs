//! The page of an operation: what it takes, what it answers, how it refuses, and a line that tries it.

use std::fmt::Write as _;

use maud::{Markup, html};
use serde_json::Value;

use super::{
    document::{Described, Document, items, name_of, text},
    prose::{inline, prose},
    schema,
};

/// What is on it.
pub(super) fn page(document: &Document, one: &Described<'_>) -> Markup {
    html! {
        h1 { (text(one.value, "summary")) }
        p class="route" { span class="verb" { (one.method) } " " code { (one.path) } }
        p class="quiet" { "Operation " code { (one.id()) } }
        (prose(text(one.value, "description")))
        (parameters(one))
        @if let Some(body) = one.value.get("requestBody") { (content("Body", document, body)) }
        @for (status, answer) in one.answers().filter(|(_, answer)| !is_refusal(answer)) {
            (content(&format!("Answer {status}"), document, answer))
            (headers(answer))
        }
        h2 { "Try it" }
        pre { code { (curl(one)) } }
        (refusals(document, one))
    }
}

fn is_refusal(answer: &Value) -> bool {
    answer.pointer("/content/application~1problem+json").is_some()
}

fn parameters(one: &Described<'_>) -> Markup {
    let parameters = items(one.value, "parameters");
    html! {
        @if !parameters.is_empty() {
            h2 { "Parameters" }
            table {
                @for parameter in parameters {
                    tr {
                        td {
                            code { (text(parameter, "name")) }
                            @if parameter.get("required") != Some(&Value::Bool(true)) {
                                " " span class="optional" { "optional" }
                            }
                        }
                        td { "in the " (text(parameter, "in")) }
                        td { @if let Some(kind) = parameter.get("schema") { (schema::kind(kind)) } }
                        td { (inline(text(parameter, "description"))) }
                    }
                }
            }
        }
    }
}

/// A body, asked or answered: its fields and an example.
fn content(heading: &str, document: &Document, body: &Value) -> Markup {
    let media = body.get("content").and_then(Value::as_object).into_iter().flatten();
    html! {
        h2 { (heading) }
        (prose(text(body, "description")))
        @for (media_type, media) in media {
            p class="quiet" { code { (media_type) } }
            @if let Some(one) = media.get("schema") {
                @if let Some(name) = name_of(one) {
                    p { a href={ "/docs/schemas/" (name) } { (name) } }
                }
                (schema::whole(document.resolved(one)))
            }
            @if let Some(example) = media.get("example") { pre { code { (format!("{example:#}")) } } }
        }
    }
}

fn headers(answer: &Value) -> Markup {
    let headers = answer.get("headers").and_then(Value::as_object).into_iter().flatten();
    let own: Vec<_> = headers.filter(|(_, header)| header.get("description").is_some()).collect();
    html! {
        @if !own.is_empty() {
            table {
                @for (name, header) in own {
                    tr { td { code { (name) } } td { "header" } td { (inline(text(header, "description"))) } }
                }
            }
        }
    }
}

fn refusals(document: &Document, one: &Described<'_>) -> Markup {
    let refusals = one.refusals();
    html! {
        @if !refusals.is_empty() {
            h2 { "Refusals" }
            table {
                @for (status, word) in refusals {
                    tr {
                        td class="verb" { (status) }
                        td { a href={ "/docs/problems/" (word) } { code { (word) } } }
                        td { (inline(document.problem(word).map(|told| text(told, "summary")).unwrap_or_default())) }
                    }
                }
            }
        }
    }
}

/// A command to copy. The host and the key are the shell's variables: a page shows no key.
fn curl(one: &Described<'_>) -> String {
    let mut line = String::from("curl");
    if one.method != "GET" {
        let _ = write!(line, " -X {}", one.method);
    }
    let _ = write!(line, " \"$JACKFIELD_URL{}\"", filled(one));
    if one.permission().is_some() {
        line.push_str(" \\\n  -H \"Authorization: Bearer $JACKFIELD_KEY\"");
    }
    let body = one.value.pointer("/requestBody/content").and_then(Value::as_object).and_then(|all| all.iter().next());
    if let Some((media_type, media)) = body {
        let _ = write!(line, " \\\n  -H 'Content-Type: {media_type}'");
        match media.get("example") {
            Some(example) => {
                let _ = write!(line, " \\\n  -d '{}'", format!("{example:#}").replace('\'', "'\\''"));
            }
            None => line.push_str(" \\\n  --data-binary @file"),
        }
    }
    if one.answers().any(|(_, answer)| answer.pointer("/content/application~1octet-stream").is_some()) {
        line.push_str(" \\\n  --output file");
    }
    line
}

/// The path with examples for its parameters, where there are some.
fn filled(one: &Described<'_>) -> String {
    let in_path = items(one.value, "parameters").iter().filter(|parameter| text(parameter, "in") == "path");
    in_path.fold(one.path.to_owned(), |path, parameter| {
        let name = text(parameter, "name");
        let example = parameter.pointer("/schema/examples/0").and_then(Value::as_str);
        path.replace(&format!("{{{name}}}"), example.unwrap_or(&name.to_uppercase()))
    })
}
