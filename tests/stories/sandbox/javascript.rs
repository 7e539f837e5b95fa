//! A connector written in JavaScript: its toolchain imports WASI, which is there and grants nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use jackfield_tests::components::workspace;
use serde_json::json;

use crate::scene::{Scene, TOKEN};

/// Turns the script into a component, for the contract as it is now.
fn component() -> Vec<u8> {
    let source = workspace().join("tests/guests/javascript");
    let tool = source.join("node_modules/@bytecodealliance/componentize-js");
    assert!(tool.exists(), "what builds connectors in JavaScript is not installed: run `make setup`");
    let work = tempfile::tempdir().unwrap();
    let (wit, output) = (work.path().join("wit"), work.path().join("connector.wasm"));
    copy(&source.join("wit"), &wit);
    copy(&workspace().join("wit"), &wit.join("deps/jackfield"));
    let mut build = Command::new(node());
    build.arg(source.join("build.mjs")).args([&wit, &output]).current_dir(work.path());
    let built = build.output().expect("node does not start: run `make setup`");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    std::fs::read(output).unwrap()
}

/// The Node.js pinned beside the peer, where there is one for this platform.
fn node() -> PathBuf {
    let pinned = workspace().join("tests/peers/oidc-provider/node_modules/.bin/node");
    if pinned.exists() { pinned } else { PathBuf::from("node") }
}

/// Copies the WIT files of a folder, and of the folders in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_and_wasi_grants_it_nothing() {
    let component = tokio::task::spawn_blocking(component).await.unwrap();
    let scene = Scene::start().await;
    let installed = scene.host.upload(component).await.unwrap();
    assert_eq!(installed.json["class"], "guest-runtime", "{}", installed.json);
    let approve = json!({ "digest": installed.text("/digest").unwrap() });
    let approved = scene.host.post(scene.host.operator(), "/v1/connectors/curious-script/approve", approve).await.unwrap();
    assert_eq!(approved.json["approved"], true, "{}", approved.json);

    let fields = json!({ "token": TOKEN, "port": scene.canary.address.port().to_string() });
    let connection = scene.made(json!({ "connector": "curious-script", "method": "token", "fields": fields })).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["account"]["id"], "alice");
    assert_eq!(
        connection["account"]["label"],
        "environment=0 arguments=0 folder=none files=0 names=access-denied socket=access-denied"
    );
    scene.canary.is_untouched();
    scene.canary.is_reachable().await;
    // Standard output is there, and is the bounded log.
    assert!(!scene.log.lines_with("connector=\"curious-script\" guest=\"asking who this is\"").is_empty());
    let neighbour = scene.host.get(scene.host.operator(), "/v1/connectors/well-behaved").await.unwrap();
    assert_eq!(neighbour.json["class"], "pure");
    scene.neighbour_works().await;
}
