//! A key ring that does not fit its store: exit code 78, a plain sentence, and every record as it was.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jackfield_tests::components::component;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::child::{Jackfield, Served};

/// A store with sealed records, stopped; its key ring and its operator's key.
struct Store {
    folder: TempDir,
    cli: Jackfield,
    ring: PathBuf,
    ring_text: String,
    key: String,
    records: Value,
}

impl Store {
    async fn filled() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
        // Stays the same from start to start, and the clients' redirect URIs with it.
        let cli = cli.with("JACKFIELD_PUBLIC_URL", "https://connect.example.com");
        let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
        let key = fs::read_to_string(folder.path().join("jackfield-data.operator-key")).unwrap().trim().to_owned();
        let upload = http::Request::post("/").header("authorization", format!("Bearer {key}"));
        let installed =
            host.send("/v1/connectors", upload.body(component("openid-connect").unwrap().into()).unwrap()).await;
        let digest = json!({ "digest": installed.json["digest"] });
        assert_eq!(
            host.post(&key, "/v1/connectors/openid-connect/approve", &digest).await.status,
            200,
            "{}",
            installed.json
        );
        assert_eq!(host.post(&key, "/v1/tenants", &json!({ "name": "Acme" })).await.status, 201);
        let client = json!({ "connector": "openid-connect", "client_id": "jack", "client_secret": "sealed-by-the-ring",
            "fields": { "issuer": "https://login.example.com" } });
        assert_eq!(host.post(&key, "/v1/clients", &client).await.status, 201);
        let records = records(&host, &key).await;
        assert_eq!(host.stop().await.0, 0);
        let ring = folder.path().join("jackfield-data.keyring");
        let ring_text = fs::read_to_string(&ring).unwrap();
        Self { folder, cli, ring, ring_text, key, records }
    }

    /// Starts with this ring, which must not do: what it said.
    async fn refused(&self, ring: Option<(&str, u32)>) -> String {
        put(&self.ring, ring);
        let before = files(self.folder.path());
        let said = self.cli.serve(&[]).await.err().expect("it started").failed(78);
        assert!(files(self.folder.path()) == before, "something was made or lost: {said}");
        assert!(!said.contains(self.key.as_str()));
        let last = said.lines().last().unwrap();
        assert!(last.starts_with("jackfield: ") && last.len() < 500, "{said}");
        let status = self.cli.run(&["keyring", "status"]).await;
        assert!(status.code == 78 || ring.is_none(), "{status:?}");
        // Whoever asks what is wrong is told too, and mends nothing by asking.
        let doctor = self.cli.run(&["doctor", "--offline", "--json"]).await;
        assert!(doctor.code != 0 && format!("{doctor:?}").contains("key ring"), "{doctor:?}");
        assert!(files(self.folder.path()) == before, "asking made or lost something");
        said
    }

    /// Starts with its own ring again and finds everything.
    async fn whole_again(&self) {
        put(&self.ring, Some((&self.ring_text, 0o400)));
        let host = self.cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
        assert_eq!(records(&host, &self.key).await, self.records);
        assert_eq!(host.get("", "/readyz").await.json["ready"], true);
        assert_eq!(host.stop().await.0, 0);
    }
}

async fn records(host: &Served, key: &str) -> Value {
    let mut all = BTreeMap::new();
    for noun in ["connectors", "tenants", "clients", "api-keys"] {
        all.insert(noun, host.get(key, &format!("/v1/{noun}")).await.json);
    }
    json!(all)
}

fn put(path: &Path, ring: Option<(&str, u32)>) {
    if path.exists() {
        fs::remove_file(path).unwrap();
    }
    if let Some((text, mode)) = ring {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

/// The files beside and inside the store, but for the engine's own: opening may compact its log, so the records are compared.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            found.insert(path.clone(), fs::read(&path).unwrap());
        } else if path.file_name().unwrap() != "records" {
            found.extend(files(&path));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_that_does_not_fit_is_said_and_nothing_is_lost() {
    let store = Store::filled().await;
    let text = store.ring_text.clone();

    let missing = store.refused(None).await;
    assert!(missing.contains("put the ring back"), "{missing}");
    assert!(!store.ring.exists(), "a new ring was made over a store with records");

    let truncated = store.refused(Some((&text[..text.len() / 2], 0o400))).await;
    assert!(truncated.contains("line 2 of the key ring"), "{truncated}");
    let torn = store.refused(Some((text.rsplit_once("end").unwrap().0, 0o400))).await;
    assert!(torn.contains("of the key ring"), "{torn}");
    let empty = store.refused(Some(("", 0o400))).await;
    assert!(empty.contains("line 1 of the key ring"), "{empty}");

    let elsewhere = tempfile::tempdir().unwrap();
    Jackfield::in_folder(elsewhere.path()).run(&["keyring", "init"]).await.done();
    let other = fs::read_to_string(elsewhere.path().join("jackfield-data.keyring")).unwrap();
    let swapped = store.refused(Some((&other, 0o400))).await;
    assert!(swapped.contains("which is not in the key ring: put the right key ring back"), "{swapped}");

    let (start, end) = text.split_once("\nend").unwrap();
    let flipped = if start.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{flipped}\nend{end}", &start[..start.len() - 1]);
    let wrong = store.refused(Some((&wrong, 0o400))).await;
    assert!(wrong.contains("is not the one this store was sealed with"), "{wrong}");

    let open = store.refused(Some((&text, 0o444))).await;
    assert!(open.contains("can be read by others") && open.contains("chmod 400"), "{open}");
    store.whole_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keyring_init_and_status_work_without_a_host() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    let none = cli.run(&["keyring", "status"]).await.failed(1);
    assert!(none.contains("does not exist"), "{none}");
    let made = cli.run(&["keyring", "init", "--json"]).await.json();
    let primary = made["primary"].as_str().unwrap();
    let text = fs::read_to_string(folder.path().join("jackfield-data.keyring")).unwrap();
    assert!(text.contains(primary));
    let again = cli.run(&["keyring", "init"]).await.failed(1);
    assert!(again.contains("exists already and is never overwritten"), "{again}");
    assert_eq!(fs::read_to_string(folder.path().join("jackfield-data.keyring")).unwrap(), text);
    let status = cli.run(&["keyring", "status", "--json"]).await.json();
    assert_eq!((&status["keys"][0]["id"], &status["keys"][0]["primary"]), (&json!(primary), &json!(true)));
    assert_eq!(status["store"], "there is no store yet");
    let host =
        cli.clone().with("JACKFIELD_LISTEN", "127.0.0.1:0").serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert!(!host.said().contains("key ring: "), "it took the ring that was there: {}", host.said());
    assert_eq!(host.stop().await.0, 0);
    let status = cli.run(&["keyring", "status"]).await;
    let secret = text.split_whitespace().max_by_key(|word| word.len()).unwrap();
    assert!(status.out.contains("fits the store") && status.out.contains("wraps 2 keys"), "{status:?}");
    assert!(!status.out.contains(secret));
}
