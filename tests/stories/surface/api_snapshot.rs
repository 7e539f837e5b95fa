//! The API as it was reviewed: a line for each operation, field and problem, kept as a file, so that a change of the API is seen
//! beside the change of the code that made it.

use std::path::PathBuf;

use jackfield_tests::components::workspace;
use serde_json::Value;

/// The reviewed lines.
const KEPT: &str = "tests/stories/surface/api.txt";
/// Writes them anew.
const ACCEPT: &str = "ACCEPT_API=yes cargo test --workspace --test surface -- the_api_is_what_was_reviewed";

#[test]
fn the_api_is_what_was_reviewed() {
    let now = condensed(&jackfield_server::app::description());
    let file: PathBuf = workspace().join(KEPT);
    #[allow(clippy::disallowed_methods, reason = "whoever accepts a change says so to this test alone")]
    if std::env::var_os("ACCEPT_API").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept != now {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (before, after) = (lines(&kept), lines(&now));
        let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("- {line}\n"));
        let come = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+ {line}\n"));
        let changes: String = gone.chain(come).collect();
        panic!(
            "the API is no longer what {KEPT} says:\n{changes}If that is meant, accept it and commit the file:\n{ACCEPT}"
        );
    }
}

/// Every operation, then every field, then every problem; each line says by itself what it is about, so that a merge of two
/// changes is a merge of lines.
fn condensed(description: &Value) -> String {
    let mut lines = Vec::new();
    for (path, item) in members(&description["paths"]) {
        lines.extend(members(item).map(|(method, operation)| one_operation(path, method, operation)));
    }
    for (name, schema) in members(&description["components"]["schemas"]) {
        match (schema["properties"].is_object(), schema["additionalProperties"] == false) {
            (true, true) => lines.push(format!("{name}: object, closed")),
            (true, false) => lines.push(format!("{name}: object")),
            (false, _) => lines.push(format!("{name}: {}", kind(schema))),
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (field, schema) in members(&schema["properties"]) {
            let left_out = if required.iter().any(|one| one == field) { "" } else { ", may be left out" };
            lines.push(format!("{name}.{field}: {}{left_out}", kind(schema)));
        }
    }
    for (code, example) in members(&description["components"]["examples"]) {
        lines.push(format!("problem {code}: {}", example["value"]["status"]));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

/// `POST /v1/things createThing (connect) header idempotency-key?; takes NewThing; answers 201 Thing`.
fn one_operation(path: &str, method: &str, operation: &Value) -> String {
    let permission = operation["security"][0]["bearer"][0].as_str().unwrap_or("no key");
    let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] != "path");
    let parameters = parameters.map(|one| {
        let left_out = if one["required"] == true { "" } else { "?" };
        format!("{} {}{left_out}: {}; ", plain(&one["in"]), plain(&one["name"]), kind(&one["schema"]))
    });
    let parameters: String = parameters.collect();
    let takes = match &operation["requestBody"] {
        Value::Null => String::new(),
        body => format!("takes {}; ", content(&body["content"])),
    };
    let answers = members(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    let answers: Vec<String> =
        answers.map(|(status, answer)| format!("{status} {}", content(&answer["content"])).trim().to_owned()).collect();
    let (method, id) = (method.to_uppercase(), plain(&operation["operationId"]));
    format!("{method} {path} {id} ({permission}) {parameters}{takes}answers {}", answers.join(", "))
}

fn content(content: &Value) -> String {
    let kinds = members(content).map(|(media, body)| match media.as_str() {
        "application/json" => kind(&body["schema"]),
        other => other.to_owned(),
    });
    kinds.collect::<Vec<_>>().join(" or ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A schema in a word or a few.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(kinds) = schema[several].as_array() {
            return joined(kinds.iter().map(kind));
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return joined(values.iter().map(Value::to_string));
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    match &schema["type"] {
        Value::Array(kinds) => joined(kinds.iter().map(|one| of_type(&plain(one), schema))),
        Value::String(one) => of_type(one, schema),
        _ => "anything".to_owned(),
    }
}

fn joined(kinds: impl Iterator<Item = String>) -> String {
    kinds.collect::<Vec<_>>().join(" or ")
}

fn of_type(one: &str, schema: &Value) -> String {
    let open = schema["additionalProperties"].is_object();
    match (one, schema["format"].as_str()) {
        ("array", _) => format!("[{}]", kind(&schema["items"])),
        ("object", _) if open => format!("{{{}}}", kind(&schema["additionalProperties"])),
        ("object", _) if schema["additionalProperties"] == false => "object, closed".to_owned(),
        ("object", _) if schema["properties"].is_object() => inline(schema),
        ("null", _) | (_, None) => one.to_owned(),
        (_, Some(format)) => format!("{one} {format}"),
    }
}

/// A variant without a name says its fields where it stands.
fn inline(schema: &Value) -> String {
    let fields = members(&schema["properties"]).map(|(name, schema)| format!("{name}: {}", kind(schema)));
    format!("object {{ {} }}", fields.collect::<Vec<_>>().join(", "))
}
