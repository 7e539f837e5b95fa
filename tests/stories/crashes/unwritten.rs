//! What cannot be written into the audit log is not done: no credential is handed out, moved or ended, and no provider hears of it.
//!
//! The audit log has no place of its own that could fail alone: its line is part of the commit that it speaks of, or the commit itself.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use jackfield_tests::host::Answer;
use jackfield_tests::process::Process;
use jackfield_tests::wire::Wire;
use serde_json::{Value, json};
use url::Url;

use crate::yard::{SERVICE, Yard};

const TOKEN: &str = "token-of-the-unwritten-0123456789";

/// Verbs that reveal, move or end, and those that change who may: each begins with its line.
fn verbs(typed: &str, consented: &str, tenant: &str) -> Vec<(bool, Method, String, Value)> {
    let at = |id: &str, rest: &str| format!("/v1/connections/{id}{rest}");
    let sealed = json!({ "passphrase": "correct horse battery" });
    let key = json!({ "name": "one more", "tenant": tenant, "permissions": ["lease"] });
    vec![
        (false, Method::POST, at(typed, "/lease"), json!({})),
        (false, Method::POST, at(consented, "/lease"), json!({})),
        (true, Method::POST, "/v1/transfers".to_owned(), sealed),
        (false, Method::DELETE, at(typed, ""), Value::Null),
        (false, Method::DELETE, at(consented, ""), Value::Null),
        (true, Method::POST, "/v1/backups".to_owned(), Value::Null),
        (true, Method::POST, "/v1/api-keys".to_owned(), key),
        (true, Method::POST, "/v1/operator-sessions".to_owned(), json!({ "person": "grace" })),
    ]
}

#[allow(clippy::too_many_lines, reason = "one story: before, without a disk, and after")]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_down_is_not_done() {
    let yard = Yard::lay().await;
    let process = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    yard.api.accept(TOKEN, "alice");
    let fields = json!({ "base_url": format!("https://{SERVICE}"), "token": TOKEN, "verify_path": "/me",
        "account_pointer": "/id" });
    let wanted = json!({ "connector": "api-token", "method": "header", "end_user": "u-1", "fields": fields });
    let ask = async |method: Method, path: &str, body: &Value, operator: bool| {
        let key = if operator { yard.host.operator() } else { &yard.tenant.key };
        let mut request = Request::builder().method(method).header(AUTHORIZATION, format!("Bearer {key}"));
        if path == "/v1/transfers" {
            request = request.header("jackfield-tenant", &yard.tenant.id);
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header(CONTENT_TYPE, "application/json").body(Bytes::from(text)).unwrap();
        let url = Url::parse(&format!("{}{path}", process.url)).unwrap();
        Answer::of(Wire::loopback().send(&url, request).await.unwrap())
    };
    let typed = ask(Method::POST, "/v1/connections", &wanted, false).await.text("/id").unwrap();
    let consented = yard.connect(&process.url, "strict", "u-2").await.unwrap().text("/id").unwrap();
    // The control: each lease is given, and its line is there.
    for id in [&typed, &consented] {
        let lease = ask(Method::POST, &format!("/v1/connections/{id}/lease"), &json!({}), false).await;
        assert_eq!(lease.status, 200, "{}", lease.json);
    }
    let lines = ask(Method::GET, "/v1/audit?kind=connection.leased", &Value::Null, false).await;
    assert_eq!(lines.json["items"].as_array().unwrap().len(), 2, "{}", lines.json);
    let heard = || yard.issuer.issuer().log().all().len() + yard.issuer.tokens().log().all().len();
    let (before, asked) = (heard(), yard.api.double().log().all().len());

    process.fill_disk().unwrap();
    for (operator, method, path, body) in verbs(&typed, &consented, &yard.tenant.id) {
        let refused = ask(method.clone(), &path, &body, operator).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (503, "store-read-only"),
            "{method} {path}: {}",
            refused.json
        );
        let whole = String::from_utf8_lossy(&refused.body);
        assert!(!whole.contains(TOKEN) && refused.json["credential"].is_null(), "{method} {path} gave it away");
    }
    assert_eq!(
        (heard(), yard.api.double().log().all().len()),
        (before, asked),
        "a provider heard of what was not done"
    );
    // What is there can still be read, but where the change that failed left sled's pages in the middle of their work.
    let shown = ask(Method::GET, &format!("/v1/connections/{typed}"), &Value::Null, false).await;
    assert_eq!(shown.status, 200, "{}", shown.json);
    for path in ["/v1/connections", "/v1/audit?kind=connection.leased"] {
        let read = ask(Method::GET, path, &Value::Null, false).await;
        assert!(read.status == 200 || read.code() == "store-read-only", "{path}: {}", read.json);
    }
    process.kill().await.unwrap();

    let again = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    for id in [&typed, &consented] {
        let path = format!("/v1/connections/{id}/lease");
        let lease = again.api(&yard.tenant.key, Method::POST, &path, Some(&json!({}))).await.unwrap();
        assert_eq!(lease.status, 200, "{}", lease.json);
    }
    again.kill().await.unwrap();
}
