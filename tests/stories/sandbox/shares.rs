//! Shares: connectors whose calls all wait take no more instances than they leave to others.

use std::time::Duration;

use jackfield_server::config::Config;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::suite::Suite;
use serde_json::json;

use crate::hostile::core::Core;
use crate::scene::{Scene, TOKEN};

/// As many as would fill the pool with the calls that each may have at once.
const SLOW: usize = 8;
/// What is certainly taken of the pool of 128 when each of them waits for more, of which their tenant leaves 16 in any case.
const TAKEN: usize = 96;

#[tokio::test(flavor = "multi_thread")]
async fn eight_connectors_whose_calls_never_end_leave_instances_for_a_ninth() {
    let scene = Scene::start().await;
    let mut suite = Suite::named("shares-of-the-pool");
    let limits = Config::below(std::path::Path::new("/")).limits;
    assert_eq!((SLOW * limits.calls_at_once as usize, limits.wall_ms), (128, 60_000), "the bounds as they are shipped");
    let mut slow = Vec::new();
    for name in ["slow-1", "slow-2", "slow-3", "slow-4", "slow-5", "slow-6", "slow-7", "slow-8"] {
        slow.push(connected(&scene, name).await);
    }
    let gate = Gate::default();
    scene.provider.double().faults().always(On::path("/slow"), Fault::Held(gate.clone()));
    let calls = slow.iter().flat_map(|id| std::iter::repeat_n(id, 16)).map(|id| scene.verify(id));
    let waiting = async { futures::future::join_all(calls).await };
    let neighbour = async {
        gate.reached(TAKEN).await;
        // The ninth has some at once, and none of them waits for one of the eight to finish.
        let verified = futures::future::join_all((0..8).map(|_| scene.verify_neighbour())).await;
        let works = verified.iter().filter(|verified| verified["verification"]["failure"].is_null()).count();
        let held = scene.provider.double().log().to("/slow").len();
        gate.open();
        (works, held)
    };
    let (ended, (works, held)) = tokio::join!(waiting, neighbour);
    suite.check(format!("a ninth connector's calls work beside them: {works} of 8"), works == 8);
    suite.check(format!("the eight took {} of 128 instances", held - SLOW), held - SLOW <= 112);
    let failed = ended.iter().filter(|verified| !verified["verification"]["failure"].is_null()).count();
    suite.check(format!("every slow call ended well once it was answered: {failed} did not"), failed == 0);
    suite.finish();
}

/// More time for calls and requests than any test takes: no call makes room by being given up.
fn patient(config: &mut Config) {
    (config.limits.wall_ms, config.limits.request_ms) = (600_000, 600_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_one_tenant_that_never_end_keep_none_of_another_waiting() {
    let scene = Scene::with(patient).await;
    let (id, other) = (connected(&scene, "slow").await, scene.host.tenant("Other").await.unwrap());
    let wanted = json!({ "connector": "slow", "method": "token", "fields": { "token": TOKEN } });
    let of_other = scene.made_for(&other, wanted).await["id"].as_str().unwrap().to_owned();
    let gate = Gate::default();
    scene.provider.double().faults().always(On::path("/slow"), Fault::Held(gate.clone()));
    // More calls than one tenant may have of a connector at once.
    let waiting = futures::future::join_all((0..24).map(|_| scene.verify(&id)));
    let beside = async {
        gate.reached(16).await;
        let calls = futures::future::join_all((0..4).map(|_| scene.verify_for(&other, &of_other)));
        let arrived = async {
            let arrived = tokio::time::timeout(Duration::from_mins(1), gate.reached(20)).await;
            arrived.expect("another tenant's calls wait behind those that never end");
            gate.open();
        };
        tokio::join!(calls, arrived).0
    };
    let (own, others) = tokio::join!(waiting, beside);
    for verified in own.iter().chain(&others) {
        assert!(verified["verification"]["failure"].is_null(), "{verified}");
    }
}

/// A connection of a connector whose check asks `/slow`.
async fn connected(scene: &Scene, name: &'static str) -> String {
    let me = json!({ "method": "GET", "url": "https://provider.test/slow" });
    let core = Core::named(name).waits(me);
    scene.host.install_bytes(core.bytes()).await.unwrap();
    let wanted = json!({ "connector": name, "method": "token", "fields": { "token": TOKEN } });
    let connection = scene.made(wanted).await;
    assert_eq!(connection["status"], "active", "{connection}");
    connection["id"].as_str().unwrap().to_owned()
}
