//! Bounds on bytes, in both directions. Every other bound is a row of `hostile`.

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
