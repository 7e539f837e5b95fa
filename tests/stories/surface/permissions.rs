//! Every route and the permission it needs: refused without a key, with an unknown one and with every other permission.

use std::collections::BTreeSet;

use http::Method;
use jackfield_tests::host::Answer;

use crate::stage::{Stage, raw};

/// Method, path and the one permission.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/v1/connectors", "operate"),
    ("POST", "/v1/connectors", "operate"),
    ("GET", "/v1/connectors/{id}", "operate"),
    ("DELETE", "/v1/connectors/{id}", "operate"),
    ("POST", "/v1/connectors/{id}/approve", "operate"),
    ("GET", "/v1/tenants", "operate"),
    ("POST", "/v1/tenants", "operate"),
    ("GET", "/v1/tenants/{id}", "operate"),
    ("PATCH", "/v1/tenants/{id}", "operate"),
    ("DELETE", "/v1/tenants/{id}", "operate"),
    ("PUT", "/v1/tenants/{id}/brand/{file}", "operate"),
    ("DELETE", "/v1/tenants/{id}/brand/{file}", "operate"),
    ("GET", "/v1/clients", "operate"),
    ("POST", "/v1/clients", "operate"),
    ("GET", "/v1/clients/{id}", "operate"),
    ("PATCH", "/v1/clients/{id}", "operate"),
    ("DELETE", "/v1/clients/{id}", "operate"),
    ("POST", "/v1/clients/{id}/rotate", "operate"),
    ("GET", "/v1/api-keys", "operate"),
    ("POST", "/v1/api-keys", "operate"),
    ("DELETE", "/v1/api-keys/{id}", "operate"),
    ("POST", "/v1/backups", "operate"),
    ("POST", "/v1/backups/verify", "operate"),
    ("GET", "/v1/keyring", "operate"),
    ("POST", "/v1/keyring/reload", "operate"),
    ("POST", "/v1/doctor", "operate"),
    ("GET", "/metrics", "operate"),
    ("POST", "/v1/connect-sessions", "connect"),
    ("GET", "/v1/connect-sessions/{id}", "connect"),
    ("POST", "/v1/connect-sessions/{id}/complete", "connect"),
    ("POST", "/v1/connect-sessions/{id}/choose", "connect"),
    ("POST", "/v1/page-sessions", "connect"),
    ("POST", "/v1/operator-sessions", "operate"),
    ("GET", "/v1/connections", "read"),
    ("POST", "/v1/connections", "connect"),
    ("POST", "/v1/connections/import", "connect"),
    ("GET", "/v1/connections/{id}", "read"),
    ("PATCH", "/v1/connections/{id}", "connect"),
    ("DELETE", "/v1/connections/{id}", "connect"),
    ("POST", "/v1/connections/{id}/verify", "connect"),
    ("POST", "/v1/connections/{id}/refresh", "connect"),
    ("POST", "/v1/connections/{id}/reauthorize", "connect"),
    ("GET", "/v1/connections/{id}/permissions", "read"),
    ("GET", "/v1/connections/{id}/timeline", "read"),
    ("POST", "/v1/connections/{id}/target", "connect"),
    ("GET", "/v1/connections/{id}/uses", "read"),
    ("PUT", "/v1/connections/{id}/uses/{reference}", "connect"),
    ("DELETE", "/v1/connections/{id}/uses/{reference}", "connect"),
    ("POST", "/v1/connections/{id}/lease", "lease"),
    ("POST", "/v1/connections/{id}/unauthorized", "lease"),
    ("GET", "/v1/webhooks", "read"),
    ("POST", "/v1/webhooks", "connect"),
    ("GET", "/v1/webhooks/{id}", "read"),
    ("PATCH", "/v1/webhooks/{id}", "connect"),
    ("DELETE", "/v1/webhooks/{id}", "connect"),
    ("POST", "/v1/webhooks/{id}/test", "connect"),
    ("POST", "/v1/webhooks/{id}/secret", "connect"),
    ("POST", "/v1/webhooks/{id}/replay", "connect"),
    ("GET", "/v1/contacts/{end_user}", "read"),
    ("PUT", "/v1/contacts/{end_user}", "connect"),
    ("DELETE", "/v1/contacts/{end_user}", "connect"),
    ("GET", "/v1/messages", "read"),
    ("GET", "/v1/messages/{id}", "read"),
    ("POST", "/v1/messages/{id}/replay", "connect"),
    ("GET", "/v1/connections/{id}/proxy/me", "proxy"),
    ("POST", "/v1/connections/{id}/proxy", "proxy"),
];

const EVERY: [&str; 5] = ["operate", "connect", "read", "proxy", "lease"];

/// Codes that say no to the caller, whatever it asked for.
const TO_THE_CALLER: [&str; 5] =
    ["key-missing", "key-unknown", "permission-missing", "operators-only", "tenant-missing"];

async fn ask(stage: &Stage, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    // Ids that name nothing: what is let through finds nothing, and changes nothing.
    raw(
        &stage.host,
        Method::from_bytes(method.as_bytes()).unwrap(),
        &path.replace("{id}", "x").replace("{reference}", "x").replace("{end_user}", "x").replace("{file}", "logo"),
        headers,
        b"",
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_needs_its_own_permission() {
    let stage = Stage::set().await;
    for permission in EVERY {
        let others: Vec<&str> = EVERY.into_iter().filter(|other| *other != permission).collect();
        let alone = format!("Bearer {}", stage.key(None, &[permission]).await);
        let without = format!("Bearer {}", stage.key(None, &others).await);
        for (method, path, _) in ROUTES.iter().filter(|(.., needs)| *needs == permission) {
            let told = format!("{method} {path}");
            let for_tenant = ("jackfield-tenant", stage.tenant.id.as_str());
            let refused = ask(&stage, method, path, &[("authorization", &without), for_tenant]).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (403, "permission-missing"), "{told}");
            assert!(refused.text("/detail").unwrap().contains(&format!("`{permission}`")), "{told}");
            let let_in = ask(&stage, method, path, &[("authorization", &alone), for_tenant]).await;
            assert!(!TO_THE_CALLER.contains(&let_in.code()), "{told}: {}", let_in.json);
            assert!(!let_in.status.is_server_error(), "{told}: {}", let_in.json);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_answers_without_a_good_key() {
    let stage = Stage::set().await;
    let unknown = format!("Bearer {}x", stage.tenant.key);
    let basic = format!("Basic {}", stage.tenant.key);
    for (method, path, _) in ROUTES {
        let none = ask(&stage, method, path, &[]).await;
        assert_eq!((none.status.as_u16(), none.code()), (401, "key-missing"), "{method} {path}");
        assert_eq!(none.headers["www-authenticate"], "Bearer", "{method} {path}");
        let wrong = ask(&stage, method, path, &[("authorization", &unknown)]).await;
        assert_eq!((wrong.status.as_u16(), wrong.code()), (401, "key-unknown"), "{method} {path}");
        assert_eq!(wrong.headers["www-authenticate"], "Bearer error=\"invalid_token\"", "{method} {path}");
    }
    let key = stage.tenant.key.as_str();
    for malformed in [basic.as_str(), "Bearer", "Bearer ", key, "", "Bearer\t"] {
        let refused = ask(&stage, "GET", "/v1/connections", &[("authorization", malformed)]).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (401, "key-missing"), "{}", malformed.len());
    }
    let twice = format!("Bearer {key}");
    let refused = ask(&stage, "GET", "/v1/connections", &[("authorization", &twice), ("authorization", &twice)]).await;
    assert_eq!(refused.code(), "key-missing");
    for elsewhere in [format!("/v1/connections?access_token={key}"), format!("/v1/connections?key={key}")] {
        assert_eq!(ask(&stage, "GET", &elsewhere, &[]).await.code(), "key-missing");
    }
    let lower = ask(&stage, "GET", "/v1/connections", &[("authorization", &format!("bearer {key}"))]).await;
    assert_eq!(lower.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_key_and_the_keys_of_a_removed_tenant_open_nothing() {
    let stage = Stage::set().await;
    let operator = stage.host.operator();
    let made =
        stage.host.post(operator, "/v1/api-keys", serde_json::json!({ "name": "k", "permissions": ["operate"] }));
    let made = made.await.unwrap();
    let (id, key) = (made.text("/id").unwrap(), made.text("/key").unwrap());
    assert_eq!(stage.host.get(&key, "/v1/tenants").await.unwrap().status, 200);
    let path = format!("/v1/api-keys/{id}");
    assert_eq!(stage.host.api(operator, Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(stage.host.get(&key, "/v1/tenants").await.unwrap().code(), "key-unknown");
    assert_eq!(stage.host.api(operator, Method::DELETE, &path, None).await.unwrap().code(), "not-found");

    let path = format!("/v1/tenants/{}", stage.tenant.id);
    assert_eq!(stage.host.get(&stage.tenant.key, "/v1/connections").await.unwrap().status, 200, "known by now");
    assert_eq!(stage.host.api(operator, Method::DELETE, &path, None).await.unwrap().status, 204);
    let answer = stage.host.get(&stage.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "key-unknown"), "a removed tenant's key still reads");
    let listed = stage.host.get(operator, "/v1/api-keys").await.unwrap();
    assert!(!String::from_utf8_lossy(&listed.body).contains(&stage.tenant.id), "{}", listed.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_with_care() {
    let stage = Stage::set().await;
    let make = async |body| stage.host.post(stage.host.operator(), "/v1/api-keys", body).await.unwrap();
    let tenant = stage.tenant.id.as_str();
    let operates = make(serde_json::json!({ "name": "k", "tenant": tenant, "permissions": ["operate"] })).await;
    assert_eq!((operates.status.as_u16(), operates.code()), (422, "invalid"));
    for (body, field) in [
        (serde_json::json!({ "name": "k", "permissions": [] }), "permissions"),
        (serde_json::json!({ "name": " ", "permissions": ["read"] }), "name"),
        (
            serde_json::json!({ "name": "k", "tenant": "ten_00000000000000000000000000", "permissions": ["read"] }),
            "tenant",
        ),
    ] {
        let refused = make(body).await;
        assert_eq!((refused.status.as_u16(), refused.text("/errors/0/field").unwrap().as_str()), (422, field));
    }
    let unknown = make(serde_json::json!({ "name": "k", "permissions": ["everything"] })).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (422, "invalid-body"));
}

/// A new route without a line above fails here, and a line that says something else than the description.
#[test]
fn the_table_and_the_description_say_the_same() {
    let description = jackfield_server::app::description();
    let mut described = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(needs) = operation.pointer("/security/0/bearer/0") {
                described.insert((method.to_uppercase(), path.clone(), needs.as_str().unwrap().to_owned()));
            }
        }
    }
    // The audit log is read by operators and by tenants, each their own; transfers need two permissions. Both have
    // stories of their own.
    described.retain(|(_, path, _)| path != "/v1/audit" && !path.starts_with("/v1/transfers"));
    let proxied = |path: &str| path.starts_with("/v1/connections/{id}/proxy");
    let table = ROUTES.iter().filter(|(_, path, _)| !proxied(path));
    let table: BTreeSet<_> =
        table.map(|(method, path, needs)| (method.to_string(), path.to_string(), needs.to_string())).collect();
    assert_eq!(table, described);
}
