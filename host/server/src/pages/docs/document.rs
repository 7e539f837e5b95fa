//! The description as the pages read it: plain JSON, made once.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

/// The description of the API, made when it is first looked at.
#[derive(Debug, Clone)]
pub(super) struct Document {
    make: fn() -> Value,
    made: Arc<OnceLock<Value>>,
}

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described<'d> {
    /// `GET`, in capitals.
    pub(super) method: &'static str,
    /// The path, with its parameters in braces.
    pub(super) path: &'d str,
    /// What is said of it.
    pub(super) value: &'d Value,
}

/// The methods, in the order people expect.
const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];

impl Document {
    pub(super) fn of(make: fn() -> Value) -> Self {
        Self { make, made: Arc::default() }
    }

    /// All of it.
    pub(super) fn value(&self) -> &Value {
        self.made.get_or_init(self.make)
    }

    /// Every operation, path by path.
    pub(super) fn operations(&self) -> Vec<Described<'_>> {
        let paths = self.value().get("paths").and_then(Value::as_object).into_iter().flatten();
        paths
            .flat_map(|(path, item)| {
                METHODS.iter().filter_map(move |(key, method)| {
                    item.get(key).map(|value| Described { method, path: path.as_str(), value })
                })
            })
            .collect()
    }

    /// The operation of an id.
    pub(super) fn operation(&self, id: &str) -> Option<Described<'_>> {
        self.operations().into_iter().find(|one| one.id() == id)
    }

    /// A named schema.
    pub(super) fn schema(&self, name: &str) -> Option<&Value> {
        self.value().get("components")?.get("schemas")?.get(name)
    }

    /// The schema itself, where this one only names it.
    pub(super) fn resolved<'d>(&'d self, schema: &'d Value) -> &'d Value {
        name_of(schema).and_then(|name| self.schema(name)).unwrap_or(schema)
    }

    /// The example of a problem: its meaning under `summary`, its body under `value`.
    pub(super) fn problem(&self, word: &str) -> Option<&Value> {
        self.value().get("components")?.get("examples")?.get(word)
    }
}

impl<'d> Described<'d> {
    /// Its stable name.
    pub(super) fn id(&self) -> &'d str {
        text(self.value, "operationId")
    }

    /// The permission its key needs; none where it needs no key.
    pub(super) fn permission(&self) -> Option<&'d str> {
        self.value.pointer("/security/0/bearer/0")?.as_str()
    }

    /// Each way to answer, by status code.
    pub(super) fn answers(&self) -> impl Iterator<Item = (&'d str, &'d Value)> + use<'d> {
        let answers = self.value.get("responses").and_then(Value::as_object).into_iter().flatten();
        answers.map(|(status, answer)| (status.as_str(), answer))
    }

    /// The codes of its refusals, with their status codes.
    pub(super) fn refusals(&self) -> Vec<(&'d str, &'d str)> {
        let codes = |(status, answer): (&'d str, &'d Value)| {
            let examples = answer.pointer("/content/application~1problem+json/examples").and_then(Value::as_object);
            examples.into_iter().flat_map(Map::keys).map(move |word| (status, word.as_str()))
        };
        self.answers().flat_map(codes).collect()
    }
}

/// The text of a field; empty where it has none.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The items of a field; none where it has none.
pub(super) fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The name of the schema that a schema stands for.
pub(super) fn name_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}
