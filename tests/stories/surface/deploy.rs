//! What lies in `host/server/deploy`: a configuration that is good, a unit that systemd takes, a container's settings that are settings.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use jackfield_tests::components::workspace;

use crate::child::Jackfield;

fn deploy() -> PathBuf {
    workspace().join("host/server/deploy")
}

fn read(name: &str) -> String {
    fs::read_to_string(deploy().join(name)).unwrap()
}

/// The `NAME=value` words of a text that set Jackfield's variables.
fn settings(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).filter_map(|word| {
        let (name, value) = word.trim_start_matches("Environment=").split_once('=')?;
        name.starts_with("JACKFIELD_").then(|| (name.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_settings() {
    let file = deploy().join("jackfield.toml");
    let file = file.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, count) in [("jackfield.service", 3), ("Containerfile", 6)] {
        let mut cli = Jackfield::in_folder(folder.path());
        let set = settings(&read(name));
        assert_eq!(set.len(), count, "{name}: {set:?}");
        for (variable, value) in &set {
            cli = cli.with(variable, value);
        }
        let checked = cli.run(&["config", "check", "--config", file, "--json"]).await.json();
        assert_eq!(checked["warnings"], serde_json::json!([]), "{name}: {checked}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_unit_waits_longer_than_the_host() {
    let unit = read("jackfield.service");
    let value = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap();
        line.trim_start_matches([' ', '=']).parse::<u64>().unwrap()
    };
    assert!(value(&unit, "TimeoutStopSec") * 1000 > value(&read("jackfield.toml"), "shutdown_ms"));
    assert!(unit.contains("RestartPreventExitStatus=2 78"));
}

#[test]
fn systemd_takes_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("jackfield.service");
    // The program is where the tests have it; everything else stands as it is.
    fs::write(&unit, read("jackfield.service").replace("/usr/local/bin/jackfield", crate::PROGRAM)).unwrap();
    let Ok(ran) = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output() else {
        // No systemd on this machine: at least every line is a section, a comment or a setting.
        let lines = read("jackfield.service");
        assert!(lines.lines().all(|line| line.is_empty() || line.starts_with(['#', '[']) || line.contains('=')));
        return;
    };
    let said = String::from_utf8_lossy(&ran.stderr);
    let about_it = said.lines().filter(|line| line.contains("jackfield.service")).collect::<Vec<_>>();
    assert!(about_it.is_empty(), "{about_it:?}");
}

#[test]
fn the_container_runs_as_nobody_in_particular() {
    let file = read("Containerfile");
    let last = file.split("\nFROM ").last().unwrap();
    assert!(last.starts_with("scratch\n") && last.contains("\nUSER 65532:65532\n"), "{last}");
    assert!(!last.contains("RUN ") && last.contains("ENTRYPOINT [\"/jackfield\"]"));
}
