//! Hooks: connectors that misbehave where a grant ends (`revoke`) and where a request is signed (`signing`).

use serde_json::{Value, json};

use super::core::Core;
use super::lowering::{machine, manifest};
use super::row::Row;

const CPU: &str = "computed for too long (limit `cpu_ms`)";
const MEMORY: &str = "asked for too much memory (limit `memory_bytes`)";
const HOST_CALLS: &str = "called the host too often (limit `host_calls`)";

pub(crate) fn rows() -> Vec<Row> {
    revocations().into_iter().chain(signatures()).collect()
}

fn revocations() -> Vec<Row> {
    vec![
        Row::not_ended(
            "revoke-traps",
            |core| revoking(core, "revoke-traps").revokes(ending(), "(unreachable)"),
            "broke",
        ),
        Row::not_ended(
            "revoke-loops",
            |core| revoking(core, "revoke-loops").revokes(ending(), "(loop $again (br $again)) (unreachable)"),
            CPU,
        ),
        Row::not_ended(
            "revoke-takes-memory",
            |core| {
                let grow = "(loop $again (drop (memory.grow (i32.const 1))) (br $again)) (unreachable)";
                revoking(core, "revoke-takes-memory").revokes(ending(), grow)
            },
            MEMORY,
        ),
        Row::not_ended(
            "revoke-answers-out-of-bounds",
            |core| revoking(core, "revoke-answers-out-of-bounds").revokes(ending(), "(i32.const -16)"),
            "broke",
        ),
        Row::not_ended(
            "revoke-with-a-thousand-requests",
            |core| {
                let plans = vec![plan("https://provider.test/revoke"); 1000];
                revoking(core, "revoke-with-a-thousand-requests").revokes(json!({ "ok": plans }), PLANS)
            },
            "plans 1000 requests and one call sends at most 20",
        ),
        Row::not_ended(
            "revoke-at-another-origin",
            |core| {
                let plans = json!({ "ok": [plan("https://other.test/collect")] });
                revoking(core, "revoke-at-another-origin").revokes(plans, PLANS)
            },
            "may not go to https://other.test",
        ),
        Row::not_ended(
            "revoke-fails-with-a-book",
            |core| {
                let failure = json!({
                    "advice": { "other": "x".repeat(50_000) }, "code": "\u{1b}[31m".repeat(9_000),
                    "message": format!("no way {}", "\r\n\u{202e}".repeat(50_000)),
                });
                revoking(core, "revoke-fails-with-a-book").revokes(json!({ "err": failure }), PLANS)
            },
            "no way",
        ),
    ]
}

fn signatures() -> Vec<Row> {
    vec![
        Row::no_token(
            "signatures-that-double",
            |core| {
                // Each is over two of the one before it: carried out one by one, the last is more work than there is time for.
                let double = "(local $number i32)
                    (call $sha256 (i32.const {nothing}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
                    (loop $again
                        (i32.store offset=8 (i32.load (i32.const {twice})) (local.get $number))
                        (i32.store offset=24 (i32.load (i32.const {twice})) (local.get $number))
                        (call $sha256 (i32.load (i32.const {twice})) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0)
                            (i32.const 1024))
                        (local.set $number (i32.add (local.get $number) (i32.const 1)))
                        (br_if $again (i32.lt_u (local.get $number) (i32.const 63))))
                    (i32.const {plan})";
                let last = json!({ "hole": { "signature": 63 } });
                signing(core, "signatures-that-double", json!([["sign", [last]], ["then", [unknown()]]]), double)
            },
            "hole-unknown",
            "master-key",
        ),
        Row::no_token(
            "signatures-without-end",
            |core| {
                let flood = "(loop $again
                        (call $sha256 (i32.const {nothing}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
                        (br $again))
                    (unreachable)";
                signing(core, "signatures-without-end", json!([]), flood)
            },
            "limit",
            HOST_CALLS,
        ),
        Row::no_token(
            "signature-beyond-the-last",
            |core| {
                let many = "(local $left i32) (local.set $left (i32.const 70))
                    (loop $again
                        (call $sha256 (i32.const {nothing}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
                        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
                    (i32.const {plan})";
                let beyond = json!({ "hole": { "signature": 64 } });
                signing(core, "signature-beyond-the-last", json!([["sign", [beyond]]]), many)
            },
            "hole-unknown",
            "signature 64",
        ),
        Row::no_token(
            "signature-traps",
            |core| {
                let far = "(call $sha256 (i32.const -64) (i32.const 1000) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
                    (i32.const {plan})";
                signing(core, "signature-traps", json!([]), far)
            },
            "trap",
            "out of bounds of memory",
        ),
        Row::no_token(
            "signature-over-much",
            |core| {
                let much = "(i32.store offset=4 (i32.load (i32.const {twice})) (i32.const {heap}))
                    (i32.store8 (i32.load (i32.const {twice})) (i32.const 0))
                    (i32.store offset=8 (i32.load (i32.const {twice})) (i32.const 100000))
                    (call $sha256 (i32.load (i32.const {twice})) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)
                        (i32.const 1024))
                    (i32.const {plan})";
                let only = json!({ "hole": { "signature": 0 } });
                signing(core, "signature-over-much", json!([["sign", [only]]]), much)
            },
            "hole-unknown",
            "signature 0",
        ),
        Row::no_token(
            "signatures-that-hold-memory",
            |core| {
                // Each is as large as it may be; what is kept of them all is no more than a plan may have.
                let much = "(local $left i32) (local.set $left (i32.const 64))
                    (i32.store offset=4 (i32.load (i32.const {twice})) (i32.const {heap}))
                    (i32.store8 (i32.load (i32.const {twice})) (i32.const 0))
                    (i32.store offset=8 (i32.load (i32.const {twice})) (i32.const 65000))
                    (loop $again
                        (call $sha256 (i32.load (i32.const {twice})) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)
                            (i32.const 1024))
                        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
                    (i32.const {plan})";
                let last = json!({ "hole": { "signature": 16 } });
                signing(core, "signatures-that-hold-memory", json!([["sign", [last]]]), much)
            },
            "hole-unknown",
            "signature 16",
        ),
        Row::no_token(
            "holes-that-multiply",
            |core| {
                let value = json!(vec![secret(); 2000]);
                let pairs: Vec<_> = (0..30).map(|number| json!([format!("part-{number}"), value])).collect();
                signing(core, "holes-that-multiply", pairs.into(), "(i32.const {plan})")
            },
            "plan-size",
            "the filled plan has more than 1 MiB",
        ),
        Row::no_token("one-value-of-holes", one_value_of_holes, "plan-size", "`body` has more than 64 KiB"),
    ]
}

/// One that breaks whenever it is used, and ends its grants as it should.
pub(crate) fn breaks_and_revokes(name: &str) -> Vec<u8> {
    revoking(Core::named(name), name).verify("(unreachable)").revokes(ending(), PLANS).bytes()
}

/// What a hook answers with.
const PLANS: &str = "(i32.const {plans})";

fn ending() -> Value {
    json!({ "ok": [plan("https://provider.test/revoke")] })
}

fn plan(url: &str) -> Value {
    json!({ "method": "POST", "url": url, "body": { "form": [["token", [{ "hole": { "field": "token" } }]]] } })
}

fn secret() -> Value {
    json!({ "hole": "client-secret" })
}

fn unknown() -> Value {
    json!({ "hole": { "other": "master-key" } })
}

/// Ends its grants by the hook.
fn revoking(core: Core, name: &str) -> Core {
    let mut manifest = manifest(name);
    manifest["methods"][0]["revocation"] = json!("hook");
    let requests = json!([
        { "methods": ["POST"], "origin": "api", "path": "/**" }, { "methods": ["POST"], "origin": "other", "path": "/**" },
    ]);
    manifest["requests"].as_array_mut().unwrap().push(json!({ "hook": "revoke", "requests": requests }));
    core.declares(manifest)
}

/// Asks for a token with this form, after it has done something in the hook; `{twice}` is a message of two holes.
fn signing(core: Core, name: &str, form: Value, body: &str) -> Core {
    let plan = json!({ "method": "POST", "url": "https://login.test/token", "body": { "form": form } });
    let functions =
        r#"(import "jackfield:connector/signing@0.1.0" "sha256" (func $sha256 (param i32 i32 i32 i32 i32 i32)))"#;
    let earlier = json!({ "hole": { "signature": 0 } });
    core.declares(declared(name))
        .imports("import jackfield:connector/signing@0.1.0;", "", functions)
        .template("twice", json!([earlier, earlier]))
        .text("nothing", "")
        .plans_after(plan, body)
}

fn declared(name: &str) -> Value {
    let mut manifest = machine(name);
    manifest["origins"].as_array_mut().unwrap().push(json!({ "id": "login", "place": { "host": "login.test" } }));
    let requests = json!([{ "methods": ["POST"], "origin": "login", "path": "/token" }]);
    manifest["requests"].as_array_mut().unwrap().push(json!({ "hook": "token-request", "requests": requests }));
    manifest
}

fn one_value_of_holes(core: Core) -> Core {
    let text = json!(["text/plain", vec![secret(); 20_000]]);
    let plan = json!({ "method": "POST", "url": "https://login.test/token", "body": { "text": text } });
    core.declares(declared("one-value-of-holes")).plans(plan)
}
