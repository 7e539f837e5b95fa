//! The SDK's README, followed to the letter: what it tells an author to type becomes a component.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a failed test is a panic")]

use std::fs;
use std::path::{Path, PathBuf};

use jackfield_build::{Artifact, BuildError, BuildRequest, build};

fn sdk() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let readme = fs::read_to_string(sdk().join("README.md")).unwrap();
    let fence = format!("```{language}\n");
    readme.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Writes a crate outside the workspace and builds it where the workspace's connectors are built.
fn built(name: &str, source: &str) -> Result<Vec<Artifact>, BuildError> {
    let folder = tempfile::tempdir().unwrap();
    let manifest = blocks("toml")[0].replace("/path/to/jackfield/sdk", sdk().to_str().unwrap());
    let manifest = manifest.replace("name = \"notes\"", &format!("name = \"{name}\""));
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.path().join("src/lib.rs"), source).unwrap();
    let toolchain = sdk().join("../rust-toolchain.toml");
    fs::copy(toolchain, folder.path().join("rust-toolchain.toml")).unwrap();
    let mut request = BuildRequest::folder(folder.path());
    request.target = Some(sdk().join("../target/connectors"));
    build(&request)
}

#[test]
fn the_readmes_connector_is_short_and_builds() {
    let source = &blocks("rust")[0];
    assert!(source.lines().count() < 40, "{} lines", source.lines().count());
    let artifacts = built("readme-notes", source).unwrap();
    assert_eq!(artifacts.len(), 1);
    assert_eq!(artifacts[0].name, "readme-notes");
    assert_eq!(fs::metadata(&artifacts[0].path).unwrap().len(), artifacts[0].size);
}

#[test]
fn the_readmes_hook_builds() {
    let [connector, hook, ..] = &blocks("rust")[..] else { panic!("the README lost its examples") };
    let source = connector.replace("export!(Notes);", hook);
    assert_eq!(built("readme-hook", &source).unwrap().len(), 1);
}

#[test]
fn what_an_author_gets_wrong_is_said() {
    let source = &blocks("rust")[0];
    let error = built("readme-unexported", &source.replace("export!(Notes);", "")).unwrap_err();
    assert!(matches!(error, BuildError::NoConnector { .. }), "{error}");

    let error =
        built("readme-unfinished", &source.replace("export!(Notes);", "export!(Notes with discover);")).unwrap_err();
    assert!(matches!(&error, BuildError::Compile { output } if output.contains("Discover")), "{error}");
}
