//! Breaking: connectors that trap, and connectors that break the canonical ABI's rules for what crosses the border.

use serde_json::json;

use super::core::Core;
use super::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = traps();
    rows.extend(borders());
    rows
}

fn traps() -> Vec<Row> {
    vec![
        Row::fails("trap-unreachable", |core| core.verify("(unreachable)"), "trap", "unreachable"),
        Row::fails(
            "trap-by-zero",
            |core| core.verify("(i32.div_u (i32.const 1) (i32.const 0))"),
            "trap",
            "divide by zero",
        ),
        Row::fails(
            "trap-out-of-bounds",
            |core| core.verify("(i32.load (i32.const -8))"),
            "trap",
            "out of bounds memory access",
        ),
        Row::fails(
            "trap-empty-element",
            |core| {
                core.with("(table 1 funcref) (type $t (func (result i32)))")
                    .verify("(call_indirect (type $t) (i32.const 0))")
            },
            "trap",
            "uninitialized element",
        ),
        Row::fails("trap-in-realloc", |core| writes_into(core).realloc("(unreachable)"), "trap", "unreachable"),
        Row::refused("trap-in-start", |core| core.with("(func $stop (unreachable)) (start $stop)"), "unreachable"),
        Row::refused("trap-in-manifest", |core| core.manifest("(unreachable)"), "unreachable"),
        Row::guest_fails("panic_with_text", "trap", "the flux capacitor is missing"),
        Row::fails("last-words-flood", last_words, "trap", "it wrote: "),
    ]
}

fn borders() -> Vec<Row> {
    vec![
        Row::fails(
            "answer-nowhere",
            |core| core.verify("(call $drop (local.get $connection)) (i32.const -16)"),
            "trap",
            "out of bounds",
        ),
        Row::fails(
            "answer-unaligned",
            |core| core.verify("(call $drop (local.get $connection)) (i32.const 1027)"),
            "trap",
            "align",
        ),
        Row::fails("answer-no-case", no_case, "trap", "discriminant"),
        Row::fails("string-nowhere", nowhere, "trap", "out of bounds"),
        Row::fails("string-no-utf-8", no_utf_8, "trap", "utf-8"),
        Row::fails("realloc-nowhere", |core| writes_into(core).realloc("(i32.const -16)"), "trap", "realloc"),
        Row::fails("realloc-calls-out", calls_out, "trap", "leave component instance"),
        Row::fails("handle-forged", forged, "trap", "unknown handle"),
        Row::fails("handle-after-drop", after_drop, "trap", "unknown handle"),
        Row::fails(
            "handle-dropped-twice",
            |core| {
                core.verify(
                    "(call $drop (local.get $connection)) (call $drop (local.get $connection)) (i32.const {answer})",
                )
            },
            "trap",
            "unknown handle",
        ),
        Row::fails("handle-kept", |core| core.verify("(i32.const {answer})"), "trap", "borrow"),
        Row::refused("manifest-calls-out", calls_out_of_manifest, "manifest-pure"),
        Row::fails(
            "account-of-nobody",
            |core| core.answers(json!({ "ok": { "label": "x" } })),
            "account",
            "account id that is empty",
        ),
        Row::fails(
            "account-two-lines",
            |core| core.answers(json!({ "ok": { "id": "a\nb", "label": "x" } })),
            "account",
            "not one line",
        ),
        Row::works("avatar-script", |core| {
            core.answers(json!({ "ok": { "id": "a", "label": "A", "avatar": "javascript:alert(1)" } }))
        }),
        Row::works("adornments-of-a-megabyte", adorned),
        Row::fails(
            "end-of-time",
            |core| core.answers(json!({ "ok": { "id": "a", "expires": u64::MAX } })),
            "account",
            "beyond all calendars",
        ),
        Row::fails("failure-of-controls", controls, "bad code", "a sentence"),
    ]
}

fn writes_into(core: Core) -> Core {
    core.verify("(call $auth_method (local.get $connection) (i32.const 1024)) (call $drop (local.get $connection)) (i32.const {answer})")
}

fn no_case(core: Core) -> Core {
    core.verify(
        "(i32.store8 (i32.const {answer}) (i32.const 7)) (call $drop (local.get $connection)) (i32.const {answer})",
    )
}

fn nowhere(core: Core) -> Core {
    core.verify("(i32.store offset=8 (i32.const {answer}) (i32.const -4)) (call $drop (local.get $connection)) (i32.const {answer})")
}

fn no_utf_8(core: Core) -> Core {
    core.verify("(i32.store (i32.const 2048) (i32.const 0xfffefdfc)) (i32.store offset=8 (i32.const {answer}) (i32.const 2048)) (call $drop (local.get $connection)) (i32.const {answer})")
}

fn calls_out(core: Core) -> Core {
    writes_into(core)
        .realloc("(call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4)) (i32.const 2048)")
}

fn calls_out_of_manifest(core: Core) -> Core {
    core.text("host", "https://provider.test/me").manifest(
        "(call $fetch (i32.const {host}) (i32.const 0) (i32.const {host}) (i32.const 24) (i32.const 0) (i32.const 0)
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024)) (i32.const {manifest})",
    )
}

fn forged(core: Core) -> Core {
    core.verify("(call $auth_method (i32.const 77) (i32.const 1024)) (unreachable)")
}

fn after_drop(core: Core) -> Core {
    core.verify("(call $drop (local.get $connection)) (call $auth_method (local.get $connection) (i32.const 1024)) (unreachable)")
}

/// Four loud lines as long as a log may be before it breaks.
fn last_words(core: Core) -> Core {
    let line = "(call $log (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65536))";
    core.memory(r#"(memory (export "memory") 20)"#).verify(&format!("{} (unreachable)", line.repeat(4)))
}

fn controls(core: Core) -> Core {
    core.answers(json!({ "err": { "advice": { "other": "\u{1b}[31mno" }, "code": "bad\ncode", "message": "\u{202e}a sentence\r\n\0" } }))
}

/// Pictures and extras that no record has room for; whose the credential is stands beside them.
fn adorned(core: Core) -> Core {
    let extras: Vec<_> = (0..1000).map(|number| json!([format!("extra-{number}"), "x".repeat(1000)])).collect();
    let avatar = format!("https://provider.test/{}", "a".repeat(100_000));
    core.answers(json!({ "ok": { "id": "alice", "label": "Alice", "avatar": avatar, "extras": extras } }))
}
