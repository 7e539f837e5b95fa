//! The way that works, looked at closely: what the page says, what the provider is asked, what is stored and told afterwards.

use std::collections::BTreeSet;

use http::StatusCode;
use jackfield_tests::browser::Browser;
use jackfield_tests::scene;
use serde_json::json;
use url::Url;

use crate::stage::{HOST, Stage, ids, parameter, target};

/// Fills in the connect page and answers where its next page leads, without going there.
async fn authorization(browser: &mut Browser, link: &str, name: Option<&str>) -> Url {
    let page = browser.open(link).await.unwrap().page().unwrap();
    let mut form = page.form().unwrap();
    if let Some(name) = name {
        form = form.fill("name", name).unwrap();
    }
    let interim = browser.submit(&page, &form).await.unwrap().page().unwrap();
    interim.link("Continue to").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_in_the_tenants_name_what_will_be_allowed() {
    let stage = Stage::start().await;
    let invited = stage.invite_for(&stage.acme, &["read-profile"], "u-1").await;
    let mut browser = stage.browser();
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    let text = page.text().unwrap();
    for said in ["Acme", "What Acme will be able to do", "Read the profile", "See your name, picture and language."] {
        assert!(text.contains(said), "{said} in {text}");
    }
    // Nothing that was not asked for is spoken of.
    assert!(!text.contains("See your email address") && !text.contains("Keep access"), "{text}");
    assert!(!page.body.contains("<script>"));
    let form = page.form().unwrap();
    assert_eq!(form.value("name"), Some("My OpenID Connect connection"));

    // A name nobody could read again is not taken, and what to do is said on the page.
    let page = browser.submit(&page, &form.fill("name", "   ").unwrap()).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let renamed = page.form().unwrap().fill("name", "Work sign-in").unwrap();
    let interim = browser.submit(&page, &renamed).await.unwrap().page().unwrap();
    let consent = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().page().unwrap();
    let form = consent.form().unwrap().fill("login", "alice").unwrap().fill("password", "any").unwrap();
    let consent = browser.submit(&consent, &form).await.unwrap().page().unwrap();
    let form = consent.form().unwrap();
    let returned = browser.submit(&consent, &form).await.unwrap().left().unwrap();
    let connection = stage.complete(&returned, "u-1").await;
    assert_eq!(connection.json["name"], "Work sign-in", "{}", connection.json);
    assert_eq!(connection.json["account"]["label"], "alice of the peer");
}

#[tokio::test(flavor = "multi_thread")]
async fn core_1_core_2_id_1_the_authorization_request_asks_for_the_least_and_binds_its_answer() {
    let stage = Stage::start().await;
    let invited = stage.invite_for(&stage.acme, &["read-profile"], "u-1").await;
    let asked = authorization(&mut stage.browser(), &invited.link, None).await;
    let again = authorization(&mut stage.browser(), &invited.link, None).await;
    let get = |name: &str| parameter(&asked, name).unwrap();
    assert_eq!(get("response_type"), "code");
    assert_eq!(get("client_id"), "jack");
    assert_eq!(get("redirect_uri"), stage.shared.1);
    assert_eq!(get("scope").split(' ').collect::<BTreeSet<_>>(), BTreeSet::from(["openid", "profile"]));
    assert_eq!(get("code_challenge_method"), "S256");
    assert_eq!(get("code_challenge").len(), 43);
    // 256 random bits each, and other ones for every request.
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(get(name).len(), 43, "{name}");
        assert_ne!(get(name), parameter(&again, name).unwrap(), "{name}");
    }

    let returned = stage.returned(&invited.link, "alice").await;
    let connection = stage.complete(&returned, "u-1").await;
    assert_eq!(connection.status, StatusCode::OK, "{}", connection.json);
    let asked = stage.redeemed();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].form_value("redirect_uri").unwrap(), stage.shared.1);
    assert_eq!(asked[0].form_value("grant_type").unwrap(), "authorization_code");
    assert_eq!(asked[0].form_value("code_verifier").unwrap().len(), 43);
    // One way to prove who we are, and not in the body or the URL.
    assert!(asked[0].header("authorization").unwrap().starts_with("Basic "));
    assert_eq!((asked[0].form_value("client_secret"), asked[0].query.as_str()), (None, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn core_13_st_11_pages_and_callback_are_kept_nowhere_framed_nowhere_and_left_by_303() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let page = stage.browser().open(&invited.link).await.unwrap().page().unwrap();
    let (browser, callback) = stage.halted(&invited.link, "alice").await;
    let names = browser.jar.names();
    let cookie = names.iter().find(|name| name.contains("jf-")).unwrap();
    let cookies = format!("{cookie}={}", browser.jar.value(cookie).unwrap());
    let good = stage.raw(&target(&callback), &cookies).await;
    assert_eq!(good.status, StatusCode::SEE_OTHER);
    let location = good.headers["location"].to_str().unwrap();
    let code = parameter(&callback, "code").unwrap();
    assert!(location.starts_with("https://app.example.com/connected?") && !location.contains(&code), "{location}");
    assert!(good.body.is_empty());
    let replayed = stage.raw(&target(&callback), &cookies).await;
    assert_eq!(replayed.status, StatusCode::BAD_REQUEST);
    for headers in [&page.headers, &good.headers, &replayed.headers] {
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-frame-options"], "DENY");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_tells_what_it_may_do_and_what_happened_to_it() {
    let stage = Stage::start().await;
    let connection = stage.connect("u-1", "alice").await;
    assert_eq!(connection["scopes"]["requested"], json!(["offline_access", "openid", "profile"]));
    assert_eq!(connection["scopes"]["granted"], json!(["offline_access", "openid", "profile"]), "{connection}");
    assert_eq!(connection["end_user"], "u-1");
    let id = connection["id"].as_str().unwrap();
    let permissions = stage.read(&format!("/v1/connections/{id}/permissions")).await;
    assert_eq!(permissions["missing"], json!([]));
    assert!(ids(&permissions["granted"]).contains("profile"), "{permissions}");
    let action = |name: &str| {
        let actions = permissions["actions"].as_array().unwrap();
        actions.iter().find(|action| action["id"] == name).unwrap().clone()
    };
    assert_eq!((&action("read-profile")["chosen"], &action("read-profile")["allowed"]), (&json!(true), &json!(true)));
    assert_eq!((&action("read-email")["chosen"], &action("read-email")["allowed"]), (&json!(false), &json!(false)));
    assert_eq!(action("read-email")["missing"], json!(["email"]));

    let timeline = stage.read(&format!("/v1/connections/{id}/timeline")).await;
    let kinds: BTreeSet<&str> =
        timeline["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["created", "verified"]), "{timeline}");
    // No secret of any kind is in anything the application reads about it.
    let told = format!("{connection}{permissions}{timeline}");
    assert!(
        !told.contains("jack-secret") && !told.contains("access_token") && !told.contains("refresh_token"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn core_15_only_a_registered_return_url_is_ever_returned_to() {
    let stage = Stage::start().await;
    for elsewhere in [
        "https://evil.example.com/connected",
        "https://app.example.com/connected/",
        "https://app.example.com/connected?next=https://evil.example.com",
        "https://app.example.com/connected#x",
        "https://app.example.com@evil.example.com/connected",
        "HTTPS://app.example.com/Connected",
        "javascript:alert(1)",
    ] {
        let wanted = json!({ "connector": "openid-connect", "actions": ["sign-in"], "end_user": "u-1", "return_url": elsewhere });
        let refused = stage.host.post(&stage.acme.key, "/v1/connect-sessions", wanted).await.unwrap();
        assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{elsewhere}");
        assert_eq!(refused.json["errors"][0]["field"], "return_url", "{}", refused.json);
    }
    // Nothing in the callback chooses another place either.
    let invited = stage.invite("u-1").await;
    let (browser, mut callback) = stage.halted(&invited.link, "alice").await;
    callback
        .query_pairs_mut()
        .append_pair("return_url", "https://evil.example.com/")
        .append_pair("redirect_uri", "https://evil.example.com/");
    let left = stage.bring(&browser, &callback).await.left().unwrap();
    assert_eq!(left.host_str(), Some("app.example.com"));
    assert_eq!(stage.complete(&left, "u-1").await.status, StatusCode::OK);
    assert_ne!(left.host_str(), Some(HOST));
    assert_eq!(scene::returned(&left).keys().collect::<Vec<_>>(), ["session", "ticket"]);
}
