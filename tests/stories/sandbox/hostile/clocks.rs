//! Time: connectors that measure what others do. Their clocks begin with their call and move in steps of a millisecond.

use super::core::Core;
use super::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::works("times-its-neighbours", |core| timing(core).verify(COARSE)),
        Row::works("reads-the-wall-clock", |core| timing(core).verify(WALL)),
    ]
}

fn timing(core: Core) -> Core {
    let interfaces = "package wasi:clocks@0.2.0 { \
        interface monotonic-clock { now: func() -> u64; resolution: func() -> u64; } \
        interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; } }";
    let functions = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $now (result i64)))
        (import "wasi:clocks/monotonic-clock@0.2.0" "resolution" (func $resolution (result i64)))
        (import "wasi:clocks/wall-clock@0.2.0" "now" (func $wall (param i32)))"#;
    let world = "import wasi:clocks/monotonic-clock@0.2.0; import wasi:clocks/wall-clock@0.2.0;";
    core.imports(world, interfaces, functions)
}

/// Traps where a clock is finer than it says, or tells how long the host has been running.
const COARSE: &str = "(local $left i32) (local $at i64)
    (local.set $left (i32.const 2000))
    (if (i64.lt_u (call $resolution) (i64.const 1000000)) (then (unreachable)))
    (loop $again
        (local.set $at (call $now))
        (if (i64.ne (i64.rem_u (local.get $at) (i64.const 1000000)) (i64.const 0)) (then (unreachable)))
        (if (i64.gt_u (local.get $at) (i64.const 60000000000)) (then (unreachable)))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (call $drop (local.get $connection)) (i32.const {answer})";

/// The same for the time of day, which is that of the host's own clock.
const WALL: &str = "(local $left i32)
    (local.set $left (i32.const 2000))
    (loop $again
        (call $wall (i32.const 1024))
        (if (i32.rem_u (i32.load offset=8 (i32.const 1024)) (i32.const 1000000)) (then (unreachable)))
        (if (i64.lt_u (i64.load (i32.const 1024)) (i64.const 1750000000)) (then (unreachable)))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (call $drop (local.get $connection)) (i32.const {answer})";
