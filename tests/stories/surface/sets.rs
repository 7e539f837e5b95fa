//! A set is what its description says: wherever a request takes one, an item that is named twice is refused, not swallowed.

use serde_json::{Value, json};

use crate::bodies::{assert_problem, send};
use crate::stage::Stage;

/// Bodies of this shape, each with one set in it that names an item twice.
fn repeating(schemas: &Value, shape: &Value) -> Vec<Value> {
    if let Some(name) = shape["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return repeating(schemas, &schemas[name]);
    }
    if shape["uniqueItems"] == true {
        let item = shape.pointer("/examples/0/0").cloned().unwrap_or_else(|| json!("x"));
        return vec![json!([item, item])];
    }
    let variants = shape["anyOf"].as_array().into_iter().flatten();
    let items = repeating_items(schemas, &shape["items"]);
    let fields = shape["properties"].as_object().into_iter().flatten();
    let fields = fields.flat_map(|(name, field)| {
        repeating(schemas, field).into_iter().map(move |value| json!({ name.as_str(): value })).collect::<Vec<_>>()
    });
    variants.flat_map(|variant| repeating(schemas, variant)).chain(items).chain(fields).collect()
}

fn repeating_items(schemas: &Value, item: &Value) -> Vec<Value> {
    if item.is_object() { repeating(schemas, item).into_iter().map(|value| json!([value])).collect() } else { vec![] }
}

/// A path with the examples of its parameters in it.
fn path_of(template: &str, operation: &Value) -> String {
    let mut path = template.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let example = parameter.pointer("/schema/examples/0").and_then(Value::as_str).unwrap_or("x");
        path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), example);
    }
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_a_set_that_is_named_twice_is_refused_by_every_route() {
    let stage = Stage::set().await;
    let described = stage.host.get("", "/openapi.json").await.unwrap().json;
    let mut sent = 0;
    for (template, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let shape = &operation["requestBody"]["content"]["application/json"]["schema"];
            for body in repeating(&described["components"]["schemas"], shape) {
                let (method, path) = (method.to_uppercase(), path_of(template, operation));
                let body = body.to_string();
                let refused = send(&stage, &method, &path, Some("application/json"), body.as_bytes()).await;
                assert_problem(&refused, 422, "invalid-body");
                let detail = refused.text("/detail").unwrap();
                assert!(detail.contains("item 2 of a list"), "{method} {path} {body}: {detail}");
                sent += 1;
            }
        }
    }
    assert_eq!(sent, 10, "the routes that take sets");
}
