//! The schemas of the description, compiled once each, and closed: a field nobody described is an error here, though callers
//! must expect new ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// Schemas by their text.
pub(super) struct Schemas {
    components: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    pub(super) fn of(document: &Value) -> Self {
        let mut components = document.get("components").cloned().unwrap_or_default();
        close(&mut components);
        Self { components, compiled: Mutex::default() }
    }

    /// Fails where a value does not fit, and says each place.
    pub(super) fn check(&self, schema: &Value, value: &Value) -> Result<()> {
        let validator = self.validator(schema)?;
        let wrong: Vec<String> =
            validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        ensure!(wrong.is_empty(), "{}\nin {value}", wrong.join("\n"));
        Ok(())
    }

    fn validator(&self, schema: &Value) -> Result<Arc<Validator>> {
        let key = schema.to_string();
        let mut compiled = self.compiled.lock().ok().context("another check panicked")?;
        if let Some(known) = compiled.get(&key) {
            return Ok(known.clone());
        }
        let mut schema = schema.clone();
        close(&mut schema);
        let whole = json!({ "allOf": [schema], "components": self.components });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = Arc::new(options.build(&whole).context("the description has a schema that is none")?);
        compiled.insert(key, validator.clone());
        Ok(validator)
    }
}

/// Refuses further fields wherever fields are listed.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(close);
            let lists = object.get("properties").is_some_and(Value::is_object) && object.contains_key("type");
            if lists && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}
