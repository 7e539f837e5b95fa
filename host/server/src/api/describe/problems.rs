//! How the refusals of an operation look in the description: one answer a status code, one example a code, which its operations share.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Answer, codes::Codes};
use crate::api::problem::Code;

/// The id in every example.
const REQUEST: &str = "req_01KAMVJ5D0Q4Z8N6T2R7W3X9YB";

/// The answers for every code, by status code. `schema` is that of a problem.
pub(super) fn answers(codes: &Codes, schema: &Value) -> Vec<(StatusCode, Value)> {
    let mut by_status: BTreeMap<StatusCode, Vec<Code>> = BTreeMap::new();
    for code in codes.iter() {
        by_status.entry(code.status()).or_default().push(code);
    }
    by_status.into_iter().map(|(status, codes)| (status, answer(status, &codes, schema))).collect()
}

fn answer(status: StatusCode, codes: &[Code], schema: &Value) -> Value {
    let told: Vec<String> = codes.iter().map(|code| format!("- `{}`: {}", code.word(), code.meaning())).collect();
    let description = format!("{}.\n\n{}", status.canonical_reason().unwrap_or("Refused"), told.join("\n"));
    let mut answer = Answer::with_body(&description, "application/problem+json", schema);
    if status == StatusCode::UNAUTHORIZED {
        answer = answer.with_header("WWW-Authenticate", "RFC 6750 section 3.", &json!({ "type": "string" }));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        let schema = json!({ "type": "integer", "minimum": 0 });
        answer = answer.with_header("Retry-After", "The shortest wait in seconds, where it is known.", &schema);
    }
    let mut value = answer.into_value();
    let place = |code: &Code| json!({ "$ref": format!("#/components/examples/{}", code.word()) });
    let examples: Map<String, Value> = codes.iter().map(|code| (code.word().to_owned(), place(code))).collect();
    if let Some(media) = value.pointer_mut("/content/application~1problem+json").and_then(Value::as_object_mut) {
        media.insert("examples".to_owned(), examples.into());
    }
    value
}

/// An example of every code, by its word.
pub(super) fn examples() -> Map<String, Value> {
    Code::ALL.iter().map(|code| (code.word().to_owned(), example(*code))).collect()
}

fn example(code: Code) -> Value {
    let mut body = json!({
        "type": format!("https://connect.example.com/docs/problems/{}", code.word()),
        "title": code.title(),
        "status": code.status().as_u16(),
        "detail": code.meaning(),
        "code": code.word(),
        "request_id": REQUEST,
    });
    if let (Code::Invalid, Some(body)) = (code, body.as_object_mut()) {
        let errors = json!([{ "field": "name", "message": "a name is 1 to 100 characters" }]);
        body.insert("errors".to_owned(), errors);
    }
    json!({ "summary": code.meaning(), "value": body })
}
