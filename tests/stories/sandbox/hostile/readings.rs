//! Readings: connectors that look at a token response and try to take a secret out of it, and answers too large to keep.

use serde_json::{Value, json};

use super::core::Core;
use super::lowering::{machine, manifest};
use super::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = placeholders();
    rows.extend(too_much());
    rows
}

fn placeholders() -> Vec<Row> {
    vec![
        Row::no_token(
            "placeholder-guessed",
            |core| {
                reading(
                    core,
                    "placeholder-guessed",
                    json!({ "ok": { "access-token": guess() } }),
                    "(i32.const {tokens})",
                )
            },
            "placeholder-forged",
            "is no placeholder of this token response",
        ),
        Row::no_token(
            "token-of-its-own",
            |core| {
                reading(
                    core,
                    "token-of-its-own",
                    json!({ "ok": { "access-token": "mine-and-not-the-providers" } }),
                    "(i32.const {tokens})",
                )
            },
            "placeholder-forged",
            "is no placeholder",
        ),
        Row::no_token(
            "placeholders-as-token",
            |core| reading(core, "placeholders-as-token", json!({ "ok": {} }), AS_TOKEN),
            "placeholder-forged",
            "is no placeholder",
        ),
        Row::no_token(
            "placeholders-in-the-log",
            |core| reading(core, "placeholders-in-the-log", json!({ "ok": {} }), LOG),
            "placeholder-forged",
            "a log line holds a placeholder",
        ),
        Row::no_token(
            "placeholders-in-a-request",
            |core| reading(core, "placeholders-in-a-request", json!({ "ok": {} }), IN_A_REQUEST),
            "placeholder-forged",
            "a request holds a placeholder",
        ),
        Row::no_token(
            "placeholders-in-a-failure",
            |core| reading(core, "placeholders-in-a-failure", failure(), IN_FAILURE),
            "placeholder-forged",
            "a failure",
        ),
        Row::no_token(
            "reading-loops",
            |core| reading(core, "reading-loops", json!({ "ok": {} }), "(loop $again (br $again)) (unreachable)"),
            "limit",
            "cpu_ms",
        ),
        Row::no_token(
            "reading-breaks",
            |core| reading(core, "reading-breaks", json!({ "ok": {} }), "(unreachable)"),
            "trap",
            "unreachable",
        ),
        Row::no_token(
            "reading-extras",
            |core| {
                reading(
                    core,
                    "reading-extras",
                    json!({ "ok": { "access-token": guess(), "extras": [["a", "b"]] } }),
                    "(i32.const {tokens})",
                )
            },
            "extras-unknown",
            "extras",
        ),
    ]
}

/// Answers that are well-formed and larger than what is ever stored.
fn too_much() -> Vec<Row> {
    vec![
        Row::fails("scopes-by-the-thousand", many_scopes, "account", "scopes"),
        Row::fails(
            "scopes-of-control-characters",
            |core| core.answers(json!({ "ok": { "id": "a", "granted-scopes": ["a\u{1b}[31m\nb"] } })),
            "account",
            "scope",
        ),
        Row::works("extras-by-the-kilobyte", many_extras),
        Row::fails("missing-scopes-by-the-thousand", many_missing, "lacking", "more is needed"),
        Row::fails("targets-by-the-megabyte", many_targets, "target", "together"),
        Row::fails(
            "failure-of-a-megabyte",
            |core| core.answers(json!({ "err": { "code": "c".repeat(1_000_000), "message": "m".repeat(1_000_000) } })),
            SHORT_CODE,
            "mmmm",
        ),
    ]
}

/// As much of a code as is kept.
const SHORT_CODE: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

fn reading(core: Core, name: &str, tokens: Value, body: &str) -> Core {
    core.declares(machine(name)).reads(tokens, body)
}

/// As long as a real one, and made up.
fn guess() -> String {
    format!("jfph-{}", "0".repeat(32))
}

/// The whole body, which holds every placeholder, where a token belongs: behind the outcome's case.
const AS_TOKEN: &str = "(i32.store offset=8 (i32.const {tokens}) (local.get 8)) (i32.store offset=12 (i32.const {tokens}) (local.get 9)) (i32.const {tokens})";
const LOG: &str =
    "(call $log (i32.const 3) (i32.const 0) (i32.const 0) (local.get 8) (local.get 9)) (i32.const {tokens})";
/// The whole body as the URL of a request.
const IN_A_REQUEST: &str = "(call $fetch (i32.const 0) (i32.const 3) (local.get 8) (local.get 9) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024)) (i32.const {tokens})";
/// The whole body as the code of a failure: behind the outcome's case and the advice.
const IN_FAILURE: &str = "(i32.store offset=32 (i32.const {tokens}) (local.get 8)) (i32.store offset=36 (i32.const {tokens}) (local.get 9)) (i32.const {tokens})";

fn failure() -> Value {
    json!({ "err": { "advice": "unsupported", "code": "c", "message": "m" } })
}

fn many_scopes(core: Core) -> Core {
    let scopes: Vec<String> = (0..5000).map(|number| format!("a-scope-that-nobody-knows-{number}")).collect();
    core.answers(json!({ "ok": { "id": "alice", "label": "Alice", "granted-scopes": scopes } }))
}

fn many_extras(core: Core) -> Core {
    let extras: Vec<_> = (0..32).map(|number| json!([format!("key-{number}"), "v".repeat(1024)])).collect();
    core.answers(json!({ "ok": { "id": "alice", "label": "Alice", "extras": extras } }))
}

fn many_missing(core: Core) -> Core {
    let scopes: Vec<String> = (0..5000).map(|number| format!("a-scope-that-nobody-knows-{number}")).collect();
    core.answers(json!({ "err": { "advice": { "insufficient-scope": scopes }, "code": "lacking", "message": "more is needed" } }))
}

fn many_targets(core: Core) -> Core {
    let mut declared = manifest("targets-by-the-megabyte");
    declared["fields"] = json!([{ "key": "site", "label": "Site", "hidden": true }]);
    let target =
        |number: usize| json!({ "id": format!("{number}"), "label": "l".repeat(200), "description": "d".repeat(400) });
    core.declares(declared).discovers((0..200).map(target).collect())
}
