//! The key ring rotated and a key retired: on a running host, on a stopped one, and refused where something would be lost.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use http::Method;
use serde_json::{Value, json};

use crate::child::Jackfield;
use crate::stage::{Stage, TOKEN};

/// The command line beside a host, with what names its files.
fn beside(stage: &Stage) -> Jackfield {
    Jackfield::operating(&stage.host).with("JACKFIELD_DATA_DIR", "data")
}

async fn status(cli: &Jackfield) -> Value {
    cli.run(&["keyring", "status", "--json"]).await.json()
}

/// How many keys of the store a key of the ring wraps.
fn wrapped(status: &Value, id: &str) -> u64 {
    let keys = status["keys"].as_array().unwrap();
    keys.iter()
        .find(|key| key["id"] == id)
        .and_then(|key| key["wrapped"].as_u64())
        .unwrap_or_else(|| panic!("{status}"))
}

fn primary(status: &Value) -> String {
    let keys = status["keys"].as_array().unwrap();
    keys.iter().find(|key| key["primary"] == true).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn leases(stage: &Stage, id: &str) {
    let lease = stage.host.post(&stage.tenant.key, &format!("/v1/connections/{id}/lease"), json!({})).await.unwrap();
    assert_eq!(lease.json["credential"]["fields"]["token"], TOKEN, "{}", lease.json);
}

fn ring(stage: &Stage) -> String {
    fs::read_to_string(stage.host.folder().join("data.keyring")).unwrap()
}

fn put_ring(stage: &Stage, text: &str) {
    let path = stage.host.folder().join("data.keyring");
    fs::remove_file(&path).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ring_of_a_running_host_is_rotated_and_its_old_key_retired() {
    let mut stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let cli = beside(&stage);
    let before = status(&cli).await;
    let old = primary(&before);
    assert!(wrapped(&before, &old) >= 3 && before["store"] == "a running host uses it", "{before}");
    assert!(cli.run(&["keyring", "retire", &old]).await.failed(1).contains("is the primary key of the ring"));
    let rotated = cli.run(&["keyring", "rotate", "--json"]).await.json();
    let new = rotated["primary"].as_str().unwrap();
    assert!(new != old && rotated["rewrapped"] == wrapped(&before, &old), "{rotated}");
    let after = status(&cli).await;
    assert_eq!((wrapped(&after, &old), wrapped(&after, new)), (0, wrapped(&before, &old)), "{after}");
    leases(&stage, &id).await;
    assert!(cli.run(&["keyring", "retire", &old]).await.done().contains("is no longer in data.keyring"));
    assert!(!ring(&stage).contains(&old));
    let other = stage.host.tenant("Borealis").await.unwrap();
    stage.connect(&other, "u2").await;
    assert_eq!(wrapped(&status(&cli).await, new), wrapped(&before, &old) + 1, "what is new is under the new key");
    let audit = stage.host.get(stage.host.operator(), "/v1/audit?kind=key-ring.reloaded").await.unwrap();
    assert_eq!(audit.json["items"].as_array().unwrap().len(), 2, "{}", audit.json);
    stage.host.stop().await.unwrap();
    stage.host.start_again().await.unwrap();
    leases(&stage, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_host_s_ring_is_rotated_without_it() {
    let mut stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let cli = beside(&stage);
    let first = ring(&stage);
    // Who may not ask the running host changes nothing.
    let stranger = Jackfield::in_folder(stage.host.folder()).with("JACKFIELD_DATA_DIR", "data");
    let stranger = stranger.with("JACKFIELD_URL", &stage.host.url().unwrap());
    assert_ne!(stranger.run(&["keyring", "rotate"]).await.code, 0);
    assert_eq!(ring(&stage), first);
    stage.host.stop().await.unwrap();
    let old = primary(&status(&cli).await);
    let rotated = cli.run(&["keyring", "rotate", "--json"]).await.json();
    let new = rotated["primary"].as_str().unwrap().to_owned();
    assert!(rotated["rewrapped"].as_u64().unwrap() >= 3, "{rotated}");
    // The old key made the primary again by hand: the new one wraps everything, and stays.
    let both = ring(&stage);
    put_ring(&stage, &both.replace("primary", "swap").replace("key    ", "primary").replace("swap", "key    "));
    let refused = cli.run(&["keyring", "retire", &new]).await.failed(1);
    assert!(refused.contains("still wraps") && refused.contains("keyring rotate --rewrap"), "{refused}");
    assert_eq!(cli.run(&["keyring", "rotate", "--rewrap", "--json"]).await.json()["primary"], old.as_str());
    assert!(cli.run(&["keyring", "retire", &new]).await.done().contains(&new));
    let unknown = cli.run(&["keyring", "retire", &new]).await.failed(1);
    assert!(unknown.contains("the key ring has no key"), "{unknown}");
    assert_eq!(cli.run(&["keyring", "retire", "key-1"]).await.code, 2);
    assert_eq!(ring(&stage), first);
    stage.host.start_again().await.unwrap();
    leases(&stage, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_retired_where_the_store_is_not_there_to_be_asked() {
    let mut stage = Stage::set().await;
    let cli = beside(&stage);
    stage.host.stop().await.unwrap();
    let old = primary(&status(&cli).await);
    let (data, away) = (stage.host.folder().join("data"), stage.host.folder().join("away"));
    // What was written while the volume was away is under the new key, and everything on the volume under the old one.
    fs::rename(&data, &away).unwrap();
    assert_eq!(cli.run(&["keyring", "rotate", "--json"]).await.json()["rewrapped"], 0);
    let both = ring(&stage);
    let refused = cli.run(&["keyring", "retire", &old]).await.failed(1);
    assert!(refused.contains("there is no store in data") && refused.contains("mounted"), "{refused}");
    assert_eq!(ring(&stage), both);
    fs::rename(&away, &data).unwrap();
    assert!(cli.run(&["keyring", "retire", &old]).await.failed(1).contains("still wraps"));
    stage.host.start_again().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_that_does_not_fit_is_not_taken_by_a_running_host() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let (operator, first) = (stage.host.operator().to_owned(), ring(&stage));
    let elsewhere = tempfile::tempdir().unwrap();
    Jackfield::in_folder(elsewhere.path()).run(&["keyring", "init"]).await.done();
    let other = fs::read_to_string(elsewhere.path().join("jackfield-data.keyring")).unwrap();
    let cut = first[..first.len() / 2].to_owned();
    for (wrong, said) in [(other, "which is not in the key ring"), (cut, "ine 2 of the key ring")] {
        put_ring(&stage, &wrong);
        let refused = stage.host.api(&operator, Method::POST, "/v1/keyring/reload", None).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "key-ring-refused"), "{}", refused.json);
        assert!(refused.json["detail"].as_str().unwrap().contains(said), "{}", refused.json);
        leases(&stage, &id).await;
    }
    put_ring(&stage, &first);
    let taken = stage.host.api(&operator, Method::POST, "/v1/keyring/reload", None).await.unwrap();
    assert_eq!((taken.status.as_u16(), &taken.json["rewrapped"]), (200, &json!(0)), "{}", taken.json);
    let tenants = stage.host.api(&stage.tenant.key, Method::GET, "/v1/keyring", None).await.unwrap();
    assert_eq!(tenants.code(), "permission-missing");
}
