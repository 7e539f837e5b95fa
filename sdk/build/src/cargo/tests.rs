//! What cargo's messages are read as, and folders it cannot build.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use super::*;

#[test]
fn only_modules_of_the_packages_asked_for_are_taken() {
    let line = |id: &str, kind: &str, name: &str, file: &str| {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"{id}","target":{{"name":"{name}","kind":["{kind}"],
            "crate_types":["cdylib"]}},"filenames":["{file}"],"fresh":true}}"#
        )
        .replace('\n', " ")
    };
    let messages = [
        line("one", "cdylib", "my_connector", "/t/my_connector.wasm"),
        line("one", "example", "endless_loop", "/t/examples/endless_loop.wasm"),
        line("two", "cdylib", "other", "/t/other.wasm"),
        line("one", "cdylib", "native", "/t/libnative.so"),
        r#"{"reason":"build-finished","success":true}"#.to_owned(),
        "not a message".to_owned(),
    ];
    let modules = modules(messages.join("\n").as_bytes(), &["one".to_owned()]);
    let names: Vec<&str> = modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["my-connector", "endless_loop"]);
}

#[test]
fn a_folder_without_a_package_is_said() {
    let empty = tempfile::tempdir().unwrap();
    let error = crate::build(&BuildRequest::folder(empty.path())).unwrap_err();
    assert!(matches!(error, BuildError::NoPackage { .. }), "{error}");
    let error = crate::build(&BuildRequest::folder(empty.path().join("absent"))).unwrap_err();
    assert!(matches!(error, BuildError::File { .. }), "{error}");
}
