//! What is used is not removed: tenant, connector and client first lose what was made with them.

use http::Method;
use jackfield_tests::host::Answer;
use jackfield_tests::scene::OpenId;
use serde_json::json;

use crate::bodies::assert_problem;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn tenant_connector_and_client_stay_while_a_connection_needs_them() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let host = &scene.host;
    let connection = scene.connect("u1", "alice").await.unwrap();
    let remove = async |path: &str| host.api(host.operator(), Method::DELETE, path, None).await.unwrap();
    let client = format!("/v1/clients/{}", scene.client.0);
    let tenant = format!("/v1/tenants/{}", scene.tenant.id);
    for path in [client.as_str(), tenant.as_str(), "/v1/connectors/openid-connect"] {
        assert_problem(&remove(path).await, 409, "in-use");
    }
    // Where a client's secret goes is fixed by what was made with it; the secret itself may be replaced.
    let elsewhere = json!({ "fields": { "issuer": "https://evil.example.com" } });
    let moved = host.api(host.operator(), Method::PATCH, &client, Some(elsewhere)).await.unwrap();
    assert_problem(&moved, 409, "in-use");
    let id = connection["id"].as_str().unwrap();
    let shown = host.get(&scene.tenant.key, &format!("/v1/connections/{id}")).await.unwrap();
    assert_eq!(shown.json["status"], "active");

    let deleted: Answer =
        host.api(&scene.tenant.key, Method::DELETE, &format!("/v1/connections/{id}"), None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    // A client outlives no connector: another component of that name must not inherit its secret.
    assert_problem(&remove("/v1/connectors/openid-connect").await, 409, "in-use");
    for path in [client.as_str(), tenant.as_str(), "/v1/connectors/openid-connect"] {
        assert_eq!(remove(path).await.status, 204, "{path}");
        assert_problem(&remove(path).await, 404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_component_of_the_same_name_does_not_slip_in() {
    let stage = Stage::set().await;
    let host = &stage.host;
    let same = host.upload(jackfield_tests::components::component("api-token").unwrap()).await.unwrap();
    assert!(same.status.is_success(), "the same bytes again are no change: {}", same.json);
    assert_eq!(same.json["approved"], true);
    let mut changed = jackfield_tests::components::component("api-token").unwrap();
    // An empty custom section: the same connector, other bytes.
    changed.extend([0, 2, 1, b'x']);
    let refused = host.upload(changed).await.unwrap();
    assert_problem(&refused, 409, "other-installed");
    let shown = host.get(host.operator(), "/v1/connectors/api-token").await.unwrap();
    assert_eq!(shown.json["digest"], same.json["digest"]);
}
