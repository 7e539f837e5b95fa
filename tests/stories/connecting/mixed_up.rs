//! Answers that come from the wrong issuer or to the wrong place: refused before any token is asked for.

use http::{Method, StatusCode};
use jackfield_tests::doubles::Fault;
use jackfield_tests::scene;
use jiff::SignedDuration;
use serde_json::json;

use crate::stage::{Stage, parameter, with};

#[tokio::test(flavor = "multi_thread")]
async fn st_5_a_code_brought_to_another_connectors_or_clients_address_is_refused() {
    let stage = Stage::start().await;
    stage.host.install("github").await.unwrap();
    let github = stage.host.client("github", "gh", "gh-secret", json!({})).await.unwrap();
    let elsewhere = [
        stage.own.1.clone(),
        github.1.clone(),
        stage.shared.1.replace("openid-connect", "github"),
        github.1.replace("github", "openid-connect"),
    ];
    assert_ne!(stage.shared.1, stage.own.1);
    for place in elsewhere {
        let invited = stage.invite("u-1").await;
        let (browser, callback) = stage.halted(&invited.link, "alice").await;
        let mut moved = callback.clone();
        moved.set_path(url::Url::parse(&place).unwrap().path());
        let page = stage.refused(&browser, &moved).await;
        assert!(page.text().unwrap().contains("wrong place"), "{place}: {}", page.body);
        // Aborted: the code is not good at its own address either.
        stage.refused(&browser, &callback).await;
        assert_eq!(stage.at(&invited.session).await, "open");
    }
    assert!(stage.redeemed().is_empty());
    assert_eq!(stage.connections().await, 0);
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn st_6_a_tenants_client_never_serves_another_tenant() {
    let stage = Stage::start().await;
    let asked = |url: url::Url| parameter(&url, "client_id").unwrap();
    let mut browser = stage.browser();
    for (tenant, client) in [(&stage.acme, "jack"), (&stage.beta, "beta-at-provider")] {
        let invited = stage.invite_for(tenant, &["sign-in"], "u-1").await;
        let page = browser.open(&invited.link).await.unwrap().page().unwrap();
        let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        assert_eq!(asked(interim.link("Continue to").unwrap()), client);
    }
    // Without the operator's client Acme has none, although Beta's is there.
    let removed =
        stage.host.api(stage.host.operator(), Method::DELETE, &format!("/v1/clients/{}", stage.shared.0), None).await;
    assert_eq!(removed.unwrap().status, StatusCode::NO_CONTENT);
    let invited = stage.invite("u-1").await;
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().unwrap().contains("not set up yet"), "{}", page.body);
    let machine = json!({ "connector": "openid-connect", "method": "machine" });
    let refused = stage.host.post(&stage.acme.key, "/v1/connections", machine).await.unwrap();
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "client-gone"), "{}", refused.json);

    let invited = stage.invite_for(&stage.beta, &["sign-in"], "u-1").await;
    let back = stage.returned(&invited.link, "alice").await;
    let connected = stage.host.complete(&stage.beta, &back, "u-1").await.unwrap();
    assert_eq!(connected.json["client"], stage.own.0.as_str(), "{}", connected.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn st_7_an_answer_from_another_issuer_or_from_none_is_refused_for_errors_too() {
    let stage = Stage::start().await;
    let issuers = [
        None,
        Some(""),
        Some("https://evil.example.com"),
        Some("https://id.provider.test/"),
        Some("HTTPS://id.provider.test"),
    ];
    for issuer in issuers {
        for error in [None, Some("access_denied")] {
            let invited = stage.invite("u-1").await;
            let (browser, callback) = stage.halted(&invited.link, "alice").await;
            let mut forged = with(&callback, "iss", issuer);
            if error.is_some() {
                forged = with(&with(&forged, "code", None), "error", error);
            }
            let page = stage.refused(&browser, &forged).await;
            assert!(page.text().unwrap().contains("not what was asked for"), "{issuer:?} {error:?}: {}", page.body);
            let session = stage.read(&format!("/v1/connect-sessions/{}", invited.session)).await;
            assert_eq!(session["stage"], json!({ "at": "ended", "code": "refused" }), "{issuer:?} {error:?}");
            stage.refused(&browser, &callback).await;
        }
    }
    assert!(stage.redeemed().is_empty());
    assert_eq!(stage.connections().await, 0);
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn st_8_a_code_goes_only_to_the_token_endpoint_recorded_at_the_start() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let (browser, callback) = stage.halted(&invited.link, "alice").await;
    // While the person consents, the metadata is taken over and every copy of the old one ends.
    stage.spoil_metadata(&Fault::edit(|metadata| {
        metadata["token_endpoint"] = json!("https://id.provider.test/stolen");
        metadata["jwks_uri"] = json!("https://id.provider.test/stolen-keys");
        metadata["userinfo_endpoint"] = json!("https://id.provider.test/stolen-userinfo");
    }));
    stage.host.clock.advance(SignedDuration::from_mins(9));
    let back = stage.bring(&browser, &callback).await.left().unwrap();
    // The provider's own clock did not move: its ID token is of nine minutes ago, which is within its life.
    let connected = stage.complete(&back, "u-1").await;
    assert_eq!(connected.json["status"], "active", "{}", connected.json);
    assert_eq!(stage.redeemed().len(), 1);
    let asked = stage.provider.log().all();
    assert!(!asked.iter().any(|request| request.path.contains("stolen")));
}

#[tokio::test(flavor = "multi_thread")]
async fn st_9_md_2_endpoints_of_another_issuers_metadata_are_never_mixed_in() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    for other in ["https://evil.example.com", "https://id.provider.test/", "https://ID.provider.test", ""] {
        stage.spoil_metadata(&Fault::edit(move |metadata| {
            metadata["issuer"] = json!(other);
        }));
        let mut browser = stage.browser();
        let page = browser.open(&invited.link).await.unwrap().page().unwrap();
        let page = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{other}");
        assert!(page.text().unwrap().contains("nothing was changed"), "{}", page.body);
        assert!(!page.headers.contains_key("set-cookie"));
        stage.provider.faults().clear();
    }
    assert_eq!(stage.at(&invited.session).await, "open");
    let back = stage.returned(&invited.link, "alice").await;
    assert_eq!(stage.complete(&back, "u-1").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn st_10_a_person_who_says_no_ends_the_session_and_a_replay_says_nothing_new() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let mut browser = stage.halting();
    let page = scene::at_provider(&mut browser, &invited.link).await.unwrap();
    let denied = browser.click(&page, &page.link("[ Cancel ]").unwrap()).await.unwrap().left().unwrap();
    assert_eq!(parameter(&denied, "error").unwrap(), "access_denied");
    let back = stage.bring(&browser, &denied).await.left().unwrap();
    let told = scene::returned(&back);
    assert_eq!(told.keys().collect::<Vec<_>>(), ["error", "session"]);
    assert_eq!((&told["error"], &told["session"]), (&"access_denied".to_owned(), &invited.session));
    let session = stage.read(&format!("/v1/connect-sessions/{}", invited.session)).await;
    assert_eq!(session["stage"], json!({ "at": "ended", "code": "access_denied" }));
    let neutral = stage.refused(&stage.browser(), &with(&denied, "state", Some("unknown"))).await;
    assert_eq!(stage.refused(&browser, &denied).await.body, neutral.body);

    let path = format!("/v1/connect-sessions/{}/complete", invited.session);
    let over = stage.host.post(&stage.acme.key, &path, json!({ "ticket": "x", "end_user": "u-1" })).await.unwrap();
    assert_eq!((over.status, over.code()), (StatusCode::CONFLICT, "session-over"), "{}", over.json);
    assert_eq!(stage.browser().open(&invited.link).await.unwrap().page().unwrap().status, StatusCode::GONE);
    assert!(stage.redeemed().is_empty());
    stage.connect("u-1", "alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn core_9_a_providers_error_is_one_of_a_closed_set_and_its_words_go_nowhere() {
    let stage = Stage::start().await;
    let codes = [
        ("server_error", "server_error"),
        ("login_required", "login_required"),
        ("<script>alert(1)</script>", "unknown"),
    ];
    for (sent, told) in codes {
        let invited = stage.invite("u-1").await;
        let (browser, callback) = stage.halted(&invited.link, "alice").await;
        let failed = with(&with(&callback, "code", None), "error", Some(sent));
        let failed = with(&failed, "error_description", Some("<b>call +1 555 0100</b>"));
        let back = stage.bring(&browser, &failed).await.left().unwrap();
        assert_eq!(scene::returned(&back)["error"], told);
        assert!(!back.as_str().contains("555") && !back.as_str().contains("script"), "{back}");
        assert_eq!(stage.at(&invited.session).await, "ended");
    }
}
