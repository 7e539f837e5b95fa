//! Secrets that went in never come out again, but for a lease and for the one answer that makes a key.

use http::Method;
use jackfield_tests::host::{RETURN_URL, TestHost};
use serde_json::{Value, json};

use crate::stage::{SERVICE, Stage, TOKEN, browser, wanted};

const CLIENT_SECRET: &str = "s3cret-of-our-client-abcdef";
const ROTATED: &str = "s3cret-of-our-client-rotated";

/// Everything the host answered, headers included.
#[derive(Default)]
struct Heard(Vec<(String, String)>);

impl Heard {
    async fn ask(&mut self, host: &TestHost, key: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let answer = host.api(key, method.clone(), path, body).await.unwrap();
        let text = format!("{:?}\n{}", answer.headers, String::from_utf8_lossy(&answer.body));
        self.0.push((format!("{method} {path}"), text));
        answer.json
    }

    fn nowhere(&self, secrets: &[&str]) {
        for (asked, text) in &self.0 {
            for secret in secrets {
                assert!(!text.contains(secret), "{asked} answered a secret: {text}");
            }
        }
    }
}

/// Makes a client, changes and rotates its secret, and looks at it in every way there is.
async fn with_a_client(heard: &mut Heard, stage: &Stage) {
    let (host, operator) = (&stage.host, stage.host.operator());
    let fields = json!({ "issuer": "https://login.example.com" });
    let body =
        json!({ "connector": "openid-connect", "client_id": "jack", "client_secret": CLIENT_SECRET, "fields": fields });
    let made = heard.ask(host, operator, Method::POST, "/v1/clients", Some(body.clone())).await;
    assert_eq!(made["has_secret"], true, "{made}");
    let path = format!("/v1/clients/{}", made["id"].as_str().unwrap());
    let rotate = format!("{path}/rotate");
    for (method, path, body) in [
        (Method::GET, "/v1/clients", None),
        (Method::GET, path.as_str(), None),
        (Method::POST, rotate.as_str(), Some(json!({ "client_secret": ROTATED }))),
        (Method::POST, rotate.as_str(), Some(json!({ "client_secret": [ROTATED] }))),
        (Method::PATCH, path.as_str(), Some(json!({ "client_secret": CLIENT_SECRET, "client_id": "" }))),
        (Method::PATCH, path.as_str(), Some(json!({ "client_secret": CLIENT_SECRET }))),
        (Method::DELETE, path.as_str(), None),
        (Method::GET, path.as_str(), None),
    ] {
        heard.ask(host, operator, method, path, body).await;
    }
}

/// Makes a connection and does everything with it but take its credential out.
async fn with_a_connection(heard: &mut Heard, stage: &Stage) -> String {
    let (host, key) = (&stage.host, stage.tenant.key.as_str());
    let made = heard.ask(host, key, Method::POST, "/v1/connections", Some(wanted("u1"))).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let at = |rest: &str| format!("/v1/connections/{id}{rest}");
    let again = json!({ "end_user": "u1", "return_url": RETURN_URL });
    let wrong =
        json!({ "connector": "api-token", "method": "header", "fields": { "base_url": "nowhere", "token": TOKEN } });
    let unproven = json!({ "connector": "api-token", "method": "header",
        "fields": { "base_url": SERVICE, "token": format!("{TOKEN}-not"), "verify_path": "/me" } });
    for (method, path, body) in [
        (Method::GET, "/v1/connections".to_owned(), None),
        (Method::GET, at(""), None),
        (Method::PATCH, at(""), Some(json!({ "name": "Renamed" }))),
        (Method::POST, at("/verify"), None),
        (Method::POST, at("/refresh"), None),
        (Method::POST, at("/reauthorize"), Some(again)),
        (Method::GET, at("/permissions"), None),
        (Method::GET, at("/timeline"), None),
        (Method::POST, at("/unauthorized"), Some(json!({ "version": 1 }))),
        (Method::GET, at("/proxy/me"), None),
        (Method::GET, at("/proxy/admin"), None),
        (Method::POST, "/v1/connections".to_owned(), Some(wrong)),
        (Method::POST, "/v1/connections".to_owned(), Some(unproven)),
    ] {
        heard.ask(host, key, method, &path, body).await;
    }
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_answered_by_a_lease_and_by_nothing_else() {
    let stage = Stage::set().await;
    let host = &stage.host;
    host.install("openid-connect").await.unwrap();
    let mut heard = Heard::default();
    with_a_client(&mut heard, &stage).await;
    let id = with_a_connection(&mut heard, &stage).await;
    for path in ["/v1/api-keys", "/v1/tenants", "/v1/connectors", "/v1/connectors/api-token", "/healthz", "/readyz"] {
        heard.ask(host, host.operator(), Method::GET, path, None).await;
    }
    // The key that reads may not lease; refused, it learns nothing.
    let reads = stage.key(Some(&stage.tenant.id), &["read", "connect", "proxy"]).await;
    let path = format!("/v1/connections/{id}/lease");
    let refused = heard.ask(host, &reads, Method::POST, &path, Some(json!({}))).await;
    assert_eq!(refused["code"], "permission-missing");
    heard.nowhere(&[TOKEN, CLIENT_SECRET, ROTATED, host.operator(), &stage.tenant.key, &reads]);

    let leased = host.post(&stage.tenant.key, &path, json!({ "min_valid": 60 })).await.unwrap();
    assert!(String::from_utf8_lossy(&leased.body).contains(TOKEN), "the control: a lease holds the token");
    assert_eq!(leased.headers["cache-control"], "no-store");
    let deleted = heard.ask(host, &stage.tenant.key, Method::DELETE, &format!("/v1/connections/{id}"), None).await;
    assert!(deleted["revocation"]["outcome"].is_string(), "{deleted}");
    heard.nowhere(&[TOKEN]);
    assert_eq!(host.post(&stage.tenant.key, &path, json!({})).await.unwrap().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_to_mend_a_connection_does_not_know_its_secret() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let again = json!({ "end_user": "u1", "return_url": RETURN_URL });
    let made = stage.host.post(&stage.tenant.key, &format!("/v1/connections/{id}/reauthorize"), again).await.unwrap();
    let page = browser().open(&made.text("/url").unwrap()).await.unwrap().page().unwrap();
    assert!(page.text().unwrap().contains("Reconnect API token"), "{}", page.body);
    assert!(page.body.contains(SERVICE), "what is public is filled in: {}", page.body);
    assert!(!page.body.contains(TOKEN), "{}", page.body);
}
