//! `jackfield demo --once --json`: the main job from one command, and nothing left behind.

use std::fs;

use jackfield_tests::components::workspace;

use crate::child::Jackfield;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_plays_to_its_end_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("TMPDIR", folder.path().to_str().unwrap());
    let ran = cli.run(&["demo", "--once", "--json", "--sources", workspace().to_str().unwrap()]).await;
    let told = ran.err.clone();
    let summary = ran.json();
    assert_eq!(summary["ok"], true, "{summary}");
    let steps: Vec<&str> =
        summary["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert!(steps.len() >= 10, "{steps:?}");
    for step in summary["steps"].as_array().unwrap() {
        let said = step["said"].as_str().unwrap();
        assert!(told.contains(said), "a person is not told: {said}");
    }
    for counted in ["refreshes", "revocations"] {
        assert!(summary["provider_saw"][counted].as_u64().unwrap_or(0) >= 1, "{counted}: {}", summary["provider_saw"]);
    }
    assert!(summary["page"].as_str().unwrap().contains("/connect/"), "{summary}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}
