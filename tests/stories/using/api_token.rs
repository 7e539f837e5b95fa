//! API tokens: given directly, verified, used through the proxy.

use std::collections::BTreeMap;

use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::api::{Api, Placement};
use jackfield_tests::host::{Setting, TestHost};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_a_header_is_verified_and_used() {
    let authority = Authority::new().unwrap();
    let api = Api::start(&authority, "api.example.com", Placement::Header("authorization".into(), "Bearer ".into())).await.unwrap();
    api.accept("s3cret-token-of-alice", "alice");
    let hosts = BTreeMap::from([("api.example.com".to_owned(), api.double().address())]);
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    host.install("api-token").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let fields = json!({ "base_url": "https://api.example.com", "token": "s3cret-token-of-alice", "verify_path": "/me" });
    let wanted = json!({ "connector": "api-token", "method": "header", "fields": fields });
    let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);
    let path = format!("/v1/connections/{}/proxy/me", made.text("/id").unwrap());
    let answer = host.get(&tenant.key, &path).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json);
}
