//! Redirects of every status to every kind of place: what leaves the origin goes back to the guest as it came, and neither the credential
//! nor a header of the guest's own is sent after it.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use serde_json::json;

use super::core::Core;
use crate::scene::{Scene, TOKEN};

const STATUSES: [u16; 6] = [300, 301, 302, 303, 307, 308];
const ME: &str = "https://provider.test/me";
/// A header that no list of forbidden ones knows.
const OWN: (&str, &str) = ("x-api-key", "the-guests-own-header");

/// Everything that is not the same origin, the declared one among it.
fn places(scene: &Scene) -> Vec<String> {
    vec![
        "https://other.test/me".to_owned(),
        "https://provider.test:8443/me".to_owned(),
        "https://api.provider.test/me".to_owned(),
        "https://provider.test.other.test/me".to_owned(),
        "http://provider.test/me".to_owned(),
        "https://undeclared.test/me".to_owned(),
        format!("https://{}/me", scene.canary.address),
        format!("https://other.test/me?token={TOKEN}"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_redirect_takes_a_credential_or_a_header_to_another_origin() {
    let scene = Scene::start().await;
    let asked = json!({ "method": "GET", "url": ME, "headers": [[OWN.0, OWN.1]] });
    let name = scene.host.install_bytes(Core::named("redirected").asks(asked).bytes()).await.unwrap();
    let made = scene.made(json!({ "connector": name, "method": "token", "fields": { "token": TOKEN } })).await;
    let id = made["id"].as_str().unwrap();
    let provider = scene.provider.double();
    for status in STATUSES.map(|status| StatusCode::from_u16(status).unwrap()) {
        for place in places(&scene) {
            let before = provider.log().all().len();
            provider.faults().once(On::path("/me"), Fault::Redirect(status, place.parse().unwrap()));
            let verified = scene.verify(id).await;
            assert!(!verified["verification"]["failure"].is_null(), "{status} {place}: {verified}");
            assert!(provider.faults().struck(), "{status} {place}");
            assert_eq!(provider.log().all().len(), before + 1, "{status} {place}");
            let elsewhere = scene.other.double().log().all();
            assert!(elsewhere.is_empty(), "{status} {place}: {elsewhere:?}");
            scene.canary.is_untouched();
        }
    }
    // The control: within the origin it is followed, with everything.
    for status in [StatusCode::FOUND, StatusCode::PERMANENT_REDIRECT] {
        let before = provider.log().all().len();
        provider.faults().once(On::path("/me"), Fault::Redirect(status, ME.parse().unwrap()));
        scene.verify(id).await;
        let followed = provider.log().all().split_off(before);
        assert_eq!(followed.len(), 2, "{followed:?}");
        for request in followed {
            assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
            assert_eq!(request.header(OWN.0), Some(OWN.1));
        }
    }
    scene.canary.is_reachable().await;
    scene.neighbour_works().await;
}
