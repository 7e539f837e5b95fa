//! PKCE does its work: the provider refuses a code whose verifier is another one's or none.

use http::StatusCode;
use jackfield_tests::doubles::{Fault, On};
use url::form_urlencoded;

use crate::stage::{Stage, parameter, with};

/// The form with a value in place of `code_verifier`, or without it.
fn verifier(body: &str, other: Option<&str>) -> String {
    let kept = form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| name != "code_verifier");
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(kept);
    if let Some(other) = other {
        form.append_pair("code_verifier", other);
    }
    form.finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn pkce_6_the_provider_refuses_a_code_with_another_verifier_and_with_none() {
    let stage = Stage::start().await;
    for other in [Some("another-verifier-of-forty-three-characters-"), Some("short"), None] {
        let invited = stage.invite("u-1").await;
        let back = stage.returned(&invited.link, "alice").await;
        stage.provider.faults().once(On::path("/token"), Fault::asked(move |body| *body = verifier(body, other)));
        let refused = stage.complete(&back, "u-1").await;
        assert!(stage.provider.faults().struck());
        assert!(refused.status.is_client_error() || refused.status == StatusCode::BAD_GATEWAY, "{}", refused.json);
        assert!(refused.json["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{}", refused.json);
        assert_eq!((stage.at(&invited.session).await.as_str(), stage.connections().await), ("ended", 0));
    }
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pkce_4_a_code_of_another_request_does_not_fit_this_ones_verifier() {
    let stage = Stage::start().await;
    let (victim, attacker) = (stage.invite("victim").await, stage.invite("attacker").await);
    let (victims, expected) = stage.halted(&victim.link, "alice").await;
    let (attackers, stolen) = stage.halted(&attacker.link, "mallory").await;
    // The attacker's code slipped into the victim's answer: state, browser and issuer are right.
    let injected = with(&expected, "code", Some(&parameter(&stolen, "code").unwrap()));
    let back = stage.bring(&victims, &injected).await.left().unwrap();
    let refused = stage.complete(&back, "victim").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "needs-reauthorization"), "{}", refused.json);
    assert_eq!((stage.at(&victim.session).await.as_str(), stage.connections().await), ("ended", 0));
    // Each redemption carried the verifier of its own request, and the attacker's code is spent or void.
    stage.bring(&attackers, &stolen).await.left().unwrap();
    assert_eq!(stage.redeemed().len(), 1);
    stage.connect("victim", "alice").await;
}
