//! Compiling: in a process that can be ended, kept where only the host's own work is believed.

use std::path::{Path, PathBuf};

use jackfield_tests::components::component;
use jackfield_tests::host::TestHost;
use serde_json::json;

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
    let ready = scene.host.get(scene.host.operator(), "/readyz").await.unwrap();
    assert_eq!((ready.status.as_u16(), &ready.json["connectors"]), (503, &json!(0)), "{}", ready.json);
    assert!(ready.json["problems"][0].as_str().unwrap().ends_with("is approved and not loaded"), "{}", ready.json);

    restart(&mut scene, |host| host.config_mut().limits.compile_wall_s = 300).await;
    scene.neighbour_works().await;
    assert_eq!(std::fs::read(&kept).unwrap(), good, "compiled again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_loads_nothing_compiles_what_is_missing_and_removes_what_nobody_has() {
    let mut scene = Scene::start().await;
    let kept = kept(&scene.host);
    let name = kept.file_name().unwrap().to_str().unwrap().to_owned();
    let other = kept.with_file_name(name.replacen(&name[..64], &"ab".repeat(32), 1));
    let (digest, class) = (&name[..64], name.rsplit_once('-').unwrap().1);
    let older = kept.with_file_name(format!("{digest}-{:016x}-{class}", 7));
    let draft = kept.with_file_name(format!(".{name}.3.partial"));
    scene.host.stop().await.unwrap();
    for left in [&other, &older, &draft] {
        std::fs::copy(&kept, left).unwrap();
    }
    scene.host.start_again().await.unwrap();
    assert_eq!(self::kept(&scene.host), kept, "what no installed connector needs is gone");
    let ready = scene.host.get(scene.host.operator(), "/readyz").await.unwrap();
    assert_eq!((ready.status.as_u16(), &ready.json["connectors"]), (200, &json!(1)), "{}", ready.json);
    assert!(!is_mapped(&kept), "nobody has called");
    scene.neighbour_works().await;
    assert!(is_mapped(&kept));

    scene.host.stop().await.unwrap();
    std::fs::remove_file(&kept).unwrap();
    scene.host.start_again().await.unwrap();
    assert!(kept.exists(), "what has no machine code is compiled at the start");
    scene.neighbour_works().await;
}

/// Whether this process, of which the host is a part, has a file mapped.
fn is_mapped(file: &Path) -> bool {
    std::fs::read_to_string("/proc/self/maps").unwrap().contains(file.to_str().unwrap())
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
