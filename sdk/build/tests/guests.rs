//! Builds the bundled connectors and the hostile guests as a user of the crate would, and reads what each component
//! imports and exports.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a failed test is a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jackfield_build::{Artifact, BuildRequest, build};
use wit_component::DecodedWasm;

/// Imports and exports, by their names in the component.
struct Surface {
    imports: Vec<String>,
    exports: Vec<String>,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn surface(artifact: &Artifact) -> Surface {
    let bytes = std::fs::read(&artifact.path).unwrap();
    assert_eq!(bytes.len() as u64, artifact.size);
    let DecodedWasm::Component(resolve, world) = wit_component::decode(&bytes).unwrap() else {
        panic!("{} is no component", artifact.name)
    };
    let world = &resolve.worlds[world];
    let names = |keys: Vec<_>| keys.into_iter().map(|key| resolve.name_world_key(key)).collect();
    Surface { imports: names(world.imports.keys().collect()), exports: names(world.exports.keys().collect()) }
}

fn contract(interface: &str) -> String {
    format!("jackfield:connector/{interface}@0.1.0")
}

#[test]
fn bundled_connectors_are_pure_and_export_the_hooks_they_name() {
    let hooks = [
        ("jackfield-api-token", None),
        ("jackfield-github", Some("revoke")),
        ("jackfield-mailchimp", Some("discover")),
        ("jackfield-openid-connect", None),
        ("jackfield-slack", Some("revoke")),
    ];
    let names = hooks.map(|(name, _)| name);
    let artifacts = build(&BuildRequest::packages(workspace(), names)).unwrap();
    assert_eq!(artifacts.iter().map(|artifact| artifact.name.as_str()).collect::<Vec<_>>(), names);
    for (artifact, (_, hook)) in artifacts.iter().zip(hooks) {
        let surface = surface(artifact);
        assert!(surface.imports.iter().all(|name| name.starts_with("jackfield:")), "{:?}", surface.imports);
        let expected: BTreeSet<String> = [contract("connector")].into_iter().chain(hook.map(contract)).collect();
        assert_eq!(surface.exports.into_iter().collect::<BTreeSet<_>>(), expected, "{}", artifact.name);
    }
}

#[test]
fn guests_are_components_and_only_one_reaches_past_the_contract() {
    let artifacts = build(&BuildRequest::examples(workspace(), "jackfield-guests")).unwrap();
    let surfaces: BTreeMap<&str, Surface> =
        artifacts.iter().map(|artifact| (artifact.name.as_str(), surface(artifact))).collect();
    let files = std::fs::read_dir(workspace().join("tests/guests/examples")).unwrap().count();
    assert_eq!(surfaces.len(), files);
    for (name, surface) in &surfaces {
        assert!(surface.exports.contains(&contract("connector")), "{name}");
        assert!(surface.exports.iter().all(|export| export.starts_with("jackfield:")), "{name}");
        let pure = surface.imports.iter().all(|import| import.starts_with("jackfield:"));
        assert_eq!(pure, *name != "changing_manifest", "{name}: {:?}", surface.imports);
    }
    assert!(surfaces["forged_placeholder"].exports.contains(&contract("token-response")));
}
