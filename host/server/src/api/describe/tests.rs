//! What the description promises of itself.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Operation, schemas::Schemas};
use crate::api::{NOUNS, description};

fn operations(description: &Value) -> Vec<&Value> {
    let paths = description.get("paths").unwrap().as_object().unwrap();
    paths.values().flat_map(|item| item.as_object().unwrap().values()).collect()
}

#[test]
fn a_schema_has_one_name_and_one_meaning() {
    let mut schemas = Schemas::new();
    for entry in NOUNS.iter().flat_map(|routes| routes().into_entries()) {
        (entry.describe)(&mut Operation::new(&mut schemas));
    }
    assert_eq!(schemas.clashes(), Vec::<String>::new());
    let description = description();
    let names: Vec<&String> = description.pointer("/components/schemas").unwrap().as_object().unwrap().keys().collect();
    assert!(names.len() > 20, "{names:?}");
    // A number or a module's own word at the end of a name means that two types wanted the same.
    let odd: Vec<_> = names.iter().filter(|name| name.ends_with(char::is_numeric) || name.ends_with("View")).collect();
    assert!(odd.is_empty(), "name them with #[schemars(rename)]: {odd:?}");
}

#[test]
fn every_operation_is_told_apart_and_told_whole() {
    let description = description();
    let operations = operations(&description);
    let text = |operation: &Value, key: &str| operation.get(key).unwrap().as_str().unwrap().to_owned();
    let ids: BTreeSet<String> = operations.iter().map(|operation| text(operation, "operationId")).collect();
    assert_eq!(ids.len(), operations.len());
    for operation in operations {
        let summary = text(operation, "summary");
        assert!(!summary.is_empty() && !summary.ends_with('.'), "{summary}");
        assert!(text(operation, "description").contains("Needs"), "{summary}");
        for parameter in operation.get("parameters").unwrap().as_array().unwrap() {
            assert!(parameter.get("description").unwrap().is_string(), "{summary}: {parameter}");
        }
        for (status, answer) in operation.get("responses").unwrap().as_object().unwrap() {
            assert!(status.parse::<u16>().is_ok() && answer.get("description").is_some(), "{summary} {status}");
        }
    }
}

#[test]
fn every_field_is_described_and_has_an_example() {
    let description = description();
    let schemas = description.pointer("/components/schemas").unwrap().as_object().unwrap();
    let mut bare = Vec::new();
    for (name, schema) in schemas {
        let variants = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        for one in variants.chain([schema]) {
            for (field, schema) in one.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let told = ["description", "$ref", "const"].iter().any(|key| schema.get(key).is_some());
                if !told {
                    bare.push(format!("{name}.{field} has no description"));
                }
                if super::example::Examples::new(schemas).of(schema).is_none() {
                    bare.push(format!("{name}.{field} has no example"));
                }
            }
        }
    }
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}
