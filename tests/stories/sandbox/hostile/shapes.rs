//! Shapes: files that are no connectors, or connectors whose bytes or manifest do not hold. None of them is kept.

use serde_json::{Value, json};

use super::core::Core;
use super::lowering::manifest;
use super::row::Row;
use crate::components::replaced;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = files();
    rows.extend(worlds());
    rows.extend(manifests());
    rows.extend(bombs());
    rows
}

fn files() -> Vec<Row> {
    vec![
        Row::bytes_refused("core-module", || wat("(module)"), "is a core WebAssembly module, not a component"),
        Row::bytes_refused("garbage", || b"PK\x03\x04 not a component at all".to_vec(), "is no WebAssembly component"),
        Row::bytes_refused("nothing", Vec::new, "is no WebAssembly component"),
        Row::bytes_refused("cut-off", || cut(2), "component is damaged: "),
        Row::bytes_refused(
            "cut-at-the-end",
            || {
                let whole = honest();
                whole[..whole.len() - 1].to_vec()
            },
            "component is damaged: ",
        ),
        Row::bytes_refused("noise-inside", noise, "component is damaged: "),
        Row::bytes_refused("component-of-100-mb", || vec![0; 100 << 20], "too-large"),
    ]
}

fn worlds() -> Vec<Row> {
    vec![
        Row::bytes_refused(
            "other-world",
            || wat(r#"(component (instance $i) (export "wasi:cli/run@0.2.6" (instance $i)))"#),
            "so it is no connector; it exports wasi:cli/run@0.2.6",
        ),
        Row::bytes_refused(
            "other-version",
            || replaced(&honest(), "@0.1.0", "@0.2.0"),
            "built for jackfield:connector@0.2.0, this host speaks jackfield:connector@0.1.0",
        ),
        Row::bytes_refused(
            "async-export",
            || wat(ASYNC),
            "jackfield:connector/connector@0.1.0#verify` is typed `async func`",
        ),
        Row::bytes_refused(
            "imports-wasi-http",
            || importing("wasi:http/outgoing-handler@0.2.6"),
            "imports `wasi:http/outgoing-handler@0.2.6`",
        ),
        Row::bytes_refused(
            "imports-a-shell",
            || importing("evil:kit/shell@1.0.0"),
            "imports `evil:kit/shell@1.0.0`, which this host offers to no",
        ),
        Row::bytes_refused(
            "imports-wasi-of-tomorrow",
            || importing("wasi:cli/environment@0.9.0"),
            "does not fit the contract",
        ),
        Row::bytes_refused(
            "exports-nothing-inside",
            || wat(r#"(component (instance $i) (export "jackfield:connector/connector@0.1.0" (instance $i)))"#),
            "does not fit the contract",
        ),
        Row::bytes_refused("exports-other-types", || wat(OTHER_TYPES), "has other types than the contract's"),
        Row::bytes_refused("exports-an-unknown-hook", || wat(&unknown_hook("teleport")), "is no hook of"),
        Row::bytes_refused("name-of-a-hundred-kilobytes", || wat(&unknown_hook(&"a".repeat(90_000))), "is no hook of"),
        Row::refused(
            "imports-a-further-function",
            further_function,
            "imports `reveal`, which this host offers to no connector",
        ),
        Row::guest_refused("hook_not_run", "hook `classify`: is part of the contract and not run by this host yet"),
        Row::works("wasi-finds-nothing", wasi),
    ]
}

fn manifests() -> Vec<Row> {
    vec![
        Row::guest_refused("changing_manifest", "manifest changes between runs"),
        Row::guest_refused("contradictory_manifest", "`api` is declared twice"),
        Row::guest_refused("contradictory_placements", "the secret field `spare` goes nowhere"),
        Row::guest_refused("unknown_setting", "extras: `skip-verification` is no key this host knows"),
        Row::refused("manifest-nowhere", |core| core.manifest("(i32.const -64)"), "out of bounds"),
        Row::refused("manifest-of-zeros", |core| core.manifest("(i32.const 16)"), "is no semantic version"),
        Row::refused("manifest-of-100-mb", of_100_mb, "limit `host_call_bytes`"),
        Row::refused(
            "manifest-of-a-megabyte",
            |core| core.declares(titled(&"t".repeat(1_000_000))),
            "at most 524288 are kept",
        ),
        Row::refused("manifest-of-many-faults", many_faults, "declared twice"),
        Row::refused("manifest-of-control-characters", controls, "is declared twice"),
        Row::refused("manifest-of-patterns", patterns, "exceeds size limit of 65536 bytes"),
        Row::refused("name-in-capitals", |core| core.declares(manifest("NAME; DROP")), "must be lower-case letters"),
        Row::refused("icon-with-script", icon, "icon"),
    ]
}

fn bombs() -> Vec<Row> {
    vec![
        Row::bytes_work("nested-a-thousand-deep", nested),
        Row::refused(
            "shared-memory",
            |core| core.with("(memory $shared 1 1 shared)"),
            "threads must be enabled for shared memories",
        ),
        Row::refused(
            "function-of-many-locals",
            |core| core.with(&format!("(func $wide (local{}))", " i64".repeat(60_000))),
            "locals",
        ),
        Row::works("many-functions", many_functions),
        Row::bytes_refused(
            "half-a-hook",
            || wat(HALF_A_HOOK),
            "the hook `token-request` lacks a function of the contract",
        ),
    ]
}

fn honest() -> Vec<u8> {
    Core::named("honest").bytes()
}

fn cut(parts: usize) -> Vec<u8> {
    let whole = honest();
    whole[..whole.len() / parts].to_vec()
}

/// Every seventh byte of the second half is another one.
fn noise() -> Vec<u8> {
    let mut bytes = honest();
    let half = bytes.len() / 2;
    bytes.iter_mut().skip(half).step_by(7).for_each(|byte| *byte ^= 0x5a);
    bytes
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn importing(name: &str) -> Vec<u8> {
    wat(&format!(
        r#"(component (import "{name}" (instance)) (instance $i) (export "jackfield:connector/connector@0.1.0" (instance $i)))"#
    ))
}

fn unknown_hook(name: &str) -> String {
    format!(
        r#"(component (instance $i) (export "jackfield:connector/connector@0.1.0" (instance $i))
        (instance $h) (export "jackfield:connector/{name}@0.1.0" (instance $h)))"#
    )
}

const ASYNC: &str = r#"(component
    (core module $m (func (export "f") (result i32) i32.const 0) (func (export "cb") (param i32 i32 i32) (result i32) i32.const 0))
    (core instance $c (instantiate $m))
    (type $t (func async))
    (func $f (type $t) (canon lift (core func $c "f") async (callback (core func $c "cb"))))
    (instance $i (export "verify" (func $f)))
    (export "jackfield:connector/connector@0.1.0" (instance $i)))"#;

const OTHER_TYPES: &str = r#"(component
    (core module $m (func (export "f") (result i32) i32.const 0))
    (core instance $c (instantiate $m))
    (func $f (result u32) (canon lift (core func $c "f")))
    (instance $i (export "verify" (func $f)) (export "manifest" (func $f)))
    (export "jackfield:connector/connector@0.1.0" (instance $i)))"#;

/// Has the first function of a hook and not the second.
const HALF_A_HOOK: &str = r#"(component
    (core module $m (func (export "f") (result i32) i32.const 0))
    (core instance $c (instantiate $m))
    (func $f (result u32) (canon lift (core func $c "f")))
    (instance $i (export "verify" (func $f)) (export "manifest" (func $f)))
    (instance $h (export "exchange" (func $f)))
    (export "jackfield:connector/connector@0.1.0" (instance $i))
    (export "jackfield:connector/token-request@0.1.0" (instance $h)))"#;

/// Wants a function that the interface of the contract does not have.
fn further_function(core: Core) -> Core {
    core.imports("import reveal: func() -> u32;", "", r#"(import "$root" "reveal" (func $reveal (result i32)))"#)
}

/// Asks WASI for environment, arguments and folders, and breaks where there are any.
fn wasi(core: Core) -> Core {
    let interfaces = "package wasi:cli@0.2.0 { interface environment { get-environment: func() -> list<tuple<string, string>>; \
                      get-arguments: func() -> list<string>; } } \
                      package wasi:filesystem@0.2.0 { interface types { resource descriptor; } \
                      interface preopens { use types.{descriptor}; get-directories: func() -> list<tuple<descriptor, string>>; } }";
    let functions = r#"(import "wasi:cli/environment@0.2.0" "get-environment" (func $environment (param i32)))
        (import "wasi:cli/environment@0.2.0" "get-arguments" (func $arguments (param i32)))
        (import "wasi:filesystem/preopens@0.2.0" "get-directories" (func $folders (param i32)))"#;
    let world = "import wasi:cli/environment@0.2.0; import wasi:filesystem/preopens@0.2.0;";
    let empty = |function: &str| {
        format!("(call ${function} (i32.const 1024)) (if (i32.load offset=4 (i32.const 1024)) (then (unreachable)))")
    };
    let asked: String = ["environment", "arguments", "folders"].map(empty).concat();
    core.imports(world, interfaces, functions)
        .verify(&format!("{asked} (call $drop (local.get $connection)) (i32.const {{answer}})"))
}

/// One title, told to be as long as all of memory and more.
fn of_100_mb(core: Core) -> Core {
    core.memory(r#"(memory (export "memory") 120)"#)
        .manifest("(i32.store (i32.const {manifest}) (i32.const 0)) (i32.store offset=4 (i32.const {manifest}) (i32.const 7800000)) (i32.const {manifest})")
}

fn titled(description: &str) -> Value {
    let mut manifest = manifest("manifest-of-a-megabyte");
    manifest["presentation"]["description"] = json!(description);
    manifest
}

/// Ten thousand scopes of one name.
fn many_faults(core: Core) -> Core {
    let mut manifest = manifest("manifest-of-many-faults");
    manifest["scopes"] = vec![json!({ "id": "s", "title": "s" }); 10_000].into();
    core.declares(manifest)
}

fn controls(core: Core) -> Core {
    let mut manifest = manifest("manifest-of-control-characters");
    let scope = json!({ "id": "\u{1b}[31m\r\nlevel=ERROR \u{202e}forged", "title": "s" });
    manifest["scopes"] = json!([scope, scope]);
    core.declares(manifest)
}

/// Patterns that take long to compile, two thousand of them.
fn patterns(core: Core) -> Core {
    let mut manifest = manifest("manifest-of-patterns");
    let field = |number: usize| json!({ "key": format!("f{number}"), "label": "f", "required": true, "pattern": "(((a{1,9}){1,9}){1,9}){1,9}|\\p{L}{1,200}" });
    manifest["fields"] = (0..2000).map(field).collect();
    core.declares(manifest)
}

fn icon(core: Core) -> Core {
    let mut manifest = manifest("icon-with-script");
    manifest["presentation"]["icon"] =
        json!("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");
    core.declares(manifest)
}

/// An honest one with a component in a component in a component inside: as harmless as it is useless.
fn nested() -> Vec<u8> {
    const BEGIN: &[u8] = b"\0asm\x0d\0\x01\0";
    let section = |inner: Vec<u8>| {
        let mut length = inner.len();
        let mut section = vec![4];
        while length >= 128 {
            section.push(u8::try_from(length % 128).unwrap() | 128);
            length /= 128;
        }
        section.push(u8::try_from(length).unwrap());
        [section, inner].concat()
    };
    let inside = (0..1000).fold(BEGIN.to_vec(), |inner, _| [BEGIN.to_vec(), section(inner)].concat());
    [Core::named("nested-a-thousand-deep").bytes(), section(inside)].concat()
}

/// More functions than anybody reads: compiled apart, within the compiler's bounds.
fn many_functions(core: Core) -> Core {
    let body = "(local i64) ".to_owned() + &"(local.set 0 (i64.mul (local.get 0) (i64.const 3)))".repeat(40);
    core.with(&format!("(func {body})").repeat(20_000))
}
