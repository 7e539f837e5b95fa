//! `sdk/README.md` as its reader follows it: the connector written, checked, built, installed, approved and connected.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use axum::extract::Request;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use jackfield_tests::authority::Authority;
use jackfield_tests::components::workspace;
use jackfield_tests::doubles::Double;
use jackfield_tests::host::{Setting, TestHost};
use serde_json::json;

use crate::child::Jackfield;

const TOKEN: &str = "s3cret-token-for-notes";

/// The first fenced block of a language.
fn block(language: &str) -> String {
    let readme = fs::read_to_string(workspace().join("sdk/README.md")).unwrap();
    let fence = format!("```{language}\n");
    readme.split(&fence).nth(1).unwrap().split("```").next().unwrap().to_owned()
}

/// The crate `notes` as the README has it typed, compiled where the workspace's connectors are.
fn write(folder: &Path) {
    let notes = folder.join("notes");
    fs::create_dir_all(notes.join("src")).unwrap();
    fs::create_dir(notes.join("target")).unwrap();
    symlink(workspace().join("target/connectors"), notes.join("target/connectors")).unwrap();
    let manifest = block("toml").replace("/path/to/jackfield/sdk", workspace().join("sdk").to_str().unwrap());
    fs::write(notes.join("Cargo.toml"), manifest).unwrap();
    fs::write(notes.join("src/lib.rs"), block("rust")).unwrap();
    fs::copy(workspace().join("rust-toolchain.toml"), notes.join("rust-toolchain.toml")).unwrap();
}

async fn me(request: Request) -> Result<Json<serde_json::Value>, StatusCode> {
    let sent = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    if sent == Some(&format!("Bearer {TOKEN}")) {
        Ok(Json(json!({ "id": "42", "name": "Alice's notes" })))
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

async fn notes(request: Request) -> Result<Json<serde_json::Value>, StatusCode> {
    me(request).await.map(|_| Json(json!(["buy milk"])))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_connector_is_built_installed_and_connected() {
    let authority = Authority::new().unwrap();
    let router = Router::new().route("/v1/me", get(me)).route("/v1/notes", get(notes));
    let double = Double::serve(&authority, vec![("api.notes.example", router)]).await.unwrap();
    let hosts = BTreeMap::from([("api.notes.example".to_owned(), double.address())]);
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    write(host.folder());
    install(&host).await;
    connect(&host).await;
}

/// What the README has an author and an operator type.
async fn install(host: &TestHost) {
    let cli = Jackfield::operating(host);
    let checked = cli.run(&["connector", "check", "notes"]).await.done();
    for said in ["Notes", "oauth, token", "list-notes, add-note", "api.notes.example", "this host could install"] {
        assert!(checked.contains(said), "{said} in {checked}");
    }
    let built = cli.run(&["connector", "build", "notes", "--json"]).await.json();
    let path = fs::canonicalize(built["path"].as_str().unwrap()).unwrap();
    let promised = host.folder().join("notes/target/connectors/components/notes.wasm");
    assert_eq!(path, fs::canonicalize(promised).unwrap(), "where the README says it is");
    let installed = cli.run(&["connector", "install", "notes"]).await;
    assert!(installed.err.contains("api.notes.example"), "{installed:?}");
    assert!(installed.done().contains("nothing of it runs"));
    cli.run(&["connector", "approve", "notes", "--yes"]).await.done();
}

async fn connect(host: &TestHost) {
    let tenant = host.tenant("Acme").await.unwrap();
    let wanted = |token: &str| json!({ "connector": "notes", "method": "token", "actions": ["list-notes"], "fields": { "token": token } });
    let made = host.post(&tenant.key, "/v1/connections", wanted(TOKEN)).await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);
    assert_eq!(made.json["account"]["label"], "Alice's notes");
    let id = made.text("/id").unwrap();
    let proxied = host.get(&tenant.key, &format!("/v1/connections/{id}/proxy/v1/notes")).await.unwrap();
    assert_eq!(proxied.json, json!(["buy milk"]));
    let refused = host.post(&tenant.key, "/v1/connections", wanted("another")).await.unwrap();
    let said = refused.json.to_string();
    assert!(said.contains("reauthorize"), "`?` turns a 401 into \"connect again\": {said}");
}
