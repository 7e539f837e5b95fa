//! Components put together from a few lines of text: real ones, of the contract's own world.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const WORLDS: &str = r"
package test:guest;

world plain { include jackfield:connector/base@0.1.0; }
world hooks {
    include jackfield:connector/base@0.1.0;
    include jackfield:connector/hook-token-request@0.1.0;
    include jackfield:connector/hook-token-response@0.1.0;
}
world wakes { include jackfield:connector/base@0.1.0; import wasi:random/random@0.2.6; }
world hoards { include jackfield:connector/base@0.1.0; import wasi:clocks/monotonic-clock@0.2.6; }
world signs { include jackfield:connector/base@0.1.0; include jackfield:connector/hook-sign@0.1.0; }
";

const WASI: [(&str, &str); 3] = [
    ("random.wit", "package wasi:random@0.2.6; interface random { get-random-u64: func() -> u64; }"),
    ("io.wit", "package wasi:io@0.2.6; interface poll { resource pollable { block: func(); } }"),
    (
        "clocks.wit",
        "package wasi:clocks@0.2.6; interface monotonic-clock { use wasi:io/poll@0.2.6.{pollable}; subscribe-duration: func(when: u64) -> pollable; }",
    ),
];

/// What every module here begins with: its imports, a memory, an allocator that only moves on, zeroes to answer with.
const PRELUDE: &str = r#"
    (import "jackfield:connector/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))
    (import "jackfield:connector/http@0.1.0" "[method]connection.send" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "jackfield:connector/http@0.1.0" "fetch" (func $fetch (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "jackfield:connector/http@0.1.0" "[resource-drop]connection" (func $drop (param i32)))
"#;

const ROOM: &str = r#"
    (memory (export "memory") 2 2000)
    (global $free (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
        (global.set $free (i32.add (local.get $at) (local.get 3)))
        (block $fits
            (loop $grow
                (br_if $fits (i32.le_u (global.get $free) (i32.mul (memory.size) (i32.const 65536))))
                (drop (memory.grow (i32.const 16)))
                (br $grow)))
        (local.get $at))
"#;

/// An account named `alice`, as `verify` answers it: at 1024, its texts at 2048.
pub const ALICE: &str = r#"
    (data (i32.const 1032) "\00\08\00\00\05\00\00\00\00\08\00\00\05\00\00\00")
    (data (i32.const 2048) "alice")
"#;

/// A connector whose `verify` runs `body` with `$connection` in reach; it leaves a pointer to its answer.
pub fn verifying(body: &str, more: &str) -> Vec<u8> {
    assemble("plain", "", body, "(i32.const 1024)", more)
}

/// The same in another world, with its imports.
pub fn verifying_in(world: &str, imports: &str, body: &str, more: &str) -> Vec<u8> {
    assemble(world, imports, body, "(i32.const 1024)", more)
}

/// A connector whose `manifest` runs `body`.
pub fn declaring(world: &str, imports: &str, body: &str, more: &str) -> Vec<u8> {
    assemble(world, imports, "unreachable", body, more)
}

/// A connector with whatever `more` exports beside.
pub fn hooked(more: &str) -> Vec<u8> {
    assemble("hooks", "", "unreachable", "unreachable", more)
}

fn assemble(world: &str, imports: &str, verify: &str, manifest: &str, more: &str) -> Vec<u8> {
    let text = format!(
        r#"(module {PRELUDE} {imports} {ROOM} {more}
            (func (export "jackfield:connector/connector@0.1.0#manifest") (result i32) {manifest})
            (func (export "jackfield:connector/connector@0.1.0#verify") (param $connection i32) (result i32) {verify}))"#
    );
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")).unwrap();
    for (name, text) in WASI {
        resolve.push_str(name, text).unwrap();
    }
    let package = resolve.push_str("worlds.wit", WORLDS).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}
