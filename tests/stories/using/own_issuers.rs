//! One client at a provider that has an issuer for each customer: whoever connects first decides nothing for the others.

use std::collections::BTreeMap;

use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::issuer::Issuer;
use jackfield_tests::host::{Setting, TestHost};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn md_5_an_issuer_that_a_connection_names_is_pinned_by_that_connection() {
    let authority = Authority::new().unwrap();
    let mut issuers = Vec::new();
    for name in ["one.issuers.test", "two.issuers.test"] {
        issuers.push(Issuer::start(&authority, name).await.unwrap());
    }
    let addresses = issuers.iter().map(|issuer| (issuer.double().names()[0].clone(), issuer.double().address()));
    let hosts: BTreeMap<_, _> = addresses.collect();
    let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &authority, hosts)).await.unwrap();
    host.install("own_issuers").await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let (client, _) = host.client("own-issuers", "jack", "jack-secret", json!({})).await.unwrap();
    for org in ["one", "two"] {
        let wanted = json!({ "connector": "own-issuers", "method": "machine", "fields": { "org": org } });
        let made = host.post(&tenant.key, "/v1/connections", wanted).await.unwrap();
        assert_eq!(made.json["status"], "active", "{org}: {}", made.json);
    }
    let asked: Vec<usize> = issuers.iter().map(|issuer| issuer.asked().len()).collect();
    assert_eq!(asked, [1, 1], "each at its own issuer");
    let shown = host.get(host.operator(), &format!("/v1/clients/{client}")).await.unwrap();
    assert_eq!(shown.json["announced"], json!({}), "{}", shown.json);
}
