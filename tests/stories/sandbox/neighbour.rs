//! A guest that behaves: what the others are compared with.

use std::collections::BTreeMap;

use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Setting, TestHost};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_well_behaved_guest_verifies() {
    let authority = Authority::new().unwrap();
    let api = Api::start(&authority, "provider.test", Placement::Header("authorization".into(), "Bearer ".into()))
        .await
        .unwrap();
    api.accept("s3cret-token-of-alice", "alice");
    let hosts = BTreeMap::from([("provider.test".to_owned(), api.double().address())]);
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    let name = host.install("well_behaved").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let wanted = json!({ "connector": name, "method": "token", "fields": { "token": "s3cret-token-of-alice" } });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);
}
