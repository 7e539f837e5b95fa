//! Manifests with many faults: each says what is wrong, where, and all of it at once. Those with one are rows of `hostile`.

use jackfield_tests::components::component;

use crate::scene::{Scene, detail};

#[tokio::test(flavor = "multi_thread")]
async fn a_contradictory_manifest_is_told_every_fault_at_once() {
    let scene = Scene::start().await;
    let answer = scene.refused(component("contradictory_manifest").unwrap()).await;
    assert_eq!(answer.code(), "component-refused");
    let detail = detail(&answer);
    for fault in ["`api` is declared twice", "absent_field", "absent_header", "absent-scope", "absent-origin"] {
        assert!(detail.contains(fault), "{fault} in {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contradictory_placements_are_refused_each_with_its_place() {
    let scene = Scene::start().await;
    let answer = scene.refused(component("contradictory_placements").unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "component-refused"), "{}", answer.json);
    let detail = detail(&answer);
    for fault in [
        "methods[0] `twice`.placements[1]: the header `x_key` is filled twice",
        "methods[1] `owned`.placements[0]: `Host` is a header that no credential goes into",
        "methods[2] `named`.placements[0]: `a=b` is no cookie name",
        "methods[3] `bare`.placements[0]: `verify` declares only requests without a body",
        "methods[4] `spare`.fields: the secret field `spare` goes nowhere",
        "methods[5] `colon`: its name holds a colon",
        "headers[0]: the header `Content-Length` belongs to the host",
    ] {
        assert!(detail.contains(fault), "{fault} in {detail}");
    }
}
