//! The whole description: every operation with its parameters, answers and examples, and what they share.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Entry, Operation, example::Examples, problems, schemas::Schemas, tag::Tag};
use crate::api::problem::ProblemView;

/// What stands before everything.
const INTRODUCTION: &str = "Jackfield keeps connections to outside services, keeps them alive, and lets programs use them \
without holding a secret.\n\n\
**Keys.** Send `Authorization: Bearer jf_…`. A key has named permissions; a tenant's key speaks for that tenant, an operator's \
names one in the header `jackfield-tenant` where a tenant is needed.\n\n\
**Refusals** are problem details (RFC 9457) with a stable `code`, a `detail` a person can act on, and the request id. Programs \
decide by `code` and must expect new ones.\n\n\
**Values.** Times are RFC 3339 in UTC. Ids begin with what they name and sort by time. Unknown fields of a request are refused; \
answers may gain fields. Lists continue with `next`, given back as `cursor`.";

/// The description of these routes, as `OpenAPI` 3.1.
pub(in crate::api) fn document(entries: &[Entry]) -> Value {
    let mut schemas = Schemas::new();
    let problem = schemas.of_answer::<ProblemView<'_>>();
    let mut paths: Map<String, Value> = Map::new();
    for entry in entries {
        let described = operation(entry, &mut schemas, &problem);
        let item = paths.entry(entry.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(entry.method.as_str().to_ascii_lowercase(), described);
        }
    }
    let components = schemas.into_components();
    exemplify(&mut paths, Examples::new(&components));
    let tags: Vec<Value> =
        Tag::ALL.iter().map(|tag| json!({ "name": tag.name(), "description": tag.description() })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Jackfield",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A host for provider connectors.",
            "description": INTRODUCTION,
            "license": { "name": "Apache 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This host." }],
        "tags": tags,
        "paths": paths,
        "components": { "schemas": components, "examples": problems::examples(), "headers": { "request-id": {
            "description": "The id of the request, as the log has it.",
            "schema": { "type": "string" },
        } }, "securitySchemes": { "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: `jf_…`. The roles an operation names are permissions of the key.",
        } } },
    })
}

fn operation(entry: &Entry, schemas: &mut Schemas, problem: &Value) -> Value {
    let mut operation = Operation::new(schemas);
    (entry.describe)(&mut operation);
    operation.refuses_as(&entry.about.codes);
    if entry.method == Method::GET {
        operation.codes.without_changes();
    }
    let refusals = problems::answers(&operation.codes, problem);
    let mut answers: Map<String, Value> = Map::new();
    for (status, answer) in operation.answers {
        answers.insert(status.to_string(), answer.into_value());
    }
    for (status, answer) in refusals {
        answers.entry(status.as_u16().to_string()).or_insert(answer);
    }
    for headers in answers.values_mut().filter_map(|answer| answer.get_mut("headers")?.as_object_mut()) {
        headers.insert("jackfield-request-id".to_owned(), json!({ "$ref": "#/components/headers/request-id" }));
    }
    let mut described = json!({
        "operationId": entry.about.id,
        "summary": entry.about.summary,
        "description": description(entry.about.description, operation.permission.map(jackfield_model::api_key::Permission::name)),
        "tags": [entry.tag.name()],
        "parameters": operation.parameters,
        "responses": answers,
        "security": operation.permission.map_or(json!([]), |permission| json!([{ "bearer": [permission.name()] }])),
    });
    if let (Some(body), Some(described)) = (operation.body, described.as_object_mut()) {
        described.insert("requestBody".to_owned(), body);
    }
    described
}

fn description(told: &str, permission: Option<&str>) -> String {
    match permission {
        Some(permission) => format!("{told}\n\nNeeds a key with the permission `{permission}`."),
        None => format!("{told}\n\nNeeds no key."),
    }
}

/// Gives every body an example: those of problems have theirs.
fn exemplify(paths: &mut Map<String, Value>, examples: Examples<'_>) {
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations {
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            exemplify_content(content, examples);
        }
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        for answer in answers.into_iter().flat_map(Map::values_mut) {
            if let Some(content) = answer.get_mut("content") {
                exemplify_content(content, examples);
            }
        }
    }
}

fn exemplify_content(content: &mut Value, examples: Examples<'_>) {
    for media in content.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        let example = media.get("schema").and_then(|schema| examples.of(schema));
        if let (Some(example), None) = (example, media.get("examples")) {
            media.insert("example".to_owned(), example);
        }
    }
}
