//! Deleting: gone here at once, ended at the provider, and a queue for a provider that is down.

use http::StatusCode;
use http::header::RETRY_AFTER;
use jackfield_tests::doubles::{Fault, On};
use serde_json::json;

use crate::front::{Fronted, Tapped};
use crate::token_service::TokenService;

const REVOCATION: &str = "/token/revocation";
/// A year, in seconds.
const YEAR: i64 = 365 * 24 * 3600;

async fn tick(scene: &Fronted) {
    scene.host.keep_house().await.unwrap();
}

/// The hints of the revocations the provider was asked for.
fn hints(scene: &Fronted) -> Vec<String> {
    let log = scene.front.log().to(REVOCATION);
    log.iter().map(|request| request.form_value("token_type_hint").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ref_8_rev_1_the_refresh_token_ends_first_with_hint_and_authentication() {
    let scene = Fronted::start().await;
    let tapped = Tapped::default();
    scene.tap(&tapped);
    let id = scene.connect("alice").await;
    let token = scene.token(&id, 60).await;
    let deleted = scene.delete(&id).await;
    assert_eq!(deleted.json["revocation"]["outcome"], "revoked", "{}", deleted.json);
    let log = scene.front.log().to(REVOCATION);
    assert_eq!(hints(&scene), ["refresh_token", "access_token"]);
    assert_eq!(log[0].form_value("token"), Some(tapped.text(0, "refresh_token")));
    assert_eq!(log[1].form_value("token"), Some(token));
    for request in &log {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("authorization"), Some("Basic amFjazpqYWNrLXNlY3JldA=="));
        assert!(request.query.is_empty());
    }
    assert_eq!(scene.lease(&id, 60).await.status, 404);
    assert_eq!(scene.delete(&id).await.status, 404);
    tick(&scene).await;
    scene.pass(24 * 3600);
    tick(&scene).await;
    assert_eq!(hints(&scene).len(), 2, "nothing is left to try");
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_2_an_answer_for_a_token_nobody_knows_is_done() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene
        .front
        .faults()
        .once(On::path(REVOCATION), Fault::Json(StatusCode::BAD_REQUEST, json!({ "error": "invalid_token" })));
    assert_eq!(scene.delete(&id).await.json["revocation"]["outcome"], "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_3_an_unavailable_provider_is_asked_again_and_not_too_early() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let faults = scene.front.faults();
    faults.once(On::path(REVOCATION), Fault::TooMany(3600));
    let deleted = scene.delete(&id).await;
    assert_eq!(deleted.json["revocation"]["outcome"], "queued", "{}", deleted.json);
    assert_eq!(scene.show(&id).await["code"], "not-found");
    scene.pass(3599);
    tick(&scene).await;
    assert_eq!(hints(&scene).len(), 1, "the provider said when");
    scene.pass(2);
    faults.once(On::path(REVOCATION), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    tick(&scene).await;
    assert_eq!(hints(&scene).len(), 2);
    tick(&scene).await;
    assert_eq!(hints(&scene).len(), 2, "a failed try waits");
    scene.pass(6 * 3600);
    tick(&scene).await;
    assert_eq!(hints(&scene)[2..], ["refresh_token", "access_token"]);
    scene.pass(24 * 3600);
    tick(&scene).await;
    assert_eq!(hints(&scene).len(), 4, "done is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_4_what_the_provider_cannot_revoke_is_said() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let unsupported = Fault::Json(StatusCode::BAD_REQUEST, json!({ "error": "unsupported_token_type" }));
    scene.front.faults().always(On::path(REVOCATION), unsupported);
    let deleted = scene.delete(&id).await;
    assert_eq!(deleted.json["revocation"]["outcome"], "unsupported", "{}", deleted.json);
    scene.pass(24 * 3600);
    let asked = hints(&scene).len();
    tick(&scene).await;
    assert_eq!(hints(&scene).len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_5_with_the_provider_down_the_credential_is_gone_here_and_the_queue_is_sealed() {
    let mut scene = Fronted::start().await;
    let tapped = Tapped::default();
    scene.tap(&tapped);
    let id = scene.connect("alice").await;
    scene.front.faults().once(On::path(REVOCATION), Fault::Dropped);
    assert_eq!(scene.delete(&id).await.json["revocation"]["outcome"], "queued");
    for verb in ["lease", "refresh", "verify"] {
        assert_eq!(scene.ask(&id, verb, json!({})).await.code(), "not-found", "{verb}");
    }
    scene.host.stop().await.unwrap();
    let secrets = [tapped.text(0, "refresh_token"), tapped.text(0, "access_token")];
    assert!(!anywhere_below(scene.host.folder(), &secrets), "a token lies on the disk in the clear");
    // The queue survives a restart, and what is due is tried by the next round.
    scene.pass(60);
    scene.host.start_again().await.unwrap();
    tick(&scene).await;
    assert_eq!(hints(&scene)[1..], ["refresh_token", "access_token"]);
    assert_eq!(scene.front.log().to(REVOCATION)[1].form_value("token").as_ref(), Some(&secrets[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_a_clock_ahead_put_off_is_tried_when_it_is_set_back() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.pass(YEAR);
    scene.front.faults().once(On::path(REVOCATION), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(scene.delete(&id).await.json["revocation"]["outcome"], "queued");
    scene.host.keep_house().await.unwrap();
    assert_eq!(hints(&scene).len(), 1, "it waits by the clock there is");
    scene.pass(-YEAR);
    tick(&scene).await;
    assert_eq!(hints(&scene)[1..], ["refresh_token", "access_token"], "nobody waits for next year");
}

fn anywhere_below(folder: &std::path::Path, secrets: &[String]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return anywhere_below(&path, secrets);
        }
        let bytes = std::fs::read(&path).unwrap();
        secrets.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_provider_is_said() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    let refused = Fault::Header(RETRY_AFTER, "1".parse().unwrap());
    scene.front.faults().once(On::path(REVOCATION), refused);
    scene
        .front
        .faults()
        .once(On::path(REVOCATION), Fault::Json(StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" })));
    let deleted = scene.delete(&id).await;
    assert_eq!(deleted.json["revocation"]["outcome"], "failed", "{}", deleted.json);
    assert_eq!(scene.show(&id).await["code"], "not-found", "it is gone here all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_knows_no_revocation_is_said() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let deleted = scene.delete(&id).await;
    assert_eq!(deleted.json["revocation"]["outcome"], "unsupported", "{}", deleted.json);
    assert_eq!(scene.show(&id).await["code"], "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_and_its_connector_stay_until_the_last_revocation() {
    let scene = Fronted::start().await;
    let id = scene.connect("alice").await;
    scene.front.faults().once(On::path(REVOCATION), Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(scene.delete(&id).await.json["revocation"]["outcome"], "queued");
    let client = format!("/v1/clients/{}", scene.client);
    let remove = |path| scene.host.api(scene.host.operator(), http::Method::DELETE, path, None);
    for path in [client.as_str(), "/v1/connectors/openid-connect"] {
        let refused = remove(path).await.unwrap();
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "in-use"), "{}", refused.json);
    }
    scene.pass(60);
    tick(&scene).await;
    assert_eq!(hints(&scene)[1..], ["refresh_token", "access_token"]);
    for path in [client.as_str(), "/v1/connectors/openid-connect"] {
        assert!(remove(path).await.unwrap().status.is_success(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_goes_only_after_its_connections() {
    let scene = TokenService::start().await;
    let id = scene.connect("header", json!({})).await;
    let remove = || scene.host.api(scene.host.operator(), http::Method::DELETE, "/v1/connectors/api-token", None);
    let refused = remove().await.unwrap();
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "in-use"), "{}", refused.json);
    scene.delete(&id).await;
    assert!(remove().await.unwrap().status.is_success());
    assert_eq!(scene.create("header", json!({})).await.code(), "unknown-connector");
}
