//! Values against the schemas of the description: the part of JSON Schema that the description uses, no more, so that a keyword
//! nobody reads fails too. Closed: a field nobody described is an error here, though callers must expect new ones.

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that say something to people, or are read beside another one.
const TOLD: [&str; 12] = [
    "additionalProperties",
    "default",
    "description",
    "discriminator",
    "examples",
    "format",
    "properties",
    "required",
    "title",
    "uniqueItems",
    "writeOnly",
    "minItems",
];

/// The named schemas.
pub(super) struct Schemas {
    named: Map<String, Value>,
}

impl Schemas {
    pub(super) fn of(document: &Value) -> Self {
        let named = document.pointer("/components/schemas").and_then(Value::as_object);
        Self { named: named.cloned().unwrap_or_default() }
    }

    /// Fails where a value does not fit, and says where.
    pub(super) fn check(&self, schema: &Value, value: &Value) -> Result<()> {
        let keywords = schema.as_object().context("a schema is an object")?;
        for (keyword, said) in keywords {
            self.keyword(keyword, said, value)?;
        }
        if let (Some(Value::Object(listed)), Value::Object(given)) = (schema.get("properties"), value) {
            self.fields(schema, listed, given)?;
        }
        if let (None, Some(of_each), Value::Object(given)) =
            (schema.get("properties"), schema.get("additionalProperties").filter(|each| each.is_object()), value)
        {
            given.iter().try_for_each(|(name, value)| self.check(of_each, value).with_context(|| name.clone()))?;
        }
        if schema.get("format").is_some_and(|format| format == "date-time") && value.is_string() {
            let text = value.as_str().unwrap_or_default();
            ensure!(text.ends_with('Z') && text.parse::<Timestamp>().is_ok(), "{value} is no time in UTC");
        }
        Ok(())
    }

    #[allow(clippy::too_many_lines, reason = "one table, an arm a keyword")]
    fn keyword(&self, keyword: &str, said: &Value, value: &Value) -> Result<()> {
        match keyword {
            "$ref" => {
                let name =
                    said.as_str().and_then(|place| place.strip_prefix("#/components/schemas/")).unwrap_or_default();
                self.check(self.named.get(name).with_context(|| format!("no schema {said}"))?, value)
            }
            "type" => {
                let fits = |kind: &Value| is_of(kind.as_str().unwrap_or_default(), value);
                let fits = said.as_array().map_or_else(|| fits(said), |kinds| kinds.iter().any(fits));
                ensure!(fits, "{value} is no {said}");
                Ok(())
            }
            "const" => {
                ensure!(said == value, "{value} is not {said}");
                Ok(())
            }
            "enum" => {
                ensure!(said.as_array().is_some_and(|words| words.contains(value)), "{value} is none of {said}");
                Ok(())
            }
            "anyOf" | "oneOf" => self.one_of(keyword, said, value),
            "items" => {
                let items = value.as_array().into_iter().flatten();
                items.enumerate().try_for_each(|(at, item)| self.check(said, item).with_context(|| format!("[{at}]")))
            }
            "pattern" => {
                let pattern = Regex::new(said.as_str().context("a pattern is text")?)?;
                ensure!(value.as_str().is_none_or(|text| pattern.is_match(text)), "{value} does not match {said}");
                Ok(())
            }
            "minimum" => {
                ensure!(value.as_f64().is_none_or(|number| said.as_f64() <= Some(number)), "{value} is below {said}");
                Ok(())
            }
            "maximum" => {
                ensure!(value.as_f64().is_none_or(|number| Some(number) <= said.as_f64()), "{value} is above {said}");
                Ok(())
            }
            told if TOLD.contains(&told) => Ok(()),
            other => bail!("the description uses `{other}`, which nothing checks here: teach this file"),
        }
    }

    fn one_of(&self, keyword: &str, said: &Value, value: &Value) -> Result<()> {
        let tried: Vec<Result<()>> = said.as_array().into_iter().flatten().map(|one| self.check(one, value)).collect();
        let fitting = tried.iter().filter(|tried| tried.is_ok()).count();
        let told: Vec<String> = tried.iter().filter_map(|tried| Some(format!("{:#}", tried.as_ref().err()?))).collect();
        ensure!(fitting > 0, "{value} fits none: {}", told.join("; "));
        ensure!(keyword == "anyOf" || fitting == 1, "{value} fits {fitting} of {said}");
        Ok(())
    }

    fn fields(&self, schema: &Value, listed: &Map<String, Value>, given: &Map<String, Value>) -> Result<()> {
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            ensure!(given.contains_key(name), "`{name}` is missing");
        }
        for (name, value) in given {
            let schema = listed.get(name).with_context(|| format!("`{name}` is not described"))?;
            self.check(schema, value).with_context(|| name.clone())?;
        }
        Ok(())
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_fit_is_refused() {
        let id = json!({ "type": "string", "pattern": "^a+$" });
        let named = json!({ "components": { "schemas": { "Id": id } } });
        let schemas = Schemas::of(&named);
        let schema = json!({
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": { "$ref": "#/components/schemas/Id" },
                "at": { "type": ["string", "null"], "format": "date-time" },
                "kind": { "oneOf": [{ "const": "x" }, { "enum": ["y", "z"] }] },
                "list": { "type": "array", "items": { "type": "integer", "minimum": 1 } },
                "map": { "type": "object", "additionalProperties": { "type": "boolean" } },
            },
        });
        let fits = |value| schemas.check(&schema, &value).is_ok();
        assert!(fits(json!({ "id": "aa", "at": null, "kind": "z", "list": [1, 2], "map": { "k": true } })));
        assert!(fits(json!({ "id": "a", "at": "2026-11-22T09:30:00Z" })));
        for wrong in [
            json!([]),
            json!({}),
            json!({ "id": "b" }),
            json!({ "id": "a", "more": 1 }),
            json!({ "id": "a", "at": "yesterday" }),
            json!({ "id": "a", "kind": "w" }),
            json!({ "id": "a", "list": [0] }),
            json!({ "id": "a", "list": ["1"] }),
            json!({ "id": "a", "map": { "k": 1 } }),
        ] {
            assert!(!fits(wrong.clone()), "{wrong}");
        }
        assert!(schemas.check(&json!({ "multipleOf": 2 }), &json!(2)).is_err());
    }
}
