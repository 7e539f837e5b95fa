//! Connecting through a real OpenID provider: link, page, consent, callback, completion, and what the connection then is.

use http::Method;
use jackfield_tests::scene::OpenId;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_connects_and_the_application_uses_it() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let connection = scene.connect("u-1", "alice").await.unwrap();
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["account"]["id"], "alice");
    let id = connection["id"].as_str().unwrap();
    let key = &scene.tenant.key;

    let verified = scene.host.post(key, &format!("/v1/connections/{id}/verify"), json!({})).await.unwrap();
    assert_eq!(verified.json["status"], "active", "{}", verified.json);
    let lease = scene.host.post(key, &format!("/v1/connections/{id}/lease"), json!({ "min_valid": 60 })).await.unwrap();
    assert_eq!(lease.status, 200, "{}", lease.json);
    assert_eq!(lease.headers["cache-control"], "no-store");
    let deleted = scene.host.api(key, Method::DELETE, &format!("/v1/connections/{id}"), None).await.unwrap();
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    assert_eq!(scene.host.get(key, &format!("/v1/connections/{id}")).await.unwrap().status, 404);
}
