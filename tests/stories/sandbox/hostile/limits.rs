//! Bounds: connectors that take more than their share of time, memory, handles, calls and words.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, Gate, On};
use serde_json::json;

use super::core::Core;
use super::row::Row;
use crate::scene::Scene;

const ME: &str = "https://provider.test/me";

const CPU: &str = "computed for too long (limit `cpu_ms`)";
const MEMORY: &str = "asked for too much memory (limit `memory_bytes`)";
const TABLES: &str = "asked for too large a table (limit `table_elements`)";
const INSTANCES: &str = "has too many instances, memories or tables (limit `instances`)";
const HOST_CALLS: &str = "called the host too often (limit `host_calls`)";
const HOST_CALL_BYTES: &str = "handed the host too much in one call (limit `host_call_bytes`)";
const HANDLES: &str = "holds too many handles (limit `handles`)";
const STACK: &str = "nested its calls too deeply (limit `stack`)";

const SPIN: &str = "(loop $again (br $again)) (unreachable)";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = time();
    rows.extend(memory());
    rows.extend(calls());
    rows
}

/// What a call that is ended by its clock says.
pub(super) const WALL: &str = "took too long (limit `wall_ms`)";

/// Connectors that wait instead of computing: for scenes whose bounds on time are short.
pub(crate) fn slow() -> Vec<Row> {
    let held: fn(&Scene) = |scene| scene.provider.double().faults().once(On::path("/me"), Fault::Held(Gate::default()));
    vec![
        Row::fails("sleeps-for-ever", sleeps, "limit", WALL),
        Row::fails(
            "answer-never-comes",
            |core| core.asks(json!({ "method": "GET", "url": ME })),
            "not-sent",
            "`limits.request_ms`",
        )
        .while_(held),
    ]
}

fn time() -> Vec<Row> {
    vec![
        Row::refused("loop-in-start", |core| core.with("(func $spin (loop $again (br $again))) (start $spin)"), CPU),
        Row::guest_refused("loop_in_manifest", CPU),
        Row::fails("loop-in-verify", |core| core.verify(SPIN), "limit", CPU),
        Row::guest_fails("endless_loop", "limit", CPU),
        Row::fails("loop-in-realloc", |core| name_method(core).realloc(SPIN), "limit", CPU),
        Row::fails("loop-after-the-answer", after_the_answer, "limit", CPU),
        Row::fails(
            "loop-over-memory",
            |core| {
                core.verify("(loop $again (memory.fill (i32.const 0) (i32.const 7) (i32.const 65536)) (br $again)) (unreachable)")
            },
            "limit",
            CPU,
        ),
        Row::fails("loop-in-discover", |core| core.searches(SPIN), "limit", CPU),
    ]
}

fn memory() -> Vec<Row> {
    vec![
        Row::guest_fails("memory_bomb", "limit", MEMORY),
        Row::refused("memory-at-once", |core| core.memory(r#"(memory (export "memory") 2000)"#), MEMORY),
        Row::fails(
            "memory-by-pages",
            |core| core.verify("(loop $again (drop (memory.grow (i32.const 1))) (br $again)) (unreachable)"),
            "limit",
            MEMORY,
        ),
        Row::fails("memory-in-four-places", in_four_places, "limit", MEMORY),
        Row::refused("many-memories", |core| core.with(&"(memory 1)".repeat(40)), INSTANCES),
        Row::fails("table-grows", table_grows, "limit", TABLES),
        Row::refused("table-at-once", |core| core.with("(table 9000000 funcref)"), TABLES),
        Row::refused("many-tables", |core| core.with(&"(table 1 funcref)".repeat(60)), INSTANCES),
        Row::fails("many-handles", many_handles, "limit", HANDLES),
        Row::fails("many-of-the-hosts-handles", many_pollables, "limit", HANDLES),
        Row::fails("much-random", much_random, "trap", "exceeds limit 65536"),
        Row::fails("stack-overflow", |core| core.verify("(call $verify (local.get $connection))"), "limit", STACK),
    ]
}

fn calls() -> Vec<Row> {
    vec![
        Row::fails("host-call-flood", host_call_flood, "limit", HOST_CALLS),
        Row::guest_fails("call_flood", "limit", HOST_CALLS),
        Row::guest_fails("log_flood", "limit", HOST_CALLS),
        Row::fails("quadratic-headers", quadratic_headers, "limit", HOST_CALL_BYTES),
        Row::fails("quadratic-answer", quadratic_answer, "limit", HOST_CALL_BYTES),
        Row::fails("giant-log-line", giant_log_line, "limit", HOST_CALL_BYTES),
        Row::fails("request-flood", request_flood, "not-sent", "one call sends at most 20 requests"),
        Row::fails("refusal-flood", refusal_flood, "not-sent", "one call sends at most 20 requests").so_that(|scene| {
            let lines = scene.log.lines_with("a connector's request was refused");
            let of_it = lines.iter().filter(|line| line.contains("refusal-flood")).count();
            if of_it == 20 { Ok(()) } else { Err(format!("the host's log has {of_it} lines about it")) }
        }),
        Row::fails("giant-url", giant_url, "url", "the request's URL has more than 16384 bytes"),
        Row::fails("large-answers-flood", large_answers, "limit", HOST_CALLS)
            .while_(|scene| scene.provider.double().faults().always(On::path("/large"), escaped_answer())),
        Row::fails("giant-body", giant_body, "limit", HOST_CALL_BYTES),
        Row::works("flood-of-words", flood_of_words).so_that(|scene| {
            let kept = scene.log.lines_with("connector=\"flood-of-words\" guest=").len();
            if kept == 20 { Ok(()) } else { Err(format!("{kept} lines were kept")) }
        }),
        Row::works("log-forger", log_forger).so_that(|scene| {
            let forged = scene.log.text().lines().any(|line| line.starts_with("{\"level\"") || line.contains('\u{1b}'));
            if forged { Err("a line of the guest's looks like one of the host's".to_owned()) } else { Ok(()) }
        }),
    ]
}

/// Makes the host write a string into it.
fn name_method(core: Core) -> Core {
    core.verify("(call $auth_method (local.get $connection) (i32.const 1024)) (call $drop (local.get $connection)) (i32.const {answer})")
}

fn after_the_answer(core: Core) -> Core {
    core.with(r#"(func (export "cabi_post_jackfield:connector/connector@0.1.0#verify") (param i32) (loop $again (br $again)))"#)
}

/// Each within the bound, all together beyond it.
fn in_four_places(core: Core) -> Core {
    let parts = "(memory $one 1) (memory $two 1) (memory $three 1)";
    let grown = "(drop (memory.grow $one (i32.const 50))) (drop (memory.grow $two (i32.const 50)))
        (drop (memory.grow $three (i32.const 50))) (call $drop (local.get $connection)) (i32.const {answer})";
    core.with(parts).verify(grown)
}

fn table_grows(core: Core) -> Core {
    let grow = "(loop $again (drop (table.grow $much (ref.null func) (i32.const 1000))) (br $again)) (unreachable)";
    core.with("(table $much 1 funcref)").verify(grow)
}

/// Handles of a resource of its own, which only it knows.
fn many_handles(core: Core) -> Core {
    let interface = "package guests:mine { interface things { resource thing { make: static func() -> thing; } } }";
    let import = r#"(import "[export]guests:mine/things" "[resource-new]thing" (func $new (param i32) (result i32)))"#;
    core.imports("export guests:mine/things;", interface, import)
        .with(r#"(func (export "guests:mine/things#[static]thing.make") (result i32) (call $new (i32.const 1)))"#)
        .verify("(loop $again (drop (call $new (i32.const 1))) (br $again)) (unreachable)")
}

/// A component whose toolchain brings WASI, with a way to wait.
fn waiting(core: Core) -> Core {
    let interfaces = "package wasi:io@0.2.0 { interface poll { resource pollable { block: func(); } } } \
                      package wasi:clocks@0.2.0 { interface monotonic-clock { use wasi:io/poll@0.2.0.{pollable}; \
                      subscribe-duration: func(when: u64) -> pollable; } }";
    let functions = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $after (param i64) (result i32)))
        (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))"#;
    core.imports("import wasi:clocks/monotonic-clock@0.2.0; import wasi:io/poll@0.2.0;", interfaces, functions)
}

fn sleeps(core: Core) -> Core {
    waiting(core).verify("(call $block (call $after (i64.const 3600000000000))) (unreachable)")
}

fn many_pollables(core: Core) -> Core {
    waiting(core).verify("(loop $again (drop (call $after (i64.const 3600000000000))) (br $again)) (unreachable)")
}

/// More random bytes than anybody needs, in one call.
fn much_random(core: Core) -> Core {
    let interfaces = "package wasi:random@0.2.0 { interface random { get-random-bytes: func(len: u64) -> list<u8>; } }";
    let functions = r#"(import "wasi:random/random@0.2.0" "get-random-bytes" (func $random (param i64 i32)))"#;
    core.imports("import wasi:random/random@0.2.0;", interfaces, functions)
        .verify("(call $random (i64.const 4000000000) (i32.const 1024)) (unreachable)")
}

fn host_call_flood(core: Core) -> Core {
    core.realloc("(i32.const 2048)")
        .verify("(loop $again (call $auth_method (local.get $connection) (i32.const 1024)) (br $again)) (unreachable)")
}

/// Sixty thousand headers, each of which is the same sixty kilobytes.
fn quadratic_headers(core: Core) -> Core {
    quadratic(
        core,
        "(call $send (local.get $connection) (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 20)
        (i32.const 262144) (i32.const 60000) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024)) (unreachable)",
    )
}

/// The same as the scopes of an account.
fn quadratic_answer(core: Core) -> Core {
    let scopes = json!({ "ok": { "id": "alice", "label": "Alice", "granted-scopes": ["scopes"] } });
    // Its one string becomes a hundred thousand.
    quadratic(
        core.answers(scopes),
        "(call $drop (local.get $connection))
        (i32.store offset={scopes} (i32.const {answer}) (i32.const 262144))
        (i32.store offset={scope_count} (i32.const {answer}) (i32.const 120000)) (i32.const {answer})",
    )
}

fn quadratic(core: Core, body: &str) -> Core {
    let fill = "(local $at i32) (local.set $at (i32.const 262144))
        (loop $again
            (i32.store (local.get $at) (i32.const 0)) (i32.store offset=4 (local.get $at) (i32.const 60000))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (br_if $again (i32.lt_u (local.get $at) (i32.const 1262144))))";
    core.memory(r#"(memory (export "memory") 40)"#).verify(&format!("{fill} {body}"))
}

fn giant_log_line(core: Core) -> Core {
    core.memory(r#"(memory (export "memory") 100)"#)
        .verify("(call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 6000000)) (unreachable)")
}

fn request_flood(core: Core) -> Core {
    in_a_row(core, 21)
}

/// What is refused counts like what is sent.
/// After computing for so long that it goes on in another thread: there too the log says whose it is.
fn refusal_flood(core: Core) -> Core {
    let core = core.with("(func $compute (local $left i32) (local.set $left (i32.const 40000000)) (loop $again (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))");
    over_and_over(core.asks(json!({ "method": "GET", "url": "https://elsewhere.test/me" })), "(call $compute)", 150)
}

fn giant_url(core: Core) -> Core {
    core.asks(json!({ "method": "GET", "url": format!("{ME}?{}", "a".repeat(20_000)) }))
}

/// Sends as many requests, one after the other, and says how the last one ended.
pub(super) fn in_a_row(core: Core, requests: u32) -> Core {
    over_and_over(core.asks(json!({ "method": "GET", "url": ME })), "", requests)
}

fn over_and_over(asked: Core, first: &str, requests: u32) -> Core {
    asked.verify(&format!(
        "(local $left i32) {first} (local.set $left (i32.const {requests}))
        (loop $again
            (call $ask (local.get $connection) (i32.const {{request}}))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $drop (local.get $connection)) (call $told)",
    ))
}

/// Asks for answers that are long to search, and then for what it gets no more of.
fn large_answers(core: Core) -> Core {
    let asked = core.asks(json!({ "method": "GET", "url": "https://provider.test/large" }));
    asked.memory(r#"(memory (export "memory") 64)"#).realloc("(i32.const 2097152)").verify(
        "(local $left i32) (local.set $left (i32.const 5))
        (loop $again
            (call $ask (local.get $connection) (i32.const {request}))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (loop $again (call $auth_method (local.get $connection) (i32.const 1024)) (br $again)) (unreachable)",
    )
}

/// Full of what each way of reading reads otherwise.
fn escaped_answer() -> Fault {
    Fault::Json(StatusCode::OK, json!("%0a\\ :\n".repeat(8_000)))
}

fn giant_body(core: Core) -> Core {
    core.memory(r#"(memory (export "memory") 100)"#).verify(
        "(call $send (local.get $connection) (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 20)
            (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 6000000) (i32.const 1024)) (unreachable)",
    )
}

fn flood_of_words(core: Core) -> Core {
    core.text("line", "a line that says nothing").verify(
        "(local $left i32) (local.set $left (i32.const 150))
        (loop $again
            (call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const {line}) (i32.const 24))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $drop (local.get $connection)) (i32.const {answer})",
    )
}

fn log_forger(core: Core) -> Core {
    core.text("line", "ok\n{\"level\":\"fatal\"}\u{1b}[31m\u{202e}").verify(
        "(call $log (i32.const 3) (i32.const 0) (i32.const 0) (i32.const {line}) (i32.const 28))
        (call $drop (local.get $connection)) (i32.const {answer})",
    )
}
