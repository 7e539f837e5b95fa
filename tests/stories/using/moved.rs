//! A connection with tokens moved to another host: it goes on where that host's own client asks the same provider, and nowhere else.

use std::collections::BTreeMap;

use jackfield_tests::doubles::issuer::{Issuer, TOKEN};
use jackfield_tests::host::{Answer, Setting, Tenant, TestHost};
use serde_json::json;

use crate::front::{Fronted, LIFE, NAME};

const PASSPHRASE: &str = "correct horse battery";
const ELSEWHERE: &str = "elsewhere.test";

struct Other {
    host: TestHost,
    tenant: Tenant,
}

impl Other {
    /// Another host that knows the same client id and secret, of this issuer.
    async fn start(from: &Fronted, issuer: &str, hosts: BTreeMap<String, std::net::SocketAddr>) -> Self {
        let host = TestHost::start(Setting::with_doubles(crate::PROGRAM, &from.authority, hosts)).await.unwrap();
        host.install("openid-connect").await.unwrap();
        let tenant = host.tenant("Acme").await.unwrap();
        host.client("openid-connect", "jack", "jack-secret", json!({ "issuer": issuer })).await.unwrap();
        Self { host, tenant }
    }

    async fn receive(&self, file: &str) -> Answer {
        let body = json!({ "file": file, "passphrase": PASSPHRASE });
        send(&self.host, &self.tenant, "/v1/transfers/receive", &body).await
    }
}

/// Asks as the operator in the name of a tenant.
async fn send(host: &TestHost, tenant: &Tenant, path: &str, body: &serde_json::Value) -> Answer {
    let request = http::Request::post("/").header("authorization", format!("Bearer {}", host.operator()));
    let request = request.header("content-type", "application/json").header("jackfield-tenant", &tenant.id);
    host.send(path, request.body(body.to_string().into()).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_tokens_are_refreshed_where_the_new_hosts_client_asks_and_shown_to_no_other_server() {
    let from = Fronted::start().await;
    let id = from.connect("alice").await;
    let sealed = send(&from.host, &from.tenant, "/v1/transfers", &json!({ "passphrase": PASSPHRASE })).await;
    let file = sealed.text("/file").unwrap();

    let issuer = Issuer::start(&from.authority, ELSEWHERE).await.unwrap();
    let hosts =
        BTreeMap::from([(NAME.to_owned(), from.front.address()), (ELSEWHERE.to_owned(), issuer.double().address())]);
    let wrong = Other::start(&from, &format!("https://{ELSEWHERE}"), hosts).await;
    let refused = wrong.receive(&file).await;
    let detail = refused.json["detail"].as_str().unwrap_or_default().to_owned();
    assert!(detail.contains("come from another place") && detail.contains(&id), "{}", refused.json);
    let listed = wrong.host.get(&wrong.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(listed.json["items"], json!([]), "nothing of it was taken in");
    assert!(issuer.double().log().to(TOKEN).is_empty(), "and no secret went to the other server");

    let hosts = BTreeMap::from([(NAME.to_owned(), from.front.address())]);
    let right = Other::start(&from, &from.server.issuer_at(NAME), hosts).await;
    let taken = right.receive(&file).await;
    assert!(taken.status.is_success(), "{}", taken.json);
    let before = from.refreshes().len();
    let path = format!("/v1/connections/{id}/lease");
    let lease = right.host.post(&right.tenant.key, &path, json!({ "min_valid": LIFE })).await.unwrap();
    assert_eq!(from.refreshes().len(), before + 1, "the new host refreshed it: {}", lease.json);
}
