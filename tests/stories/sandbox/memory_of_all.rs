//! Memory of all calls together: a connector whose calls all grow holds no more than it leaves, and what ends is given back.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jackfield_server::config::Config;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::suite::Suite;
use serde_json::{Value, json};

use crate::hostile::core::Core;
use crate::hostile::lowering::machine;
use crate::scene::{Scene, TOKEN};

/// What all calls together may hold here, in MiB; what one of them grows by, and how many begin at once.
const TOTAL: usize = 32;
const GROWN: usize = 4;
const CALLS: usize = 16;

fn small(config: &mut Config) {
    config.limits.memory_total_bytes = (TOTAL as u64) << 20;
    config.limits.memory_bytes = 8 << 20;
    config.limits.guest_runtime_memory_bytes = 8 << 20;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_grow_together_hold_no_more_than_they_leave() {
    let scene = Scene::with(small).await;
    let mut suite = Suite::named("memory-of-all-calls");
    let (greedy, second) = (growing(&scene, "greedy").await, growing(&scene, "greedy-too").await);
    // Twice: what the first ones held is there for the next.
    for round in ["at first", "and again"] {
        let (one, other) = (Gate::default(), Gate::default());
        let (held, refused, mut calls) = begun(&scene, &greedy, &one).await;
        suite.check(
            format!("{round}, {held} of {CALLS} calls hold {GROWN} MiB each"),
            (1..=TOTAL / 2 / GROWN).contains(&held),
        );
        suite.check("the others name the rule", refused.iter().all(names_the_rule));
        suite.case("the neighbour works beside them", works(&scene.verify_neighbour().await));
        let (also, _refused, mut more) = begun(&scene, &second, &other).await;
        suite.check(
            format!("{also} calls of another have their part of the rest"),
            also >= 1 && (held + also) * GROWN < TOTAL,
        );
        suite.case("and still the neighbour works", works(&scene.verify_neighbour().await));
        let refused = scene.host.upload(large()).await.unwrap();
        suite.check(
            "what finds no room to be read is not refused for ever",
            refused.status == 503 && refused.json["code"] == "try-later",
        );
        one.open();
        other.open();
        while let Some(ended) = calls.next().await {
            suite.case("what was held ends well", works(&ended));
        }
        while let Some(ended) = more.next().await {
            suite.case("what was held beside it ends well", works(&ended));
        }
        scene.provider.double().faults().clear();
    }
    suite.check("and installs when there is room", scene.host.upload(large()).await.unwrap().status.is_success());
    suite.case("its next call works: the breaker counted nothing", works(&scene.verify(&greedy).await));
    suite.finish();
}

/// Takes the first placeholder of the answer for the token: behind the outcome's case.
const FIRST_PLACEHOLDER: &str = "(local $at i32) (local.set $at (local.get 8))
    (block $found (loop $next
        (br_if $found (i32.eq (i32.load align=1 (local.get $at)) (i32.const 0x6870666a)))
        (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next)))
    (i32.store offset=8 (i32.const {tokens}) (local.get $at)) (i32.store offset=12 (i32.const {tokens}) (i32.const 37))
    (i32.const {tokens})";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_once_is_read_when_there_is_room() {
    let scene = Scene::with(small).await;
    let hooked = Core::named("hooked").memory(LARGE).declares(machine("hooked"));
    let hooked = hooked.reads(json!({ "ok": { "access-token": "" } }), FIRST_PLACEHOLDER);
    scene.host.install_bytes(hooked.bytes()).await.unwrap();
    scene.host.client("hooked", "client-1", "the-secret-of-the-client", json!({})).await.unwrap();
    scene.login.issues("no-code", [("an-access-token-that-is-long", "a-refresh-token-that-is-long")]);
    let (greedy, second) = (growing(&scene, "greedy").await, growing(&scene, "greedy-too").await);
    let (one, other, answer) = (Gate::default(), Gate::default(), Gate::default());
    let (_, _, calls) = begun(&scene, &greedy, &one).await;
    let (_, _, more) = begun(&scene, &second, &other).await;
    scene.login.double().faults().always(On::path("/token"), Fault::HeldAnswer(answer.clone()));
    let asking = scene.made(json!({ "connector": "hooked", "method": "machine", "fields": {} }));
    let holding = async {
        answer.reached(1).await;
        answer.open();
        // Meanwhile the answer is there, and no room to read it.
        for _ in 0..20 {
            scene.neighbour_works().await;
        }
        one.open();
        other.open();
        (calls.collect::<Vec<_>>().await, more.collect::<Vec<_>>().await)
    };
    let (connection, _) = tokio::join!(asking, holding);
    assert_eq!(connection["status"], "active", "{connection}");
}

/// Begins calls all at once: how many of them wait at the gate with what they grew, what became of the others, and the rest.
async fn begun<'a>(
    scene: &'a Scene,
    id: &'a str,
    gate: &Gate,
) -> (usize, Vec<Value>, FuturesUnordered<impl Future<Output = Value> + 'a>) {
    scene.provider.double().faults().clear();
    scene.provider.double().faults().always(On::path("/grown"), Fault::Held(gate.clone()));
    let mut calls: FuturesUnordered<_> = (0..CALLS).map(|_| scene.verify(id)).collect();
    let (mut held, mut ended) = (0, Vec::new());
    while held + ended.len() < CALLS {
        tokio::select! {
            Some(call) = calls.next() => ended.push(call),
            () = gate.reached(held + 1) => held += 1,
        }
    }
    (held, ended, calls)
}

/// As much as a call may hold, from its start.
const LARGE: &str = r#"(memory (export "memory") 128)"#;

/// A component for which there is no room while others hold their part.
fn large() -> Vec<u8> {
    Core::named("large").memory(LARGE).bytes()
}

fn works(verified: &Value) -> Result<(), String> {
    let failure = &verified["verification"]["failure"];
    if failure.is_null() { Ok(()) } else { Err(failure.to_string()) }
}

fn names_the_rule(verified: &Value) -> bool {
    let failure = &verified["verification"]["failure"];
    let message = failure["message"].as_str().unwrap_or_default();
    failure["code"] == "limit" && message.contains("limit `memory_total_bytes`") && message.contains("`greedy")
}

/// A connection of a connector whose check grows, writes to all of it, and asks the provider.
async fn growing(scene: &Scene, name: &'static str) -> String {
    let pages = GROWN * 16;
    let core =
        Core::named(name).waits(json!({ "method": "GET", "url": "https://provider.test/grown" })).verify(&format!(
            "(local $at i32)
        (local.set $at (i32.shl (memory.grow (i32.const {pages})) (i32.const 16)))
        (memory.fill (local.get $at) (i32.const 7) (i32.const {}))
        (call $ask (local.get $connection) (i32.const {{request}})) (call $drop (local.get $connection))
        (i32.const {{answer}})",
            pages << 16
        ));
    scene.host.install_bytes(core.bytes()).await.unwrap();
    let connection = scene.made(json!({ "connector": name, "method": "token", "fields": { "token": TOKEN } })).await;
    assert_eq!(connection["status"], "active", "{connection}");
    connection["id"].as_str().unwrap().to_owned()
}
