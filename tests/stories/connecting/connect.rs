//! Connecting through every real authorization server: link, page, consent, callback, completion, and what the connection then is.

use http::Method;
use jackfield_tests::scene::{self, OpenId};
use jackfield_tests::{at_every_server, peer::Server};
use serde_json::json;

at_every_server!(
    a_person_connects_and_the_application_uses_it,
    another_account_is_no_reauthorization,
    a_person_who_says_no_makes_nothing,
);

async fn a_person_connects_and_the_application_uses_it(server: Server) {
    let scene = OpenId::at(server, crate::PROGRAM, 3600).await.unwrap();
    let connection = scene.connect("u-1", "alice").await.unwrap();
    assert_eq!(connection["status"], "active", "{connection}");
    assert_eq!(connection["account"]["id"], "alice");
    assert_eq!(connection["account"]["label"], "alice of the peer");
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

async fn another_account_is_no_reauthorization(server: Server) {
    let scene = OpenId::at(server, crate::PROGRAM, 3600).await.unwrap();
    let connection = scene.connect("u-1", "alice").await.unwrap();
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    let again = async |login: &str| {
        let wanted = json!({ "end_user": "u-1", "return_url": jackfield_tests::host::RETURN_URL });
        let made = scene.host.post(&scene.tenant.key, &format!("{path}/reauthorize"), wanted).await.unwrap();
        let link = made.text("/url").unwrap();
        let returned = scene::consent(&mut scene::browser(), &link, login).await.unwrap();
        scene.host.complete(&scene.tenant, &returned, "u-1").await.unwrap()
    };
    let refused = again("bob").await;
    assert!(refused.status.is_client_error(), "{}", refused.json);
    let kept = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    assert_eq!(
        (&kept["status"], &kept["account"]["id"], &kept["version"]),
        (&json!("active"), &json!("alice"), &json!(1))
    );
    let same = again("alice").await;
    assert_eq!((&same.json["id"], &same.json["version"]), (&connection["id"], &json!(2)), "{}", same.json);
}

async fn a_person_who_says_no_makes_nothing(server: Server) {
    let scene = OpenId::at(server, crate::PROGRAM, 3600).await.unwrap();
    let returned = scene::deny(&mut scene::browser(), &scene.link("u-1").await.unwrap(), "alice").await.unwrap();
    assert_eq!(scene::returned(&returned).get("error").map(String::as_str), Some("access_denied"));
    let all = scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(all.json["items"], json!([]));
}
