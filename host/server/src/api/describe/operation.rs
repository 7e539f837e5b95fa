//! One operation while it is read off its handler.

use std::collections::BTreeMap;

use http::StatusCode;
use jackfield_model::api_key::Permission;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{codes::Codes, schemas::Schemas};
use crate::api::problem::Code;

/// An operation, filled in by its extractors and its answers.
pub(in crate::api) struct Operation<'s> {
    schemas: &'s mut Schemas,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) answers: BTreeMap<u16, Answer>,
    pub(super) codes: Codes,
    pub(super) permission: Option<Permission>,
}

/// One way to answer, beside the refusals.
#[derive(Debug, Default)]
pub(in crate::api) struct Answer {
    description: String,
    headers: Map<String, Value>,
    content: Map<String, Value>,
}

impl<'s> Operation<'s> {
    pub(super) fn new(schemas: &'s mut Schemas) -> Self {
        Self {
            schemas,
            parameters: Vec::new(),
            body: None,
            answers: BTreeMap::new(),
            codes: Codes::default(),
            permission: None,
        }
    }

    /// Needs a key with a permission.
    pub(in crate::api) fn needs(&mut self, permission: Permission) {
        self.permission = Some(permission);
    }

    /// May refuse with these.
    pub(in crate::api) fn refuses(&mut self, codes: &[Code]) {
        self.codes.extend(codes);
    }

    /// May refuse as an error of the service does.
    pub(in crate::api) fn refuses_as(&mut self, codes: &Codes) {
        self.codes.join(codes);
    }

    /// Has `name` in its path.
    pub(in crate::api) fn in_path<T: JsonSchema>(&mut self, name: &str, description: &str) {
        let schema = self.schemas.of_request::<T>();
        self.parameters.push(json!({
            "name": name, "in": "path", "required": true, "description": description, "schema": schema,
        }));
    }

    /// Takes a header that may be left out.
    pub(in crate::api) fn in_header<T: JsonSchema>(&mut self, name: &str, description: &str) {
        let schema = self.schemas.of_request::<T>();
        self.parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": description, "schema": schema,
        }));
    }

    /// Takes the fields of `T` as query parameters.
    pub(in crate::api) fn in_query<T: JsonSchema>(&mut self) {
        let object = self.schemas.fields_of_request::<T>();
        let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let fields = object.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, mut schema) in fields {
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let required = required.iter().any(|one| one == &name);
            self.parameters.push(json!({
                "name": name, "in": "query", "required": required, "description": description, "schema": without_null(schema),
            }));
        }
    }

    /// Takes a JSON body.
    pub(in crate::api) fn takes_json<T: JsonSchema>(&mut self) {
        let schema = self.schemas.of_request::<T>();
        self.body = Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
    }

    /// Takes a body of bytes, under any of the media types.
    pub(in crate::api) fn takes_bytes(&mut self, description: &str, media_types: &[&str]) {
        let content: Map<String, Value> = media_types
            .iter()
            .map(|media_type| ((*media_type).to_owned(), json!({ "schema": { "type": "string", "format": "binary" } })))
            .collect();
        self.body = Some(json!({ "required": true, "description": description, "content": content }));
    }

    /// Answers so.
    pub(in crate::api) fn answers(&mut self, status: StatusCode, answer: Answer) {
        self.answers.insert(status.as_u16(), answer);
    }

    /// Adds a header to every answer it has so far.
    pub(in crate::api) fn answers_with_header(&mut self, name: &str, description: &str, schema: &Value) {
        for answer in self.answers.values_mut() {
            answer.add_header(name, description, schema);
        }
    }

    /// The schema of what is answered.
    pub(in crate::api) fn schema<T: JsonSchema>(&mut self) -> Value {
        self.schemas.of_answer::<T>()
    }
}

impl Answer {
    /// An answer without a body.
    pub(in crate::api) fn empty(description: &str) -> Self {
        Self { description: description.to_owned(), ..Self::default() }
    }

    /// An answer with a body.
    pub(in crate::api) fn with_body(description: &str, media_type: &str, schema: &Value) -> Self {
        let content = Map::from_iter([(media_type.to_owned(), json!({ "schema": schema }))]);
        Self { description: description.to_owned(), headers: Map::new(), content }
    }

    /// With a header.
    pub(in crate::api) fn with_header(mut self, name: &str, description: &str, schema: &Value) -> Self {
        self.add_header(name, description, schema);
        self
    }

    fn add_header(&mut self, name: &str, description: &str, schema: &Value) {
        self.headers.insert(name.to_owned(), json!({ "description": description, "schema": schema }));
    }

    pub(super) fn into_value(self) -> Value {
        let mut value = json!({ "description": self.description, "headers": self.headers });
        if let (false, Some(object)) = (self.content.is_empty(), value.as_object_mut()) {
            object.insert("content".to_owned(), self.content.into());
        }
        value
    }
}

/// A parameter that may be left out is not sent as null.
fn without_null(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(variants)) = object.get_mut("anyOf") {
        variants.retain(|variant| variant.get("type").is_none_or(|kind| kind != "null"));
        if let [only] = variants.as_slice() {
            return only.clone();
        }
    }
    schema
}
