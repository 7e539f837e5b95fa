//! Holds every answer a story sees, and every body it had accepted, against the description of the API: what the host says of
//! itself is true, or the story fails.

mod schemas;

use std::sync::LazyLock;

use anyhow::{Context, Result, bail, ensure};
use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::host::Answer;

use self::schemas::Schemas;

/// The description, as `jackfield openapi` prints it and a host serves it.
static DESCRIBED: LazyLock<Described> = LazyLock::new(|| Described::of(jackfield_server::app::description()));

/// Refusals of the router itself: they belong to no operation.
const OF_THE_ROUTER: [&str; 2] = ["no-route", "method-not-allowed"];

/// What a request was, as far as the description speaks of it.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path, with or without a query.
    pub path: &'a str,
    /// Its body; empty where it had none.
    pub body: &'a [u8],
}

/// Fails where the answer is not one the description has for what was asked. What is not described at all, such as pages and the
/// proxy, passes: a test of the host says which that may be.
pub fn check(asked: &Asked<'_>, answer: &Answer) -> Result<()> {
    let Some(operation) = DESCRIBED.operation(asked) else { return Ok(()) };
    if OF_THE_ROUTER.contains(&answer.code()) {
        return Ok(());
    }
    let told = || format!("{} {} answered {}", asked.method, asked.path, answer.status);
    DESCRIBED.check_answer(operation, answer).with_context(told)?;
    if answer.status.is_success() {
        DESCRIBED.check_body(operation, asked.body).with_context(told)?;
    }
    Ok(())
}

/// Fails where a value does not fit a schema of the description.
pub fn fits(schema: &Value, value: &Value) -> Result<()> {
    DESCRIBED.schemas.check(schema, value)
}

struct Described {
    document: Value,
    schemas: Schemas,
}

impl Described {
    fn of(document: Value) -> Self {
        let schemas = Schemas::of(&document);
        Self { document, schemas }
    }

    /// The operation of a request: the path whose fixed parts fit best.
    fn operation(&self, asked: &Asked<'_>) -> Option<&Value> {
        let path = asked.path.split('?').next()?;
        let paths = self.document.get("paths")?.as_object()?;
        let fitting = paths.iter().filter(|(template, _)| is_at(template, path));
        let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        item.get(asked.method.as_str().to_ascii_lowercase())
    }

    fn check_answer(&self, operation: &Value, answer: &Answer) -> Result<()> {
        let status = answer.status.as_str();
        let described =
            operation.pointer(&format!("/responses/{status}")).context("the description has no such answer")?;
        let Some(content) = described.get("content").and_then(Value::as_object) else {
            ensure!(answer.body.is_empty(), "the description has no body for it: {:?}", answer.body);
            return Ok(());
        };
        let given = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = content.get(given).with_context(|| format!("the description has no {given:?} for it"))?;
        check_headers(described, answer)?;
        if let Some(examples) = media.get("examples").and_then(Value::as_object) {
            check_code(examples, answer)?;
        }
        if !given.ends_with("json") {
            return Ok(());
        }
        self.schemas.check(media.get("schema").context("no schema")?, &answer.json)
    }

    fn check_body(&self, operation: &Value, body: &[u8]) -> Result<()> {
        let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else { return Ok(()) };
        let body: Value = serde_json::from_slice(body).context("a body that is not JSON was accepted")?;
        self.schemas.check(schema, &body).context("a body was accepted that the description refuses")
    }
}

/// Whether a path is one of a template's: `/v1/tenants/{id}`.
fn is_at(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(given)) if part.starts_with('{') && !given.is_empty() || part == given => {}
            _ => return false,
        }
    }
}

/// A problem of an operation has one of the codes the operation is described with.
fn check_code(examples: &Map<String, Value>, answer: &Answer) -> Result<()> {
    let code = answer.code();
    if !examples.contains_key(code) {
        let known: Vec<_> = examples.keys().collect();
        bail!("the description has no code `{code}` for it, but {known:?}: {}", answer.json);
    }
    Ok(())
}

/// Headers that are described are there, but for those of refusals that say more where more is known.
fn check_headers(described: &Value, answer: &Answer) -> Result<()> {
    for name in described.get("headers").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
        let optional = name == "Retry-After";
        ensure!(optional || answer.headers.contains_key(name), "the description has a header `{name}` for it");
    }
    Ok(())
}
