//! Bounds that take more than one look: bytes in both directions, and what is kept of a flood of words. The others are rows of
//! `hostile`.

use jackfield_tests::doubles::{Fault, On};

use crate::scene::Scene;

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
