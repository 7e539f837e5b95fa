//! An issuer's metadata that is down, slow, broken or too much: said on the page, nothing begun, and the next try works.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::scene;
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use crate::stage::{Invited, METADATA, Stage};

/// How long a slow issuer is waited for here, in milliseconds: enough for one that works on a busy machine.
const PATIENCE: u64 = 3000;

async fn stage() -> Stage {
    Stage::configured(|config| config.timeouts.metadata_ms = PATIENCE).await
}

/// Tries to go on from the page and is told on it that this is not possible now.
async fn stays_on_the_page(stage: &Stage, invited: &Invited, why: &str) {
    let mut browser = stage.browser();
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    let form = page.form().unwrap().fill("name", "Typed by hand").unwrap();
    let page = browser.submit(&page, &form).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{why}");
    let text = page.text().unwrap();
    assert!(text.contains("did not answer as expected") && text.contains("nothing was changed"), "{why}: {text}");
    // What was typed is still there, and nothing waits for a callback.
    assert_eq!(page.form().unwrap().value("name"), Some("Typed by hand"), "{why}");
    assert!(browser.jar.names().is_empty(), "{why}");
    assert_eq!(stage.at(&invited.session).await, "open", "{why}");
}

/// A document nested deeper than any honest one.
fn deep() -> Value {
    (0..20).fold(json!("issuer"), |inner, _| json!({ "x": inner }))
}

#[tokio::test(flavor = "multi_thread")]
async fn md_3_metadata_that_is_no_metadata_begins_nothing_and_the_next_try_works() {
    let stage = stage().await;
    let invited = stage.invite("u-1").await;
    let trap = |host: &str| Url::parse(&format!("https://{host}/trap")).unwrap();
    let faults = [
        ("down", Fault::Dropped),
        ("cut", Fault::Cut),
        ("error", Fault::Status(StatusCode::INTERNAL_SERVER_ERROR)),
        ("gone", Fault::Status(StatusCode::NOT_FOUND)),
        ("page", Fault::Html(StatusCode::OK)),
        ("error page", Fault::Html(StatusCode::BAD_GATEWAY)),
        ("100 MB", Fault::Huge(100 * 1024 * 1024)),
        ("65 KiB", Fault::Huge(65 * 1024)),
        ("redirect away", Fault::Redirect(StatusCode::FOUND, trap("other.provider.test"))),
        ("redirect here", Fault::Redirect(StatusCode::TEMPORARY_REDIRECT, trap("id.provider.test"))),
        ("busy", Fault::TooMany(30)),
        ("nothing", Fault::Json(StatusCode::OK, json!({}))),
        ("list", Fault::Json(StatusCode::OK, json!([]))),
        ("deep", Fault::Json(StatusCode::OK, deep())),
    ];
    for (why, fault) in faults {
        stage.spoil_metadata(&fault);
        stays_on_the_page(&stage, &invited, why).await;
        stage.provider.faults().clear();
    }
    assert!(stage.provider.log().to("/trap").is_empty());
    let returned = stage.returned(&invited.link, "alice").await;
    assert_eq!(stage.complete(&returned, "u-1").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn md_3_a_slow_issuer_is_waited_for_and_not_for_ever() {
    let stage = stage().await;
    let invited = stage.invite("u-1").await;
    let gate = Gate::default();
    stage.spoil_metadata(&Fault::Held(gate.clone()));
    stays_on_the_page(&stage, &invited, "slow").await;
    gate.reached(1).await;
    // One that answers in time after all is good.
    let again = Gate::default();
    stage.provider.faults().clear();
    stage.spoil_metadata(&Fault::Held(again.clone()));
    let (returned, ()) = tokio::join!(stage.returned(&invited.link, "alice"), async {
        again.reached(1).await;
        again.open();
    });
    assert_eq!(stage.complete(&returned, "u-1").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn md_4_every_endpoint_is_https() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    for endpoint in ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri"]
    {
        for url in [
            "http://id.provider.test/x",
            "https://user@id.provider.test/x",
            "https://id.provider.test/x#y",
            "ftp://id.provider.test/",
            "x",
        ] {
            stage.spoil_metadata(&Fault::edit(move |metadata| metadata[endpoint] = json!(url)));
            stays_on_the_page(&stage, &invited, &format!("{endpoint} {url}")).await;
            stage.provider.faults().clear();
        }
    }
    // A private address is never asked, whatever the metadata says.
    stage.spoil_metadata(&Fault::edit(|metadata| metadata["token_endpoint"] = json!("https://169.254.169.254/token")));
    stays_on_the_page(&stage, &invited, "metadata service").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn md_1_md_5_rfc_8414s_place_comes_first_openids_second_and_the_answer_is_kept_a_while() {
    let stage = Stage::start().await;
    let asked = || METADATA.map(|path| stage.provider.log().to(path).len());
    stage.connect("u-1", "alice").await;
    assert_eq!(asked(), [1, 0]);
    stage.connect("u-2", "bob").await;
    assert_eq!(asked(), [1, 0]);
    stage.host.clock.advance(SignedDuration::from_hours(25));
    // A site that answers every address it does not know with a page of its own: the other place is asked.
    for other in [Fault::Html(StatusCode::OK), Fault::Status(StatusCode::NOT_FOUND)] {
        stage.provider.faults().once(On::path(METADATA[0]), other);
        let invited = stage.invite("u-3").await;
        let mut browser = stage.browser();
        scene::at_provider(&mut browser, &invited.link).await.unwrap();
        stage.host.clock.advance(SignedDuration::from_hours(25));
    }
    assert_eq!(asked(), [3, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn md_5_an_issuer_that_is_down_for_a_while_stops_nobody() {
    let stage = Stage::start().await;
    stage.connect("u-1", "alice").await;
    // A day, the longest that metadata may be used, and then it is over its time and cannot be had.
    stage.spoil_metadata(&Fault::Status(StatusCode::INTERNAL_SERVER_ERROR));
    stage.host.clock.advance(SignedDuration::from_hours(24));
    let invited = stage.invite("u-2").await;
    let page = scene::at_provider(&mut stage.browser(), &invited.link).await.unwrap();
    assert_eq!(page.url.host_str(), Some("id.provider.test"));
    stage.host.clock.advance(SignedDuration::from_hours(48));
    stays_on_the_page(&stage, &stage.invite("u-2").await, "down for days").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn md_5_changed_endpoints_wait_for_the_operator() {
    let stage = Stage::start().await;
    let id = stage.connect("u-1", "alice").await["id"].as_str().unwrap().to_owned();
    let client = format!("/v1/clients/{}", stage.shared.0);
    let shown = stage.host.get(stage.host.operator(), &client).await.unwrap();
    assert_eq!(shown.json["announced"]["token_endpoint"], "https://id.provider.test/token", "{}", shown.json);
    stage.spoil_metadata(&Fault::edit(|metadata| metadata["token_endpoint"] = json!("https://id.provider.test/moved")));
    stage.host.clock.advance(SignedDuration::from_hours(25));
    let invited = stage.invite("u-2").await;
    let mut browser = stage.browser();
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    let page = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().unwrap().contains("Tell Acme"), "{}", page.body);
    let machine = json!({ "connector": "openid-connect", "method": "machine" });
    let refused = stage.host.post(&stage.acme.key, "/v1/connections", machine).await.unwrap();
    assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "misconfigured"));
    assert!(refused.json["detail"].as_str().unwrap().contains("token_endpoint"), "{}", refused.json);
    assert!(stage.provider.log().to("/moved").is_empty());
    // What is connected goes on as it was recorded.
    let verified = stage.host.post(&stage.acme.key, &format!("/v1/connections/{id}/verify"), json!({})).await.unwrap();
    assert_eq!(verified.status, StatusCode::OK, "{}", verified.json);

    let accept = json!({ "accept_endpoints": true });
    let accepted = stage.host.api(stage.host.operator(), Method::PATCH, &client, Some(accept)).await.unwrap();
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.json);
    scene::at_provider(&mut stage.browser(), &invited.link).await.unwrap();
    let shown = stage.host.get(stage.host.operator(), &client).await.unwrap();
    assert_eq!(shown.json["announced"]["token_endpoint"], "https://id.provider.test/moved", "{}", shown.json);
}
