//! Hostile guests, one a bound: each ends in its own error, and the neighbour works afterwards.

use std::sync::Arc;

use jackfield_runtime::{CallError, Hook, Limit, Limits};
use tokio::task::JoinSet;

use crate::{
    component::{ALICE, verifying, verifying_in},
    host::{Sandbox, now, seconds_on},
};

fn quick() -> Limits {
    Limits {
        cpu_ms: 50,
        wall_ms: 20_000,
        memory_bytes: 8 << 20,
        host_calls: 1000,
        host_call_bytes: 1 << 20,
        ..Limits::default()
    }
}

fn neighbour() -> Vec<u8> {
    verifying("(call $drop (local.get $connection)) (i32.const 1024)", ALICE)
}

async fn ends(sandbox: &Sandbox, component: &[u8]) -> CallError {
    let context = sandbox.context(component, Hook::Verify).await;
    let error = sandbox.runtime.verify(context).await.result.unwrap_err();
    sandbox.runtime.reset_breaker(&sandbox.connector(component).digest);
    works(sandbox).await;
    error
}

async fn works(sandbox: &Sandbox) {
    let context = sandbox.context(&neighbour(), Hook::Verify).await;
    assert_eq!(sandbox.runtime.verify(context).await.result.unwrap().account.id, "alice");
}

#[tokio::test]
async fn endless_loops_end() {
    let sandbox = Sandbox::new(quick());
    for body in ["(loop $on (br $on)) unreachable", "(call $spin) unreachable"] {
        let more = "(func $spin (loop $on (br $on)))";
        let error = ends(&sandbox, &verifying(body, more)).await;
        assert_eq!(error.to_string(), "the connector `example` computed for too long (limit `cpu_ms`)");
    }
    let at_start = verifying("unreachable", "(func $spin (loop $on (br $on))) (start $spin)");
    assert!(matches!(ends(&sandbox, &at_start).await, CallError::Limit { limit: Limit::Cpu, .. }));
}

#[tokio::test]
async fn a_loop_leaves_room_for_others_while_it_runs() {
    let sandbox = Sandbox::new(Limits { cpu_ms: 500, ..quick() });
    let spinning = verifying("(loop $on (br $on)) unreachable", "");
    let (bad, good) =
        (sandbox.context(&spinning, Hook::Verify).await, sandbox.context(&neighbour(), Hook::Verify).await);
    // One thread: the neighbour answers first only because the loop yields.
    tokio::select! {
        biased;
        outcome = sandbox.runtime.verify(bad) => panic!("the loop ended first: {:?}", outcome.result),
        outcome = sandbox.runtime.verify(good) => assert_eq!(outcome.result.unwrap().account.id, "alice"),
    }
}

#[tokio::test]
async fn calls_that_sleep_hold_no_turn_of_those_that_compute() {
    let sandbox = Arc::new(Sandbox::new(Limits { cpu_ms: 300, wall_ms: 10_000, ..Limits::default() }));
    let wasi = r#"(import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $after (param i64) (result i32)))
        (import "wasi:io/poll@0.2.6" "[method]pollable.block" (func $block (param i32)))"#;
    let sleeps = "(local $left i32) (local.set $left (i32.const 30000000))
        (loop $on (br_if $on (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $block (call $after (i64.const 3600000000000))) unreachable";
    let sleeps = verifying_in("hoards", wasi, sleeps, ALICE);
    let spinning = sandbox.context(&verifying("(loop $on (br $on)) unreachable", ""), Hook::Verify).await;
    // As many as there are turns, and no more than one connector finds places for.
    let turns = std::thread::available_parallelism().map_or(1, usize::from).saturating_sub(1).clamp(1, 4);
    let mut asleep = JoinSet::new();
    for _ in 0..turns {
        let (sandbox, context) = (Arc::clone(&sandbox), sandbox.context(&sleeps, Hook::Verify).await);
        asleep.spawn(async move { sandbox.runtime.verify(context).await.result.err() });
    }
    tokio::select! {
        biased;
        Some(ended) = asleep.join_next() => panic!("what computes had to wait: {ended:?}"),
        outcome = sandbox.runtime.verify(spinning) => {
            assert!(matches!(outcome.result, Err(CallError::Limit { limit: Limit::Cpu, .. })), "{:?}", outcome.result);
        }
    }
}

#[tokio::test]
async fn memory_bombs_end() {
    let sandbox = Sandbox::new(quick());
    let grows = "(loop $on (drop (memory.grow (i32.const 16))) (br $on)) unreachable";
    assert!(matches!(ends(&sandbox, &verifying(grows, "")).await, CallError::Limit { limit: Limit::Memory, .. }));
}

/// Its neighbours may have taken what it lacks: it is told so, and not left alone for it.
#[tokio::test]
async fn memory_of_all_calls_ends_the_call_that_finds_none_left_and_speaks_against_nobody() {
    let sandbox = Sandbox::new(Limits { memory_total_bytes: 8 << 20, ..quick() });
    let grows = verifying("(loop $on (drop (memory.grow (i32.const 16))) (br $on)) unreachable", "");
    for _ in 0..20 {
        let context = sandbox.context(&grows, Hook::Verify).await;
        let error = sandbox.runtime.verify(context).await.result.unwrap_err();
        assert!(matches!(error, CallError::Limit { limit: Limit::MemoryTotal, .. }), "{error}");
    }
    works(&sandbox).await;
}

#[tokio::test]
async fn traps_name_themselves_and_what_was_written_before() {
    let sandbox = Sandbox::new(quick());
    let body = "(call $log (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 512) (i32.const 21)) unreachable";
    let error = ends(&sandbox, &verifying(body, r#"(data (i32.const 512) "panicked at src/lib.rs")"#)).await;
    let CallError::Trap { text, panic, .. } = error else { panic!("{error}") };
    assert!(text.contains("unreachable"), "{text}");
    assert_eq!(panic.as_deref(), Some("panicked at src/lib.r"));
}

#[tokio::test]
async fn deep_recursion_ends() {
    let sandbox = Sandbox::new(Limits { cpu_ms: 2000, ..quick() });
    let error = ends(&sandbox, &verifying("(call $deep) unreachable", "(func $deep (call $deep) (call $deep))")).await;
    assert!(matches!(error, CallError::Limit { limit: Limit::Stack, .. }), "{error}");
}

#[tokio::test]
async fn host_calls_are_counted_and_log_lines_bounded() {
    let sandbox = Sandbox::new(Limits { log_lines: 10, cpu_ms: 2000, ..quick() });
    let floods = "(loop $on (call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 512) (i32.const 1)) (br $on)) unreachable";
    let component = verifying(floods, r#"(data (i32.const 512) "x")"#);
    let context = sandbox.context(&component, Hook::Verify).await;
    let outcome = sandbox.runtime.verify(context).await;
    assert!(matches!(outcome.result, Err(CallError::Limit { limit: Limit::HostCalls, .. })), "{:?}", outcome.result);
    assert_eq!((outcome.log.lines.len(), outcome.log.dropped), (10, 990));
    works(&sandbox).await;
}

#[tokio::test]
async fn handles_and_instances_are_bounded() {
    let clock = r#"(import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $subscribe (param i64) (result i32)))"#;
    let hoards = |body: &str| verifying_in("hoards", clock, body, ALICE);
    let sandbox = Sandbox::new(Limits { cpu_ms: 2000, handles: 32, ..quick() });
    let error = ends(&sandbox, &hoards("(loop $on (drop (call $subscribe (i64.const 1))) (br $on)) unreachable")).await;
    assert!(matches!(error, CallError::Limit { limit: Limit::Handles, .. }), "{error}");

    let sandbox = Sandbox::new(Limits { guest_runtime_instances: 1, ..quick() });
    let error = ends(&sandbox, &hoards("(drop (call $subscribe (i64.const 1))) unreachable")).await;
    assert!(matches!(error, CallError::Limit { limit: Limit::Instances, .. }), "{error}");
}

#[tokio::test]
async fn what_one_call_hands_over_is_bounded() {
    let sandbox = Sandbox::new(quick());
    let body = "(drop (memory.grow (i32.const 64))) (call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 3000000)) unreachable";
    let error = ends(&sandbox, &verifying(body, "")).await;
    assert!(matches!(error, CallError::Limit { limit: Limit::HostCallBytes, .. }), "{error}");
}

#[tokio::test]
async fn a_provider_that_never_answers_ends_with_the_call() {
    let sandbox = Sandbox::new(Limits { requests: 3, ..quick() });
    let body = r"(local $left i32) (local.set $left (i32.const 5))
        (loop $on
            (call $fetch (i32.const 512) (i32.const 3) (i32.const 528) (i32.const 25) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $on (local.get $left)))
        (call $drop (local.get $connection)) (i32.const 1024)";
    let texts = r#"(data (i32.const 512) "GET") (data (i32.const 528) "https://id.example.com/me")"#;
    let context = sandbox.context(&verifying(body, &format!("{texts}{ALICE}")), Hook::Verify).await;
    assert!(sandbox.runtime.verify(context).await.result.is_ok());
    assert_eq!(sandbox.network.sent.lock().unwrap().len(), 3, "the two requests beyond the limit were not sent");
}

#[tokio::test]
async fn repeated_traps_open_a_breaker_for_that_connector_alone() {
    let sandbox = Sandbox::new(quick());
    let broken = verifying("unreachable", "");
    for _ in 0..3 {
        let context = sandbox.context(&broken, Hook::Verify).await;
        assert_eq!(sandbox.runtime.verify(context).await.result.unwrap_err().kind(), "trap");
    }
    let open = sandbox.runtime.verify(sandbox.context_at(&broken, Hook::Verify, now())).await.result.unwrap_err();
    assert_eq!(open, CallError::Open { connector: "example".into(), until: seconds_on(60) });
    works(&sandbox).await;
    let later =
        sandbox.runtime.verify(sandbox.context_at(&broken, Hook::Verify, seconds_on(61))).await.result.unwrap_err();
    assert_eq!(later.kind(), "trap");
}
