//! Compiling: in a process that can be ended, kept where only the host's own work is believed.

use std::path::PathBuf;

use jackfield_tests::components::component;
use jackfield_tests::host::TestHost;

use crate::scene::{Scene, detail, failure};

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_that_takes_too_long_or_too_much_is_ended_and_the_host_lives() {
    let mut scene = Scene::start().await;
    restart(&mut scene, |host| host.config_mut().limits.compile_wall_s = 0).await;
    let slow = detail(&scene.refused(component("trusting").unwrap()).await);
    assert!(slow.starts_with("Compiling took longer than 0 s: raise `limits.compile_wall_s`"), "{slow}");

    restart(&mut scene, |host| {
        host.config_mut().limits.compile_wall_s = 300;
        host.config_mut().limits.compile_memory_bytes = 1 << 20;
    })
    .await;
    let greedy = detail(&scene.refused(component("trusting").unwrap()).await);
    assert!(greedy.contains("the compiler ended with") || greedy.contains("cannot be compiled"), "{greedy}");

    restart(&mut scene, |host| host.config_mut().limits.compile_memory_bytes = 6 << 30).await;
    assert_eq!(scene.connect("trusting").await["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_compiled_is_used_again_and_what_was_tampered_with_never() {
    let mut scene = Scene::start().await;
    let kept = kept(&scene.host);
    let good = std::fs::read(&kept).unwrap();

    // Nothing can be compiled now: what works comes from the cache.
    restart(&mut scene, |host| host.config_mut().limits.compile_wall_s = 0).await;
    scene.neighbour_works().await;

    for at in [0, 20, 60, good.len() / 2, good.len() - 1] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        std::fs::write(&kept, &changed).unwrap();
        restart(&mut scene, |_| {}).await;
        let verified = scene.verify_neighbour().await;
        assert_eq!(failure(&verified).0, "not-loaded", "byte {at}: {verified}");
    }
    assert!(!scene.log.lines_with("is not authentic").is_empty());

    restart(&mut scene, |host| host.config_mut().limits.compile_wall_s = 300).await;
    scene.neighbour_works().await;
    assert_eq!(std::fs::read(&kept).unwrap(), good, "compiled again");
}

async fn restart(scene: &mut Scene, change: impl FnOnce(&mut TestHost)) {
    scene.host.stop().await.unwrap();
    change(&mut scene.host);
    scene.host.start_again().await.unwrap();
}

/// The one file of the cache.
fn kept(host: &TestHost) -> PathBuf {
    let mut files = std::fs::read_dir(host.folder().join("data/compiled")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}
