//! A change of which there is too much to say keeps nobody else's from being said.

use bytes::Bytes;
use http::Request;
use jackfield_model::secret::Secret;
use jackfield_parsers::{IDENTITY, RECIPIENT};
use jackfield_store::transfer::{Lock, TransferKey, open};
use jackfield_tests::host::{Answer, Tenant};
use serde_json::{Value, json};

use crate::stage::{HOOKS, Stage};

/// Asks as the operator in the name of a tenant.
async fn ask(stage: &Stage, tenant: &Tenant, path: &str, body: &Value) -> Answer {
    let request = Request::post("/").header("authorization", format!("Bearer {}", stage.host.operator()));
    let request = request.header("content-type", "application/json").header("jackfield-tenant", &tenant.id);
    stage.host.send(path, request.body(Bytes::from(body.to_string())).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_with_too_much_to_say_keeps_no_other_tenant_waiting() {
    let stage = Stage::set().await;
    let id = stage.connect("ada").await;
    stage.break_down(&id, "ada").await;
    let sealed = ask(&stage, &stage.tenant, "/v1/transfers", &json!({ "recipient": RECIPIENT })).await;
    let identity = TransferKey::Identity(Secret::new(IDENTITY.to_owned()));
    let plain = open(sealed.text("/file").unwrap().as_bytes(), identity).unwrap();
    let mut file: Value = serde_json::from_slice(&plain).unwrap();
    let connection = &mut file["connections"][0]["connection"];
    connection["id"] = json!("conn_01K742SGZ80000000000000001");
    // It fits where it is kept, and in a message, where every one of them is written twice as long, it does not.
    connection["failure"]["code"] = json!("\"".repeat(9_000));
    let lock = Lock::new(TransferKey::Recipient(RECIPIENT.to_owned())).unwrap();
    let body = json!({ "file": lock.close(file.to_string().as_bytes()).unwrap(), "identity": IDENTITY });

    let other = stage.host.tenant("Other").await.unwrap();
    let foreign = json!({ "url": format!("https://{HOOKS}/foreign") });
    stage.host.post(&other.key, "/v1/webhooks", foreign).await.unwrap();
    let hook = stage.hook("/all", &[]).await;
    let taken = ask(&stage, &other, "/v1/transfers/receive", &body).await;
    assert_eq!(taken.status, 200, "{}", taken.json);
    let renamed = stage.patch(&format!("/v1/connections/{id}"), json!({ "name": "Books" })).await;
    assert_eq!(renamed.status, 200, "{}", renamed.json);
    stage.round().await;
    assert!(stage.types(&hook).contains(&"connection.renamed".to_owned()), "{:?}", stage.types(&hook));
    assert!(stage.hooks.log().to("/foreign").is_empty(), "what is too long was not sent");
}
