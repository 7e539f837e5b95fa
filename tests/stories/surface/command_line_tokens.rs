//! `jackfield connection import-tokens`: tokens that exist already become a connection, read from where secrets are read.

use jackfield_tests::scene::OpenId;
use serde_json::json;

use crate::child::Jackfield;

/// The flags every import here has.
const WHAT: [&str; 9] =
    ["connection", "import-tokens", "openid-connect", "--method", "code", "--action", "sign-in", "--end-user", "u-9"];

async fn access_token(scene: &OpenId) -> String {
    let connection = scene.connect("u-1", "alice").await.unwrap();
    let path = format!("/v1/connections/{}/lease", connection["id"].as_str().unwrap());
    let lease = scene.host.post(&scene.tenant.key, &path, json!({ "min_valid": 60 })).await.unwrap();
    lease.text("/credential/token").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_come_in_from_files_and_from_standard_input_and_never_as_arguments() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let token = access_token(&scene).await;
    let importer = scene.host.tenant("Borealis").await.unwrap();
    let cli = Jackfield::operating(&scene.host).with("JACKFIELD_TENANT", &importer.id);
    let (file, refresh) = (scene.host.folder().join("access.txt"), scene.host.folder().join("refresh.txt"));
    std::fs::write(&file, format!("{token}\n")).unwrap();
    std::fs::write(&refresh, "a-refresh-token-of-somebody\n").unwrap();
    let files = ["--access-token-file", file.to_str().unwrap(), "--refresh-token-file", refresh.to_str().unwrap()];
    let more = ["--name", "Moved", "--expires-at", "2999-01-01T00:00:00Z", "--scope", "openid", "--json"];
    let made = cli.run(&[&WHAT[..], &files, &more].concat()).await.json();
    assert_eq!((&made["status"], &made["name"]), (&json!("active"), &json!("Moved")), "{made}");
    assert_eq!((&made["end_user"], &made["scopes"]["granted"]), (&json!("u-9"), &json!(["openid"])), "{made}");
    assert!(!made.to_string().contains(&token), "{made}");
    let said = cli.run_with(&[&WHAT[..], &["--access-token-stdin"]].concat(), &token).await.done();
    assert!(said.contains("active") && !said.contains(&token), "{said}");
    // Nothing to read from, and something that cannot be.
    assert!(cli.run(&WHAT).await.failed(2).contains("--access-token-file"));
    let missing = cli.run(&[&WHAT[..], &["--access-token-file", "nowhere.txt"]].concat()).await.failed(1);
    assert!(missing.contains("nowhere.txt"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_dead_are_said_and_not_kept() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let cli = Jackfield::operating(&scene.host).with("JACKFIELD_TENANT", &scene.tenant.id);
    let ran = cli.run_with(&[&WHAT[..], &["--access-token-stdin", "--json"]].concat(), "a-token-of-nobody").await;
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["error"]["code"], "tokens-dead", "{told}");
    assert!(!ran.failed(1).contains("a-token-of-nobody"));
    assert_eq!(cli.run(&["connection", "list"]).await.done().trim(), "none");
}
