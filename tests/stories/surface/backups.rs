//! Backups: made of a running host and of a stopped one, read back, restored into a host that works; every bad one refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jackfield_tests::host::TestHost;
use serde_json::json;

use crate::child::Jackfield;
use crate::stage::{Stage, TOKEN};

/// The same host's command line, for what works without it: in its folder, with its data.
fn offline(host: &TestHost) -> Jackfield {
    let cli = Jackfield::in_folder(host.folder()).with("JACKFIELD_DATA_DIR", "data");
    cli.with("JACKFIELD_LISTEN", "127.0.0.1:0").with("JACKFIELD_EGRESS_CA_FILE", "authority.pem")
}

/// The files of a folder and below, with their contents.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_host_is_backed_up_and_restored_with_its_components() {
    let mut stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let cli = Jackfield::operating(&stage.host);
    let made = cli.run(&["backup", "--to", "monday.backup", "--json"]).await.json();
    assert!(made["records"].as_u64().unwrap() > 10 && made["components"] == json!(1), "{made}");
    let file = stage.host.folder().join("monday.backup");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&file).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains(TOKEN) && !text.contains(&id) && !text.contains("Acme"), "a backup can be read");
    assert!(cli.run(&["backup", "--to", "monday.backup"]).await.failed(1).contains("never overwritten"));
    assert!(cli.run(&["backup", "--verify", "monday.backup"]).await.done().contains("monday.backup is good"));
    assert_eq!(stage.host.get(&stage.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().status, 200);
    let later = stage.connect(&stage.tenant, "u2").await;
    stage.host.stop().await.unwrap();

    let here = offline(&stage.host).with("JACKFIELD_DATA_DIR", "restored").with("JACKFIELD_KEYRING", "data.keyring");
    let here = here.with("JACKFIELD_OPERATOR_KEY", "restored.operator-key");
    let hosts = format!("{{ \"api.example.com\" = \"{}\" }}", stage.api.double().address());
    let here = here.with("JACKFIELD_EGRESS_HOSTS", &hosts);
    let restored = here.run(&["restore", "monday.backup", "--json"]).await.json();
    assert_eq!((&restored["records"], &restored["made_at"]), (&made["records"], &made["made_at"]));
    let host = here.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert!(!stage.host.folder().join("restored.operator-key").exists(), "the keys of before work again");
    let lease = host.post(&stage.tenant.key, &format!("/v1/connections/{id}/lease"), &json!({})).await;
    assert_eq!(lease.json["credential"]["fields"]["token"], TOKEN, "{}", lease.json);
    let verified = host.post(&stage.tenant.key, &format!("/v1/connections/{id}/verify"), &json!({})).await;
    assert_eq!(verified.json["status"], "active", "its component came along: {}", verified.json);
    assert_eq!(host.get(&stage.tenant.key, &format!("/v1/connections/{later}")).await.status, 404);
    let again = here.run(&["restore", "monday.backup"]).await.failed(1);
    assert!(again.contains("restored holds a store already"), "{again}");
    assert_eq!(host.stop().await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_host_is_backed_up_without_one() {
    let mut stage = Stage::set().await;
    stage.connect(&stage.tenant, "u1").await;
    let cli = offline(&stage.host);
    let busy = cli.run(&["backup", "--to", "a.backup", "--offline"]).await.failed(1);
    assert!(busy.contains("another process has the store"), "{busy}");
    stage.host.stop().await.unwrap();
    assert!(cli.run(&["backup", "--to", "a.backup", "--offline"]).await.done().contains("was read back"));
    assert!(cli.run(&["backup", "--verify", "a.backup", "--offline"]).await.done().contains("is good"));
    for wrong in [&["backup"][..], &["backup", "--to", "a", "--verify", "b"]] {
        assert_eq!(cli.run(wrong).await.code, 2, "{wrong:?}");
    }
    let nothing = cli.with("JACKFIELD_DATA_DIR", "nothing").with("JACKFIELD_KEYRING", "data.keyring");
    let none = nothing.run(&["backup", "--to", "b.backup", "--offline"]).await.failed(1);
    assert!(none.contains("there is no store in nothing"), "{none}");
    assert!(!stage.host.folder().join("nothing").exists() && !stage.host.folder().join("b.backup").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_backup_is_refused_and_nothing_changes() {
    let mut stage = Stage::set().await;
    stage.connect(&stage.tenant, "u1").await;
    let online = Jackfield::operating(&stage.host);
    online.run(&["backup", "--to", "good.backup"]).await.done();
    let folder = stage.host.folder().to_owned();
    let good = fs::read(folder.join("good.backup")).unwrap();
    let mut changed = good.clone();
    let middle = good.len() / 2;
    changed[middle] ^= 1;
    let mut newer = good.clone();
    newer[8] = 9;
    for (name, bytes, said, code) in [
        ("cut.backup", &good[..good.len() - 1], "cut short", 1),
        ("half.backup", &good[..middle], "cut short", 1),
        ("changed.backup", changed.as_slice(), "was changed or is damaged", 1),
        ("newer.backup", newer.as_slice(), "of format 9", 1),
        ("diary.backup", b"Dear diary", "is no backup", 1),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
        let refused = online.run(&["backup", "--verify", name]).await.failed(1);
        assert!(refused.contains(said) && refused.contains("backup-refused"), "{name}: {refused}");
        let fresh = offline(&stage.host).with("JACKFIELD_DATA_DIR", "fresh").with("JACKFIELD_KEYRING", "data.keyring");
        let refused = fresh.run(&["restore", name]).await.failed(code);
        assert!(refused.contains(said), "{name}: {refused}");
        assert!(!folder.join("fresh").exists(), "{name} left something behind");
    }
    let other = offline(&stage.host).with("JACKFIELD_DATA_DIR", "fresh").with("JACKFIELD_KEYRING", "other.keyring");
    other.run(&["keyring", "init"]).await.done();
    let refused = other.run(&["restore", "good.backup"]).await.failed(78);
    assert!(refused.contains("which is not in the key ring"), "{refused}");
    let missing = offline(&stage.host).with("JACKFIELD_KEYRING", "none.keyring").run(&["restore", "good.backup"]).await;
    assert!(missing.failed(1).contains("none.keyring does not exist"));
    stage.host.stop().await.unwrap();
    let before = everything(&folder.join("data"));
    let onto = offline(&stage.host).run(&["restore", "good.backup"]).await.failed(1);
    assert!(onto.contains("data holds a store already"), "{onto}");
    assert_eq!(everything(&folder.join("data")), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_operator_makes_backups_and_the_audit_log_says_who() {
    let stage = Stage::set().await;
    let refused = stage.host.post(&stage.tenant.key, "/v1/backups", json!({})).await.unwrap();
    assert_eq!(refused.code(), "permission-missing");
    let refused = stage.host.post(&stage.tenant.key, "/v1/backups/verify", json!({})).await.unwrap();
    assert_eq!(refused.code(), "permission-missing");
    let empty = stage.host.post(stage.host.operator(), "/v1/backups/verify", json!({})).await.unwrap();
    assert_eq!((empty.status.as_u16(), empty.code()), (422, "backup-refused"), "{}", empty.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_was_damaged_or_lost_on_disk_comes_back_when_it_is_installed_again() {
    let stage = Stage::set().await;
    let cli = Jackfield::operating(&stage.host);
    let folder = stage.host.folder().join("data/components");
    let stored = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&stored).unwrap();
    let mut damaged = good.clone();
    damaged[good.len() / 2] ^= 1;
    fs::write(&stored, damaged).unwrap();
    cli.run(&["backup", "--to", "bad.backup"]).await.failed(1);
    stage.host.install("api-token").await.unwrap();
    cli.run(&["backup", "--to", "good.backup"]).await.done();
    assert!(cli.run(&["backup", "--verify", "good.backup"]).await.done().contains("is good"));
    fs::remove_file(&stored).unwrap();
    stage.host.install("api-token").await.unwrap();
    assert_eq!(fs::read(&stored).unwrap(), good);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no draft stays behind");
}
