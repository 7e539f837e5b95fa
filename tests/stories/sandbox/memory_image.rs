//! What one call leaves in a pooled instance's memory is not there for the next one, whoever's it is.

use serde_json::{Value, json};

use crate::hostile::core::Core;
use crate::scene::{Scene, TOKEN};

/// Calls one after another: each gets the slot of the one before it.
const AFTER_ANOTHER: usize = 12;
/// Calls at the same time: more slots than one are written and read.
const TOGETHER: usize = 16;

/// Traps where memory, beyond what the component was compiled with, is anything but zero, or a global is not as it was.
const LOOKS: &str = "(local $at i32) (local $end i32)
    (if (i32.ne (global.get $free) (i32.const {heap})) (then (unreachable)))
    (drop (memory.grow (i32.const 400)))
    (local.set $end (i32.mul (memory.size) (i32.const 65536)))
    (loop $below
        (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (unreachable)))
        (br_if $below (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 65536))))
    (local.set $at (i32.const {heap}))
    (loop $again
        (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (unreachable)))
        (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))";
/// Writes over all of it: what a call leaves would end the next one.
const PAINTS: &str = "(memory.fill (i32.const 0) (i32.const 170) (i32.const 65536))
    (memory.fill (i32.const {heap}) (i32.const 170) (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const {heap})))";
/// Says that the credential is alice's.
const ANSWERS: &str = "(global.set $free (i32.const 7)) (call $drop (local.get $connection)) (i32.const {answer})";

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_begins_with_nothing_of_the_one_before_it_in_its_slot() {
    let scene = Scene::start().await;
    let mut connections = Vec::new();
    for name in ["paints-one", "paints-two"] {
        scene.host.install_bytes(looking(name).bytes()).await.unwrap();
        // Two people's connections of each: neither may see what the other's call held.
        for _ in 0..2 {
            let connection = connected(&scene, name).await;
            assert_eq!(connection["status"], "active", "{connection}");
            connections.push(connection["id"].as_str().unwrap().to_owned());
        }
    }
    let clean = async |id: &String| {
        let verified = scene.verify(id).await;
        assert!(verified["verification"]["failure"].is_null(), "{verified}");
    };
    for id in connections.iter().cycle().take(AFTER_ANOTHER) {
        clean(id).await;
    }
    futures::future::join_all(connections.iter().cycle().take(TOGETHER).map(clean)).await;
    for id in &connections {
        clean(id).await;
    }
    // A look that finds something ends the call: here it is what the call itself wrote.
    scene
        .host
        .install_bytes(Core::named("finds").verify(&format!("{} {PAINTS} {ANSWERS}", finding())).bytes())
        .await
        .unwrap();
    let found = connected(&scene, "finds").await;
    assert_eq!(found["verification"]["failure"]["code"], "trap", "{found}");
}

fn looking(name: &str) -> Core {
    Core::named(name).verify(&format!("{LOOKS} {PAINTS} {ANSWERS}"))
}

/// The same look, at memory with one byte written.
fn finding() -> String {
    LOOKS.replace(
        "(local.set $at (i32.const {heap}))",
        "(i32.store8 offset=70000 (i32.const {heap}) (i32.const 1)) (local.set $at (i32.const {heap}))",
    )
}

async fn connected(scene: &Scene, name: &str) -> Value {
    scene.made(json!({ "connector": name, "method": "token", "fields": { "token": TOKEN } })).await
}
