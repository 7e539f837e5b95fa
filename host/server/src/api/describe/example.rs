//! Examples made from schemas, so that they cannot say something else: fields bring their own, the rest follows from types.

use serde_json::{Map, Value, json};

/// The moment of every example.
const MOMENT: &str = "2026-11-22T09:30:00Z";
/// How deep a schema is followed: deeper ones contain themselves.
const DEPTH: usize = 12;

/// Makes examples with the named schemas at hand.
#[derive(Clone, Copy)]
pub(super) struct Examples<'c> {
    components: &'c Map<String, Value>,
}

impl<'c> Examples<'c> {
    pub(super) fn new(components: &'c Map<String, Value>) -> Self {
        Self { components }
    }

    /// An example of a schema; none where the schema does not say enough.
    pub(super) fn of(self, schema: &Value) -> Option<Value> {
        self.at(schema, DEPTH)
    }

    fn at(self, schema: &Value, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if let Some(given) = own(schema) {
            return Some(given);
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next()?;
            return self.at(self.components.get(name)?, depth);
        }
        let variants = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.as_array());
        if let Some(variants) = variants {
            let first = self.at(variants.first()?, depth)?;
            return Some(self.with_fields(first, schema, depth));
        }
        match kind(schema)? {
            "object" => self.object(schema, depth),
            "array" => Some(schema.get("items").and_then(|items| self.at(items, depth)).into_iter().collect()),
            "boolean" => Some(json!(true)),
            "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or(json!(1))),
            "string" if schema.get("format").is_some_and(|format| format == "date-time") => Some(json!(MOMENT)),
            "null" => Some(Value::Null),
            _ => None,
        }
    }

    fn object(self, schema: &Value, depth: usize) -> Option<Value> {
        if schema.get("properties").is_some() {
            return Some(self.with_fields(json!({}), schema, depth));
        }
        let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) else {
            return Some(json!({}));
        };
        Some(json!({ "name": self.at(values, depth)? }))
    }

    /// What is there already, with the properties beside it. Fields without an example are left out: the tests find them.
    fn with_fields(self, value: Value, schema: &Value, depth: usize) -> Value {
        let Value::Object(mut object) = value else { return value };
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (name, schema) in properties {
            if let Some(example) = self.at(schema, depth) {
                object.insert(name.clone(), example);
            }
        }
        Value::Object(object)
    }
}

/// What a schema brings itself.
fn own(schema: &Value) -> Option<Value> {
    let first = |key: &str| schema.get(key)?.as_array()?.first().cloned();
    first("examples").or_else(|| schema.get("const").cloned()).or_else(|| first("enum"))
}

fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.first()?.as_str(),
        _ => None,
    }
}
