//! `jackfield serve` as an operator meets it: the first start, the second, the stop, and what is in the way of one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jackfield_tests::components::component;
use jackfield_tests::host::{RETURN_URL, Setting, TestHost};
use serde_json::json;

use crate::child::Jackfield;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_makes_what_it_needs_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    let (ring, key) = (folder.path().join("jackfield-data.keyring"), folder.path().join("jackfield-data.operator-key"));
    assert_eq!((mode(&ring), mode(&key), mode(&folder.path().join("jackfield-data"))), (0o400, 0o600, 0o700));
    let said = host.said();
    for part in [
        "data_dir = ./jackfield-data",
        "keyring = ./jackfield-data.keyring",
        "store = sled",
        "The store is new, and so is its key ring",
        "Keep a copy elsewhere",
        "The first operator key is in ./jackfield-data.operator-key",
        "WARNING: The public URL is plain HTTP",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("listen ="), "a default it did not take: {said}");
    let text = fs::read_to_string(&key).unwrap();
    let ring_text = fs::read_to_string(&ring).unwrap();
    let key = text.trim();
    assert!(!said.contains(key) && key.starts_with("jf_"));
    assert_eq!(host.get(key, "/v1/tenants").await.status, 200);
    assert_eq!(host.get("", "/readyz").await.json["ready"], true);
    assert_eq!(host.post(key, "/v1/tenants", &json!({ "name": "Acme" })).await.status, 201);
    let (code, said) = host.stop().await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Stopping"), "{said}");

    let again = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert!(!again.said().contains("is new") && !again.said().contains("first operator key"), "{}", again.said());
    assert_eq!(again.get(key, "/v1/tenants").await.json["items"][0]["name"], "Acme");
    assert_eq!(fs::read_to_string(&ring).unwrap(), ring_text);
    assert_eq!(again.stop().await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_another_process_has_open_is_left_alone() {
    let first = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let cli =
        Jackfield::in_folder(first.folder()).with("JACKFIELD_LISTEN", "127.0.0.1:0").with("JACKFIELD_DATA_DIR", "data");
    let said = cli.serve(&[]).await.err().unwrap().failed(1);
    assert!(said.contains("another process has the store") && said.contains("data directory of its own"), "{said}");
    let status = Jackfield::in_folder(first.folder())
        .with("JACKFIELD_DATA_DIR", "data")
        .run(&["keyring", "status", "--json"])
        .await;
    assert!(status.json()["store"].as_str().unwrap().contains("a running host uses the store"));
    assert_eq!(first.get(first.operator(), "/v1/tenants").await.unwrap().status, 200, "the first goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named_and_nothing_is_made() {
    let first = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let address = first.running().unwrap().address.to_string();
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", &address);
    let said = cli.serve(&[]).await.err().unwrap().failed(1);
    assert!(said.contains(&address) && said.contains("it is in use") && said.contains("`listen`"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a host that could not listen left something behind");
}

/// Everything a host can say at its most talkative, while secrets pass through it in every way.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let cli = cli.with("JACKFIELD_LOG_LEVEL", "trace").with("JACKFIELD_LOG_FORMAT", "json");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    let key = fs::read_to_string(folder.path().join("jackfield-data.operator-key")).unwrap().trim().to_owned();
    let upload = http::Request::post("/").header("authorization", format!("Bearer {key}"));
    let installed = host.send("/v1/connectors", upload.body(component("api-token").unwrap().into()).unwrap()).await;
    assert_eq!(installed.status, 201, "{}", installed.json);
    let digest = json!({ "digest": installed.json["digest"] });
    assert_eq!(host.post(&key, "/v1/connectors/api-token/approve", &digest).await.status, 200);
    let acme = json!({ "name": "Acme", "return_urls": [RETURN_URL] });
    let tenant = host.post(&key, "/v1/tenants", &acme).await.text("/id").unwrap();
    let body = json!({ "name": "k", "tenant": tenant, "permissions": ["connect", "read", "lease"] });
    let app = host.post(&key, "/v1/api-keys", &body).await.text("/key").unwrap();
    let session = json!({ "connector": "api-token", "end_user": "u1", "return_url": RETURN_URL });
    let link = host.post(&app, "/v1/connect-sessions", &session).await.text("/url").unwrap();
    let path = link.strip_prefix(&host.url).unwrap();
    let (token, secret) = ("s3cret-typed-at-the-page-01", "s3cret-given-directly-01");
    // Parked, so that it is sent nowhere.
    let form = format!("method=header&name=Mine&field.base_url=https%3A%2F%2Fapi.example.com&field.token={token}");
    let post = http::Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(host.send(path, post.body(form.into()).unwrap()).await.status, 200);
    // A private address: refused before anything leaves this machine.
    let fields = json!({ "base_url": "https://127.0.0.1", "token": secret, "verify_path": "/" });
    host.post(&app, "/v1/connections", &json!({ "connector": "api-token", "method": "header", "fields": fields }))
        .await;
    host.post(&app, "/v1/connections", &json!({ "connector": "api-token", "fields": secret })).await;
    host.get(&format!("{app}x"), "/v1/connections").await;
    let (code, said) = host.stop().await;
    assert_eq!(code, 0);
    assert!(
        said.contains("\"level\":\"INFO\"") && said.contains("/connect/{link}"),
        "the control: it says much: {said}"
    );
    for secret in [&key, &app, token, secret, path.rsplit('/').next().unwrap()] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}
