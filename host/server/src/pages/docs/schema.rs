//! Schemas as tables of fields. A named schema has a page, so that one that contains itself ends somewhere.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    document::{Document, items, name_of, text},
    prose::{inline, prose},
};

/// The page of a named schema.
pub(super) fn page(document: &Document, name: &str) -> Option<Markup> {
    let schema = document.schema(name)?;
    Some(html! {
        h1 { (name) }
        (prose(text(schema, "description")))
        (whole(schema))
    })
}

/// All that a schema says beside its description.
pub(super) fn whole(schema: &Value) -> Markup {
    html! {
        @if schema.get("properties").is_none() { p { (kind(schema)) } }
        @if !items(schema, "oneOf").is_empty() && schema.get("properties").is_some() {
            p { "One of: " (either(items(schema, "oneOf"))) ", and beside it:" }
        }
        (fields(schema))
    }
}

/// The fields of an object; nothing for everything else.
fn fields(schema: &Value) -> Markup {
    let required = items(schema, "required");
    let fields = schema.get("properties").and_then(Value::as_object);
    html! {
        @if let Some(fields) = fields.filter(|fields| !fields.is_empty()) {
            table {
                @for (name, field) in fields {
                    tr {
                        td {
                            code { (name) }
                            @if !required.iter().any(|one| one == name) { " " span class="optional" { "optional" } }
                        }
                        td { (kind(field)) }
                        td { (prose(text(field, "description"))) }
                    }
                }
            }
        }
    }
}

/// What a value may be, in a few words.
pub(super) fn kind(schema: &Value) -> Markup {
    let choices = ["anyOf", "oneOf"].into_iter().map(|key| items(schema, key)).find(|some| !some.is_empty());
    html! {
        @if let Some(name) = name_of(schema) {
            a href={ "/docs/schemas/" (name) } { (name) }
        } @else if let Some(word) = schema.get("const") {
            code { (word) }
        } @else if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            "one of " (list(", ", words.iter().map(|word| html! { code { (word.as_str().unwrap_or("null")) } })))
        } @else if let Some(choices) = choices {
            (either(choices))
        } @else {
            (plain(schema))
        }
    }
}

fn either(choices: &[Value]) -> Markup {
    list(" or ", choices.iter().map(kind))
}

fn list(between: &str, parts: impl Iterator<Item = Markup>) -> Markup {
    html! { @for (at, part) in parts.enumerate() { @if at > 0 { (between) } (part) } }
}

/// The types of the schema itself.
fn plain(schema: &Value) -> Markup {
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any value"],
    };
    list(
        " or ",
        kinds.into_iter().map(|one| match one {
            "array" => html! { "list of " (schema.get("items").map_or_else(|| inline("anything"), kind)) },
            "object" => {
                if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
                    html! { "names, each with " (kind(values)) }
                } else {
                    html! { "object" }
                }
            }
            "string" => match text(schema, "format") {
                "" => html! { "string" },
                format => html! { "string (" (format) ")" },
            },
            one => html! { (one) },
        }),
    )
}
