//! The proxy over tokens that end: refreshed before use, sent to the chosen origin, refusals left to the caller.

use bytes::Bytes;
use http::{Method, Request};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::Answer;
use serde_json::json;

use crate::front::{Fronted, LIFE, NAME, Tapped};

async fn through(scene: &Fronted, id: &str, origin: Option<&str>) -> Answer {
    let mut request = Request::get("/").header("authorization", format!("Bearer {}", scene.tenant.key));
    if let Some(origin) = origin {
        request = request.header("jackfield-origin", origin);
    }
    let path = format!("/v1/connections/{id}/proxy/me");
    scene.host.send(&path, request.body(Bytes::new()).unwrap()).await.unwrap()
}

/// The `Authorization` of the last call to `/me`.
fn last(scene: &Fronted, header: &str) -> String {
    scene.front.log().to("/me").pop().unwrap().header(header).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_over_is_refreshed_first() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let old = scene.token(&id, 60).await;
    scene.pass(LIFE);
    let answer = through(&scene, &id, None).await;
    assert_eq!((answer.status.as_u16(), &answer.json["sub"]), (200, &json!("alice")), "{}", answer.json);
    assert_eq!(scene.refreshes().len(), 1);
    let new = scene.token(&id, 60).await;
    assert_ne!(new, old);
    assert_eq!(last(&scene, "authorization"), format!("Bearer {new}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bear_3_the_credential_goes_to_the_chosen_one_of_its_origins() {
    let scene = Fronted::start().await;
    let fields = json!({ "issuer": format!("https://{NAME}"), "api_url": format!("https://{NAME}:8443/me") });
    let path = format!("/v1/clients/{}", scene.client);
    let changed = scene.host.api(scene.host.operator(), Method::PATCH, &path, Some(json!({ "fields": fields }))).await;
    assert_eq!(changed.unwrap().status, 200);
    let actions = ["read-profile", "stay-connected", "call-service"];
    let (_, link) = scene.host.session(&scene.tenant, "openid-connect", &actions, "alice").await.unwrap();
    let id = scene.consent(&link, "alice").await.text("/id").unwrap();
    let token = scene.token(&id, 60).await;
    for (origin, host) in [("issuer", NAME.to_owned()), ("service", format!("{NAME}:8443"))] {
        assert_eq!(through(&scene, &id, Some(origin)).await.status, 200, "{origin:?}");
        assert_eq!(last(&scene, "host"), host, "{origin:?}");
        assert_eq!(last(&scene, "authorization"), format!("Bearer {token}"));
    }
    for (origin, code) in [(None, "origin-unnamed"), (Some("elsewhere"), "origin-unknown")] {
        let refused = through(&scene, &id, origin).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, code), "{}", refused.json);
        assert!(refused.text("/detail").unwrap().contains("issuer, service"), "{}", refused.json);
    }
    // An action for the one says nothing about the other.
    let other = scene.connect("alice").await;
    let refused = through(&scene, &other, Some("service")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "action-missing"), "{}", refused.json);
    assert!(refused.text("/detail").unwrap().contains("`call-service`"), "{}", refused.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_5_tokens_that_arrive_after_their_connection_was_deleted_are_ended_too() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let tapped = Tapped::default();
    let keys = jackfield_tests::doubles::Gate::default();
    // Only a fresh process asks for the issuer's keys: what it then waits for comes after the answer.
    let mut scene = scene;
    scene.host.stop().await.unwrap();
    scene.host.start_again().await.unwrap();
    scene.tap(&tapped);
    scene.front.faults().once(On::path("/jwks"), Fault::Held(keys.clone()));
    let meanwhile = async {
        keys.reached(1).await;
        assert!(scene.delete(&id).await.status.is_success());
        keys.open();
    };
    let (refreshed, ()) = tokio::join!(scene.ask(&id, "refresh", json!({})), meanwhile);
    assert_eq!((refreshed.status.as_u16(), refreshed.code()), (404, "not-found"), "{}", refreshed.json);
    scene.pass(24 * 3600);
    scene.host.keep_house().await.unwrap();
    let ended: Vec<_> =
        scene.front.log().to("/token/revocation").iter().map(|request| request.form_value("token").unwrap()).collect();
    for member in ["refresh_token", "access_token"] {
        assert!(ended.contains(&tapped.text(0, member)), "the new {member} is still good");
    }
}
