//! The schemas of the description: one generator for what is read, one for what is written, one set of components.

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
    transform::{Transform, transform_subschemas},
};
use serde_json::{Map, Value};

use super::variants;

/// Where components stand in the document.
pub(super) const COMPONENTS: &str = "#/components/schemas";

/// Makes schemas and keeps those that have a name.
pub(super) struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |contract| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = format!("{COMPONENTS}/").into();
                settings.meta_schema = None;
                settings.contract = contract;
            })
        };
        Self {
            requests: settings(Contract::Deserialize).into_generator(),
            answers: settings(Contract::Serialize).into_generator(),
        }
    }

    /// The schema of something a caller sends.
    pub(super) fn of_request<T: JsonSchema>(&mut self) -> Value {
        plain(self.requests.subschema_for::<T>())
    }

    /// The same, with its fields in place even where it has a name.
    pub(super) fn fields_of_request<T: JsonSchema>(&mut self) -> Value {
        plain(T::json_schema(&mut self.requests))
    }

    /// The schema of something we answer.
    pub(super) fn of_answer<T: JsonSchema>(&mut self) -> Value {
        plain(self.answers.subschema_for::<T>())
    }

    /// Every named schema. The tests see to it that a name means the same in requests and in answers.
    pub(super) fn into_components(mut self) -> Map<String, Value> {
        let all = self.requests.take_definitions(true).into_iter().chain(self.answers.take_definitions(true));
        let mut components =
            all.filter_map(|(name, schema)| Some((name, plain(Schema::try_from(schema).ok()?)))).collect();
        variants::name(&mut components);
        components
    }
}

#[cfg(test)]
impl Schemas {
    /// Names that mean one thing in requests and another in answers.
    pub(super) fn clashes(mut self) -> Vec<String> {
        let answers = self.answers.take_definitions(true);
        let requests = self.requests.take_definitions(true);
        requests
            .into_iter()
            .filter(|(name, schema)| answers.get(name).is_some_and(|other| other != schema))
            .map(|(name, _)| name)
            .collect()
    }
}

fn plain(mut schema: Schema) -> Value {
    Words.transform(&mut schema);
    schema.to_value()
}

/// Writes a choice of documented words as `enum`, which every generator of clients reads, with their meanings in the
/// description.
struct Words;

impl Transform for Words {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        // The width of a number is ours; no registry of formats has it.
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
            schema.remove("format");
        }
        let Some(words) = schema.get("oneOf").and_then(Value::as_array).and_then(|variants| words(variants)) else {
            return;
        };
        let meanings: Vec<String> = words.iter().map(|(word, meaning)| format!("- `{word}`: {meaning}")).collect();
        let told = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let description = format!("{told}\n\n{}", meanings.join("\n")).trim().to_owned();
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), words.into_iter().map(|(word, _)| word).collect());
        schema.insert("description".to_owned(), description.into());
    }
}

/// The words and their meanings, where every variant is a word.
fn words(variants: &[Value]) -> Option<Vec<(String, String)>> {
    let mut all = Vec::new();
    for variant in variants {
        let meaning = variant.get("description").and_then(Value::as_str).unwrap_or_default();
        if let Some(word) = variant.get("const").and_then(Value::as_str) {
            all.push((word.to_owned(), meaning.to_owned()));
        } else {
            let list = variant.get("enum").and_then(Value::as_array)?;
            all.extend(list.iter().filter_map(|word| Some((word.as_str()?.to_owned(), meaning.to_owned()))));
        }
    }
    Some(all)
}
