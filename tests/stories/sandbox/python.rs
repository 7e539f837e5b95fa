//! A connector written in Python: its toolchain imports WASI, which is there and grants nothing.

use std::process::Command;

use jackfield_tests::components::workspace;
use serde_json::json;

use crate::scene::{Scene, TOKEN};

/// Turns the script into a component, for the contract as it is now.
fn component() -> Vec<u8> {
    let (source, packages) = (workspace().join("tests/guests/python"), workspace().join("target/guests/python"));
    let tool = packages.join("bin/componentize-py");
    assert!(tool.exists(), "what builds connectors in Python is not installed: run `make setup`");
    let work = tempfile::tempdir().unwrap();
    let output = work.path().join("connector.wasm");
    let mut build = Command::new("python3");
    build.env("PYTHONPATH", packages).env("PYTHONDONTWRITEBYTECODE", "1").arg(tool);
    build.arg("-d").arg(workspace().join("wit")).arg("-d").arg(source.join("wit"));
    build.args(["-w", "guests:python/curious", "componentize", "-p"]).arg(&source);
    build.arg("connector").arg("-o").arg(&output).current_dir(work.path());
    let done = build.output().expect("python3 does not start: run `make setup`");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(output).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_and_wasi_grants_it_nothing() {
    let component = tokio::task::spawn_blocking(component).await.unwrap();
    let scene = Scene::start().await;
    let installed = scene.host.upload(component).await.unwrap();
    assert_eq!(installed.json["class"], "guest-runtime", "{}", installed.json);
    let approve = json!({ "digest": installed.text("/digest").unwrap() });
    let approved =
        scene.host.post(scene.host.operator(), "/v1/connectors/curious-script/approve", approve).await.unwrap();
    assert_eq!(approved.json["approved"], true, "{}", approved.json);

    let fields = json!({ "token": TOKEN, "port": scene.canary.address.port().to_string() });
    let connection = scene.made(json!({ "connector": "curious-script", "method": "token", "fields": fields })).await;
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["account"]["id"], "alice");
    let found = connection["account"]["label"].as_str().unwrap();
    let expected = "environment=0 arguments=0 folder=FileNotFoundError file=FileNotFoundError written=FileNotFoundError \
                    name=gaierror socket=PermissionError process=AttributeError";
    assert_eq!(found, expected);
    scene.canary.is_untouched();
    scene.canary.is_reachable().await;
    // Standard output is there, and is the bounded log.
    assert!(!scene.log.lines_with("connector=\"curious-script\" guest=\"asking who this is\"").is_empty());
    let neighbour = scene.host.get(scene.host.operator(), "/v1/connectors/well-behaved").await.unwrap();
    assert_eq!(neighbour.json["class"], "pure");
    scene.neighbour_works().await;
}
