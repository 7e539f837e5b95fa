//! The wall between tenants: another tenant's ids name nothing, and a key speaks for its own tenant alone.

use http::Method;
use jackfield_tests::host::RETURN_URL;
use serde_json::{Value, json};

use crate::stage::{Stage, as_operator_for, json_headers, raw, wanted};

/// Every route that takes a connection's id, with a body that would do.
fn on(connection: &str) -> Vec<(Method, String, Value)> {
    let at = |rest: &str| format!("/v1/connections/{connection}{rest}");
    let again = json!({ "end_user": "u1", "return_url": RETURN_URL });
    vec![
        (Method::GET, at(""), Value::Null),
        (Method::PATCH, at(""), json!({ "name": "Mine now" })),
        (Method::DELETE, at(""), Value::Null),
        (Method::POST, at("/verify"), Value::Null),
        (Method::POST, at("/refresh"), Value::Null),
        (Method::POST, at("/reauthorize"), again),
        (Method::GET, at("/permissions"), Value::Null),
        (Method::GET, at("/timeline"), Value::Null),
        (Method::POST, at("/lease"), json!({ "min_valid": 60 })),
        (Method::POST, at("/unauthorized"), json!({ "version": 1 })),
        (Method::GET, at("/proxy/me"), Value::Null),
        (Method::POST, at("/proxy/notes"), json!({ "text": "hello" })),
    ]
}

fn body(value: Value) -> Option<Value> {
    (!value.is_null()).then_some(value)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_connection_is_no_connection() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    let before = stage.host.get(&stage.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json;
    let asked = stage.api.double().log().all().len();
    // An id that nobody has: the two must not be told apart.
    let nobody = format!("{}0", &id[..id.len() - 1]);
    for ((method, path, given), (_, nowhere, _)) in on(&id).into_iter().zip(on(&nobody)) {
        let foreign = stage.host.api(&other.key, method.clone(), &path, body(given.clone())).await.unwrap();
        assert_eq!((foreign.status.as_u16(), foreign.code()), (404, "not-found"), "{method} {path}");
        let missing = stage.host.api(&other.key, method.clone(), &nowhere, body(given)).await.unwrap();
        assert_eq!(foreign.text("/detail").unwrap(), missing.text("/detail").unwrap(), "{method} {path}");
    }
    assert_eq!(stage.api.double().log().all().len(), asked, "the service was asked in another tenant's name");
    let after = stage.host.get(&stage.tenant.key, &format!("/v1/connections/{id}")).await.unwrap().json;
    assert_eq!(before, after);
    let list = stage.host.get(&other.key, "/v1/connections?limit=200").await.unwrap();
    assert_eq!(list.json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_session_is_no_session() {
    let stage = Stage::set().await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    let connection = stage.connect(&stage.tenant, "u1").await;
    let (id, _) = stage.host.session(&stage.tenant, "api-token", &["read"], "u1").await.unwrap();
    let shown = stage.host.get(&other.key, &format!("/v1/connect-sessions/{id}")).await.unwrap();
    assert_eq!((shown.status.as_u16(), shown.code()), (404, "not-found"));
    let complete = format!("/v1/connect-sessions/{id}/complete");
    let done = stage.host.post(&other.key, &complete, json!({ "ticket": "t", "end_user": "u1" })).await.unwrap();
    assert_eq!((done.status.as_u16(), done.code()), (404, "not-found"));
    let wanted =
        json!({ "connector": "api-token", "end_user": "u1", "connection": connection, "return_url": RETURN_URL });
    let mended = stage.host.post(&other.key, "/v1/connect-sessions", wanted).await.unwrap();
    assert_eq!((mended.status.as_u16(), mended.code()), (404, "not-found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_key_speaks_for_no_other_tenant() {
    let stage = Stage::set().await;
    let other = stage.host.tenant("Borealis").await.unwrap();
    let bearer = format!("Bearer {}", stage.tenant.key);
    let list = async |tenant: &str| {
        let headers = [("authorization", bearer.as_str()), ("jackfield-tenant", tenant)];
        raw(&stage.host, Method::GET, "/v1/connections", &headers, b"").await
    };
    for tenant in [other.id.as_str(), "ten_00000000000000000000000000", "ten_x", "", "*"] {
        let refused = list(tenant).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (404, "not-found"), "{tenant}");
    }
    assert_eq!(list(&stage.tenant.id).await.status, 200);
    let twice =
        [("authorization", bearer.as_str()), ("jackfield-tenant", &stage.tenant.id), ("jackfield-tenant", &other.id)];
    let made = raw(&stage.host, Method::GET, "/v1/connections", &twice, b"").await;
    assert!(made.status == 404 || made.json["items"] == json!([]), "{}", made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_names_the_tenant_it_speaks_for() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let path = format!("/v1/connections/{id}");
    let unnamed = stage.host.get(stage.host.operator(), &path).await.unwrap();
    assert_eq!((unnamed.status.as_u16(), unnamed.code()), (400, "tenant-missing"));
    assert!(unnamed.text("/detail").unwrap().contains("jackfield-tenant"));
    let named = as_operator_for(&stage.host, &stage.tenant.id, Method::GET, &path).await;
    assert_eq!((named.status.as_u16(), named.text("/id").unwrap()), (200, id));
    for nobody in ["ten_00000000000000000000000000", "ten_x", stage.tenant.id.to_lowercase().as_str()] {
        let refused = as_operator_for(&stage.host, nobody, Method::GET, &path).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (404, "not-found"), "{nobody}");
    }
    let bearer = format!("Bearer {}", stage.host.operator());
    let mut headers = json_headers(&bearer).to_vec();
    headers.push(("jackfield-tenant", &stage.tenant.id));
    let body = wanted("u2").to_string();
    let made = raw(&stage.host, Method::POST, "/v1/connections", &headers, body.as_bytes()).await;
    assert_eq!((made.status.as_u16(), made.text("/tenant").unwrap()), (201, stage.tenant.id.clone()));
}
