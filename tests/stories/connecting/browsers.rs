//! An answer belongs to the browser that asked and to a short while: anywhere else and later it makes nothing.

use http::StatusCode;
use jackfield_tests::browser::Browser;
use jiff::SignedDuration;

use crate::stage::{Stage, target, with};

/// The one cookie of ours in a browser: its name and value.
fn ours(browser: &Browser) -> (String, String) {
    let name = browser.jar.names().into_iter().find(|name| name.contains("jf-")).unwrap();
    (name.to_owned(), browser.jar.value(name).unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn st_2_the_cookie_is_the_hosts_alone_and_a_callback_without_it_asks_for_no_token() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let mut browser = stage.browser();
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    let interim = browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap();
    let cookie = interim.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-jf-auth_"), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} in {cookie}");
    }
    assert!(!cookie.to_ascii_lowercase().contains("domain"), "{cookie}");

    let (mine, callback) = stage.halted(&invited.link, "alice").await;
    let page = stage.refused(&stage.browser(), &callback).await;
    assert!(page.text().unwrap().contains("another browser"), "{}", page.body);
    assert!(stage.redeemed().is_empty());
    // Consumed: whoever brought it elsewhere has spoilt it, and gained nothing.
    let page = stage.refused(&mine, &callback).await;
    assert!(page.text().unwrap().contains("Nothing is waiting"), "{}", page.body);
    assert_eq!((stage.at(&invited.session).await.as_str(), stage.connections().await), ("open", 0));
    // The link itself is still good.
    let returned = stage.returned(&invited.link, "alice").await;
    assert_eq!(stage.complete(&returned, "u-1").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn st_2_another_requests_cookie_does_not_stand_in() {
    let stage = Stage::start().await;
    let (first, second) = (stage.invite("u-1").await, stage.invite("u-2").await);
    let (mine, callback) = stage.halted(&first.link, "alice").await;
    let (other, foreign) = stage.halted(&second.link, "mallory").await;
    let ((name, value), (other_name, other_value)) = (ours(&mine), ours(&other));
    assert_ne!((&name, &value), (&other_name, &other_value));
    // Its own name with the other's value, and the other's cookie as it is.
    let swapped = stage.raw(&target(&callback), &format!("{name}={other_value}")).await;
    assert_eq!(swapped.status, StatusCode::BAD_REQUEST);
    let swapped = stage.raw(&target(&foreign), &format!("{name}={value}")).await;
    assert_eq!(swapped.status, StatusCode::BAD_REQUEST);
    assert!(stage.redeemed().is_empty());
    assert_eq!(stage.connections().await, 0);
    stage.connect("u-3", "carol").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn st_2_an_attackers_own_callback_connects_nothing_in_the_victims_browser() {
    let stage = Stage::start().await;
    let (victim, attacker) = (stage.invite("victim").await, stage.invite("attacker").await);
    let (victims, _) = stage.halted(&victim.link, "alice").await;
    let (_, forged) = stage.halted(&attacker.link, "mallory").await;
    let page = stage.refused(&victims, &forged).await;
    assert!(page.text().unwrap().contains("another browser"), "{}", page.body);
    assert!(stage.redeemed().is_empty());
    assert_eq!(stage.connections().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn st_1_a_state_works_once_and_for_ten_minutes() {
    let stage = Stage::start().await;
    let (early, late) = (stage.invite("u-1").await, stage.invite("u-2").await);
    let (first, in_time) = stage.halted(&early.link, "alice").await;
    stage.host.clock.advance(SignedDuration::from_secs(9 * 60 + 59));
    let returned = stage.bring(&first, &in_time).await.left().unwrap();
    stage.refused(&first, &in_time).await;
    // The ticket it made is not spoilt by the replay.
    assert_eq!(stage.complete(&returned, "u-1").await.status, StatusCode::OK);

    let (second, too_late) = stage.halted(&late.link, "bob").await;
    stage.host.clock.advance(SignedDuration::from_mins(10));
    let page = stage.refused(&second, &too_late).await;
    assert!(page.text().unwrap().contains("Nothing is waiting"), "{}", page.body);
    // Not because of the clock alone: time going back does not bring it to life.
    stage.host.clock.advance(-SignedDuration::from_mins(10));
    stage.refused(&second, &too_late).await;
    assert_eq!((stage.redeemed().len(), stage.connections().await), (1, 1));
    let returned = stage.returned(&late.link, "bob").await;
    assert_eq!(stage.complete(&returned, "u-2").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_that_match_nothing_change_nothing_and_say_so_kindly() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let (browser, callback) = stage.halted(&invited.link, "alice").await;
    let neutral = stage.refused(&browser, &with(&callback, "state", None)).await;
    assert!(neutral.text().unwrap().contains("Go back to the application"), "{}", neutral.body);
    let longer = "x".repeat(20_000);
    let unknown = "A".repeat(43);
    let foreign = [
        with(&callback, "state", Some("")),
        with(&callback, "state", Some(&unknown)),
        with(&callback, "state", Some("%00<script>alert(1)</script>")),
        with(&with(&callback, "state", Some(&unknown)), "error", Some("access_denied")),
    ];
    for foreign in &foreign {
        assert_eq!(stage.refused(&browser, foreign).await.body, neutral.body, "{foreign}");
    }
    let mut repeated = callback.clone();
    repeated.query_pairs_mut().append_pair("code", "another");
    for unreadable in [&repeated, &with(&callback, "filler", Some(&longer))] {
        let page = stage.refused(&browser, unreadable).await;
        assert!(
            !page.body.contains("<script>") && !page.body.contains("alert") && page.body.len() < 4000,
            "{}",
            page.body
        );
    }
    // Nowhere: an unknown connector, a client that is none, and a bare address.
    for path in
        ["/oauth/callback/nobody/cli_x", "/oauth/callback/openid-connect/x", "/oauth/callback/openid-connect/x?"]
    {
        assert_eq!(stage.raw(path, "").await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    assert!(stage.redeemed().is_empty());
    // After all of it the person's own answer is still waited for.
    assert_eq!(stage.at(&invited.session).await, "open");
    let returned = stage.bring(&browser, &callback).await.left().unwrap();
    assert_eq!(stage.complete(&returned, "u-1").await.status, StatusCode::OK);
}
