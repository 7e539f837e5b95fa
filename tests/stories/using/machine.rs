//! Machines: client credentials are asked for again where people's tokens would be refreshed.

use http::StatusCode;
use jackfield_tests::doubles::Fault;
use serde_json::json;

use crate::front::{Fronted, LIFE};

async fn connect(scene: &Fronted) -> String {
    let wanted = json!({ "connector": "openid-connect", "method": "machine" });
    let made = scene.host.post(&scene.tenant.key, "/v1/connections", wanted).await.unwrap();
    assert_eq!(made.json["status"], "active", "{}", made.json);
    made.text("/id").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_asks_for_a_new_token_with_the_same_grant() {
    let scene = Fronted::machine().await;
    let id = connect(&scene).await;
    let first = scene.token(&id, 60).await;
    scene.pass(LIFE - 30);
    let second = scene.token(&id, 60).await;
    assert_ne!(first, second);
    let asked = scene.front.log().to(scene.server.token_path());
    assert_eq!(asked.len(), 2);
    for request in &asked {
        assert_eq!(request.form_value("grant_type").as_deref(), Some("client_credentials"));
        assert_eq!(request.form_value("client_secret"), None, "one way of client authentication");
        assert!(request.header("authorization").unwrap().starts_with("Basic "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_costs_a_machine_nothing() {
    let scene = Fronted::machine().await;
    let id = connect(&scene).await;
    scene.strike(Fault::Lost);
    let lost = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((lost.status.as_u16(), lost.code()), (502, "provider-down"), "{}", lost.json);
    assert_eq!(scene.show(&id).await["status"], "active");
    // Nothing was rotated, so nothing is at risk: it is asked again at once.
    let again = scene.ask(&id, "refresh", json!({})).await;
    assert_eq!((again.status, &again.json["version"]), (StatusCode::OK, &json!(2)), "{}", again.json);
}
