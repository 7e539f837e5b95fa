//! A disk that is full: the kernel refuses the write, the host says so to everybody, and nothing acknowledged is lost.
//!
//! The limit on file sizes (setrlimit(2), `RLIMIT_FSIZE`) stands for the full disk: the store's file cannot grow any more.

use std::fs;
use std::path::Path;

use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::json;

use crate::child::{Jackfield, Served};

fn biggest(folder: &Path) -> u64 {
    let sizes = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    sizes.max().unwrap()
}

/// Makes tenants until the host refuses; answers those it acknowledged, and the refusal.
async fn fill(host: &Served, key: &str) -> (Vec<String>, jackfield_tests::host::Answer) {
    let mut kept = Vec::new();
    let urls: Vec<String> =
        (0..100).map(|number| format!("https://app.example.com/{number}/{}", "x".repeat(100))).collect();
    for number in 0..20_000 {
        let wanted = json!({ "name": format!("Tenant {number}"), "return_urls": urls });
        let answer = host.post(key, "/v1/tenants", &wanted).await;
        if answer.status != 201 {
            return (kept, answer);
        }
        kept.push(answer.text("/id").unwrap());
    }
    panic!("the disk was never full");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    let key = fs::read_to_string(folder.path().join("jackfield-data.operator-key")).unwrap().trim().to_owned();
    let full = biggest(&folder.path().join("jackfield-data/records")) + 512 * 1024;
    prlimit(Some(host.id()), Resource::Fsize, Rlimit { current: Some(full), maximum: Some(full) }).unwrap();
    let (kept, refused) = fill(&host, &key).await;
    assert!(!kept.is_empty(), "the control: there was room in the beginning");
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "store-read-only"), "{}", refused.json);
    assert!(refused.json["detail"].as_str().unwrap().contains("full disk"), "{}", refused.json);
    let ready = host.get("", "/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json["store"]), (503, &json!("read-only")));
    assert!(ready.json["problems"][0].as_str().unwrap().contains("make room, then restart"), "{}", ready.json);
    // Every other way to change something; reading goes on.
    for (path, body) in [
        ("/v1/tenants", json!({ "name": "One more" })),
        ("/v1/api-keys", json!({ "name": "One more", "permissions": ["operate"] })),
        ("/v1/backups", json!({})),
    ] {
        assert_eq!(host.post(&key, path, &body).await.code(), "store-read-only", "{path}");
    }
    assert_eq!(host.get(&key, &format!("/v1/tenants/{}", kept[0])).await.status, 200);
    for path in ["/v1/tenants?limit=100", "/v1/audit?limit=100", "/v1/api-keys"] {
        let read = host.get(&key, path).await;
        assert!(read.status == 200 || read.code() == "store-read-only", "{path}: {}", read.json);
    }
    let (code, said) = host.stop().await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("takes no more changes"), "{said}");

    let again = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert_eq!(again.get("", "/readyz").await.json["ready"], true);
    for id in &kept {
        assert_eq!(
            again.get(&key, &format!("/v1/tenants/{id}")).await.status,
            200,
            "{id} was acknowledged and is gone"
        );
    }
    assert_eq!(again.post(&key, "/v1/tenants", &json!({ "name": "One more" })).await.status, 201);
    assert_eq!(again.stop().await.0, 0);
}
