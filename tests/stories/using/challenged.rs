//! PKCE as authorization servers see it: a fresh S256 challenge every time, and never anything less, whatever became of the last one.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use jackfield_tests::browser::{Browser, Landing};
use jackfield_tests::doubles::{Fault, On};
use jackfield_tests::host::RETURN_URL;
use jackfield_tests::{at_every_server, peer::Server};
use serde_json::json;
use url::Url;

use crate::front::Fronted;

at_every_server!(
    pkce_1_every_request_has_a_challenge_of_its_own_and_its_verifier_fits,
    pkce_1_a_server_that_demands_a_challenge_gives_no_code_without_one,
    pkce_2_after_a_refused_challenge_nothing_less_is_tried,
    pkce_2_pkce_5_a_server_that_announces_plain_alone_is_asked_with_s256,
);

/// The challenges of an authorization request: their method and they themselves.
fn challenge(asked: &Url) -> (Option<String>, Option<String>) {
    let value = |name: &str| asked.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    (value("code_challenge_method"), value("code_challenge"))
}

/// S256, and as long as 32 bytes are (RFC 7636 section 4.2).
fn is_strong((method, challenge): &(Option<String>, Option<String>)) -> bool {
    let decoded = challenge.as_ref().and_then(|challenge| BASE64URL_NOPAD.decode(challenge.as_bytes()).ok());
    method.as_deref() == Some("S256") && decoded.is_some_and(|bytes| bytes.len() == 32)
}

/// The challenges the server received.
fn received(scene: &Fronted) -> BTreeSet<(Option<String>, Option<String>)> {
    let asked = scene.front.log().to(scene.server.authorization_path()).into_iter();
    let asked = asked.filter(|request| request.query_value("response_type").is_some());
    asked.map(|request| (request.query_value("code_challenge_method"), request.query_value("code_challenge"))).collect()
}

/// The verifiers the server received.
fn verifiers(scene: &Fronted) -> Vec<String> {
    let redeemed = scene.front.log().to(scene.server.token_path()).into_iter();
    let redeemed = redeemed.filter(|one| one.form_value("grant_type").as_deref() == Some("authorization_code"));
    redeemed.map(|request| request.form_value("code_verifier").expect("a verifier")).collect()
}

/// How a request that was changed on its way came back.
struct Changed {
    session: String,
    browser: Browser,
    /// What the host had asked for.
    asked: Url,
    /// The callback the server sent the browser to.
    callback: Url,
}

/// Signs in at the server with a request that somebody changed on its way, and stops with the callback in hand.
async fn changed(scene: &Fronted, change: impl Fn(&str, String) -> Option<String>) -> Changed {
    let actions = ["sign-in", "read-profile", "stay-connected"];
    let (session, link) = scene.host.session(&scene.tenant, "openid-connect", &actions, "u-1").await.unwrap();
    let mut browser = Browser::new(scene.wire.clone());
    browser.leave_at(RETURN_URL);
    let page = browser.open(&link).await.unwrap().page().unwrap();
    let form = page.form().unwrap();
    let interim = browser.submit(&page, &form).await.unwrap().page().unwrap();
    let asked = interim.link("Continue to").unwrap();
    let pairs = asked.query_pairs().into_owned();
    let pairs: Vec<_> = pairs.filter_map(|(name, value)| change(&name, value).map(|value| (name, value))).collect();
    let mut other = asked.clone();
    other.query_pairs_mut().clear().extend_pairs(pairs);
    browser.leave_at(&format!("{}/oauth/callback/", scene.host.url().unwrap()));
    let mut landing = browser.open(other.as_str()).await.unwrap();
    // At most a page to sign in at and one to consent at.
    for _ in 0..2 {
        landing = match landing {
            Landing::Page(page) => {
                let form = page.form().unwrap_or_else(|error| panic!("{error:#}: {}", page.body));
                let form = form.clone().fill("login", "alice").unwrap_or(form);
                let form = form.clone().fill("password", "any").unwrap_or(form);
                let form = form.clone().press("Authorize").unwrap_or(form);
                browser.submit(&page, &form).await.unwrap()
            }
            left @ Landing::Left(_) => left,
        };
    }
    Changed { session, browser, asked, callback: landing.left().unwrap() }
}

/// Brings the callback, completes where that is possible, and finds nothing connected.
async fn makes_nothing(scene: &Fronted, changed: &Changed) {
    let mut browser = Browser::new(scene.wire.clone());
    browser.leave_at(RETURN_URL);
    browser.jar = changed.browser.jar.clone();
    let landing = browser.open(changed.callback.as_str()).await.unwrap();
    if let Landing::Left(back) = landing
        && back.query_pairs().any(|(name, _)| name == "ticket")
    {
        let refused = scene.host.complete(&scene.tenant, &back, "u-1").await.unwrap();
        assert!(!refused.status.is_success(), "{}", refused.json);
    }
    let path = format!("/v1/connect-sessions/{}", changed.session);
    let session = scene.host.get(&scene.tenant.key, &path).await.unwrap().json;
    assert_eq!(session["stage"]["at"], "ended", "{session}");
    let listed = scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap().json;
    assert_eq!(listed["items"], json!([]));
}

async fn pkce_1_every_request_has_a_challenge_of_its_own_and_its_verifier_fits(server: Server) {
    let scene = Fronted::at(server).await;
    let id = scene.connect("alice").await;
    scene.connect("bob").await;
    let again = scene.consent(&scene.again(&id, "alice").await, "alice").await;
    assert_eq!(again.json["version"], 2, "{}", again.json);
    let (received, verifiers) = (received(&scene), verifiers(&scene));
    assert!(received.len() == 3 && received.iter().all(is_strong), "{received:?}");
    let of = |verifier: &String| {
        assert!(verifier.len() >= 43, "{} letters", verifier.len());
        (Some("S256".to_owned()), Some(BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())))
    };
    assert_eq!(verifiers.iter().map(of).collect::<BTreeSet<_>>(), received);
}

async fn pkce_1_a_server_that_demands_a_challenge_gives_no_code_without_one(server: Server) {
    let scene = Fronted::at(server).await;
    let without = changed(&scene, |name, value| (!name.starts_with("code_challenge")).then_some(value)).await;
    let error = without.callback.query_pairs().find(|(name, _)| name == "error").map(|(_, value)| value.into_owned());
    assert_eq!(error.as_deref(), Some("invalid_request"), "{}", without.callback);
    makes_nothing(&scene, &without).await;
    assert!(verifiers(&scene).is_empty());
    // It takes ours as it is.
    scene.connect("alice").await;
}

async fn pkce_2_after_a_refused_challenge_nothing_less_is_tried(server: Server) {
    let scene = Fronted::at(server).await;
    for method in ["S512", "plain", ""] {
        let weaker = |name: &str, value| match name {
            "code_challenge_method" => Some(method.to_owned()).filter(|method| !method.is_empty()),
            _ => Some(value),
        };
        let changed = changed(&scene, weaker).await;
        assert!(is_strong(&challenge(&changed.asked)), "{method}: {}", changed.asked);
        makes_nothing(&scene, &changed).await;
    }
    // Where the server takes what is plain, the verifier does not fit it: ours is never the challenge itself.
    let challenges: BTreeSet<String> = received(&scene).into_iter().filter_map(|(_, challenge)| challenge).collect();
    assert!(verifiers(&scene).iter().all(|verifier| !challenges.contains(verifier)));
    scene.front.log().clear();
    scene.connect("alice").await;
    assert!(received(&scene).iter().all(is_strong));
}

async fn pkce_2_pkce_5_a_server_that_announces_plain_alone_is_asked_with_s256(server: Server) {
    let scene = Fronted::at(server).await;
    let path = Url::parse(&server.issuer_at("id.provider.test")).unwrap().path().trim_end_matches('/').to_owned();
    let faults = scene.front.faults();
    let first = format!("/.well-known/oauth-authorization-server{path}");
    faults.always(On::path(&first), Fault::Status(http::StatusCode::NOT_FOUND));
    let plain = Fault::edit(|metadata| metadata["code_challenge_methods_supported"] = json!(["plain"]));
    faults.always(On::path(&format!("{path}/.well-known/openid-configuration")), plain);
    scene.connect("alice").await;
    let received = received(&scene);
    assert!(received.len() == 1 && received.iter().all(is_strong), "{received:?}");
    // The operator reads of it.
    let read = scene.host.get(scene.host.operator(), "/v1/audit?kind=issuer.pkce-without-s256").await.unwrap();
    assert_eq!(read.json["items"][0]["subject"], scene.client.as_str(), "{}", read.json);
}
