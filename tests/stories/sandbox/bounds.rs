//! Bounds: a guest that takes too much ends in an error that names it and the bound, and harms nobody else.

use jackfield_server::config::Config;
use jackfield_tests::doubles::{Fault, On};

use crate::scene::Scene;

/// Bounds small enough to be met quickly.
fn small(config: &mut Config) {
    let limits = &mut config.limits;
    limits.cpu_ms = 100;
    limits.memory_bytes = 8 << 20;
    limits.requests = 5;
    limits.response_bytes = 1 << 20;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bound_ends_the_call_and_is_named() {
    let scene = Scene::with(small).await;
    for (guest, code, message) in [
        ("endless_loop", "limit", "the connector `endless-loop` computed for too long (limit `cpu_ms`)"),
        ("memory_bomb", "limit", "the connector `memory-bomb` asked for too much memory (limit `memory_bytes`)"),
        ("call_flood", "attempted", "answered=5 last=limit"),
    ] {
        assert_eq!(scene.fails(guest).await, (code.to_owned(), message.to_owned()), "{guest}");
    }
    let requests = scene.provider.double().log().to("/me");
    let anonymous = requests.iter().filter(|request| request.header("authorization").is_none()).count();
    assert_eq!(anonymous, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_host_calls_ends() {
    let scene = Scene::with(|config| config.limits.host_calls = 100).await;
    let (code, message) = scene.fails("call_flood").await;
    assert_eq!(code, "limit");
    assert_eq!(message, "the connector `call-flood` called the host too often (limit `host_calls`)");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_bounded_in_both_directions() {
    let scene = Scene::with(|config| {
        config.limits.response_bytes = 1 << 20;
        config.limits.host_call_bytes = 1 << 20;
    })
    .await;
    scene.provider.double().faults().once(On::path("/big"), Fault::Huge(16 << 20));
    let (code, message) = scene.fails("big_body").await;
    assert_eq!(code, "limit");
    assert_eq!(message, "the connector `big-body` handed the host too much in one call (limit `host_call_bytes`)");
    assert_eq!(scene.log.lines_with("down=limit").len(), 1);
    assert!(scene.provider.double().log().all().iter().all(|request| request.body.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_brings_its_text_to_the_operator() {
    let scene = Scene::start().await;
    let (code, message) = scene.fails("panic_with_text").await;
    assert_eq!(code, "trap");
    assert!(message.starts_with("the connector `panic-with-text` broke: "), "{message}");
    assert!(message.contains("the flux capacitor is missing"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_beyond_the_bound_are_not_kept_and_cannot_look_like_the_hosts() {
    let scene = Scene::with(|config| {
        config.limits.host_calls = 20_000;
        config.limits.log_lines = 20;
    })
    .await;
    let connection = scene.connect("log_flood").await;
    assert_eq!(connection["status"], "active", "{connection}");
    let lines = scene.log.lines_with("connector=\"log-flood\" guest=");
    assert_eq!(lines.len(), 20);
    assert!(lines[0].contains(r"first\\n{"), "{}", lines[0]);
    assert!(!scene.log.text().contains('\u{1b}'));
    scene.neighbour_works().await;
}
