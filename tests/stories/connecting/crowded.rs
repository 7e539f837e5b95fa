//! People and applications who begin without end, or send without end: they are refused, and stand in nobody else's way.

use std::path::Path;

use futures::future::join_all;
use http::StatusCode;
use jackfield_server::config::Config;
use jackfield_tests::browser::Page;
use jiff::SignedDuration;

use crate::stage::{Invited, Stage, with};

/// How many one person may begin in a minute, which is the host's own default.
const STARTS: usize = 10;

async fn stage() -> Stage {
    Stage::configured(|config| {
        config.api.starts_per_minute = Config::below(Path::new("")).api.starts_per_minute;
    })
    .await
}

/// Presses "Continue" behind a link, as often as a script does.
async fn begins(stage: &Stage, invited: &Invited) -> Page {
    let mut browser = stage.browser();
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    let form = page.form().unwrap();
    browser.submit(&page, &form).await.unwrap().page().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_begins_without_end_is_told_to_wait_and_nobody_else_is() {
    let stage = stage().await;
    // Beta's people, half way and all the way through before the flood.
    let waiting = stage.invite_for(&stage.beta, &["sign-in"], "u-1").await;
    let (browser, callback) = stage.halted(&waiting.link, "alice").await;
    let parked = stage.invite_for(&stage.beta, &["sign-in"], "u-2").await;
    let back = stage.returned(&parked.link, "bob").await;

    let (one, another) = (stage.invite("flood").await, stage.invite("flood").await);
    let mut told = Vec::new();
    for number in 0..60 {
        let page = begins(&stage, if number % 2 == 0 { &one } else { &another }).await;
        told.push(page.status);
        if page.status != StatusCode::OK {
            assert_eq!(page.headers["retry-after"], "6", "{}", page.body);
            assert!(page.text().unwrap().contains("Wait a minute"), "{}", page.body);
        }
    }
    let begun = told.iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!((begun, told[STARTS]), (STARTS, StatusCode::TOO_MANY_REQUESTS), "{told:?}");
    // The same application's other people, and those of another tenant who have the same id there, begin at once.
    stage.connect("u-1", "carol").await;
    let same = stage.invite_for(&stage.beta, &["sign-in"], "flood").await;
    assert_eq!(begins(&stage, &same).await.status, StatusCode::OK);
    // Nobody's place was taken.
    let returned = stage.bring(&browser, &callback).await.left().unwrap();
    for (back, end_user) in [(returned, "u-1"), (back, "u-2")] {
        let completed = stage.host.complete(&stage.beta, &back, end_user).await.unwrap();
        assert_eq!(completed.json["status"], "active", "{}", completed.json);
    }
    // And it is not for ever.
    stage.host.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(begins(&stage, &one).await.status, StatusCode::OK);
    assert_eq!(begins(&stage, &one).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_thousands_of_sessions_end_none_of_another_tenants() {
    let stage = stage().await;
    let first = stage.invite_for(&stage.beta, &["sign-in"], "u-1").await;
    let (browser, callback) = stage.halted(&first.link, "alice").await;
    let open = stage.invite_for(&stage.beta, &["sign-in"], "u-2").await;
    for batch in 0..20 {
        let people = (0..100).map(|number| format!("person-{batch}-{number}"));
        let made = join_all(people.map(|person| {
            let stage = &stage;
            async move { stage.invite(&person).await }
        }))
        .await;
        assert_eq!(begins(&stage, &made[0]).await.status, StatusCode::OK);
    }
    stage.host.keep_house().await.unwrap();
    let back = stage.bring(&browser, &callback).await.left().unwrap();
    for (back, end_user) in [(back, "u-1"), (stage.returned(&open.link, "bob").await, "u-2")] {
        let completed = stage.host.complete(&stage.beta, &back, end_user).await.unwrap();
        assert_eq!(completed.json["status"], "active", "{}", completed.json);
    }
    // What nobody finished is forgotten when its time is over, and does not fill the store for ever.
    stage.host.clock.advance(SignedDuration::from_hours(48));
    stage.host.keep_house().await.unwrap();
    let gone = stage.host.get(&stage.beta.key, &format!("/v1/connect-sessions/{}", open.session)).await.unwrap();
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", gone.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_and_a_form_larger_than_any_of_ours_are_refused_and_harm_nothing() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let mut browser = stage.browser();
    let page = browser.open(&invited.link).await.unwrap().page().unwrap();
    let form = page.form().unwrap().fill("name", &"x".repeat(3 << 20)).unwrap();
    let refused = browser.submit(&page, &form).await.unwrap().page().unwrap();
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", refused.body);
    assert_eq!(stage.at(&invited.session).await, "open");

    let (browser, callback) = stage.halted(&invited.link, "alice").await;
    let longer = |length: usize| with(&callback, "filler", Some(&"x".repeat(length)));
    for length in [17 << 10, 60 << 10] {
        stage.refused(&browser, &longer(length)).await;
    }
    assert!(stage.redeemed().is_empty());
    stage.connect("u-1", "alice").await;
}
