//! The person who finishes is the one the link was made for, in the session it was made in, and soon.

use http::StatusCode;
use jackfield_tests::scene::returned;
use jiff::SignedDuration;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn st_3_a_link_sent_to_another_person_connects_nothing_in_their_name() {
    let stage = Stage::start().await;
    // Mallory starts, and lures Victor into consenting; Victor's browser brings the ticket to the application.
    let invited = stage.invite("mallory").await;
    let back = stage.returned(&invited.link, "victor").await;
    for attempt in ["victor", "", "Mallory", "mallory "] {
        let refused = stage.complete(&back, attempt).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "other-end-user"),
            "{attempt}: {}",
            refused.json
        );
    }
    assert!(stage.redeemed().is_empty());
    assert_eq!((stage.at(&invited.session).await.as_str(), stage.connections().await), ("parked", 0));
    // Nothing was consumed by asking wrongly.
    assert_eq!(stage.complete(&back, "mallory").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn st_4_only_the_applications_own_call_with_this_sessions_ticket_finishes_it_once() {
    let stage = Stage::start().await;
    let (first, second) = (stage.invite("u-1").await, stage.invite("u-2").await);
    let open = stage
        .host
        .post(&stage.acme.key, &path(&first.session), json!({ "ticket": "none-yet", "end_user": "u-1" }))
        .await
        .unwrap();
    assert_eq!((open.status, open.code()), (StatusCode::CONFLICT, "session-not-ready"));
    let to_first = stage.returned(&first.link, "alice").await;
    let to_second = stage.returned(&second.link, "bob").await;
    let tickets = [&to_first, &to_second].map(|url| returned(url)["ticket"].clone());

    let swapped = json!({ "ticket": tickets[1], "end_user": "u-1" });
    let guessed = json!({ "ticket": "A".repeat(43), "end_user": "u-1" });
    for wrong in [swapped, guessed] {
        let refused = stage.host.post(&stage.acme.key, &path(&first.session), wrong).await.unwrap();
        assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "ticket-refused"), "{}", refused.json);
    }
    // Another tenant does not even learn that there is such a session.
    let right = json!({ "ticket": tickets[0], "end_user": "u-1" });
    let stranger = stage.host.post(&stage.beta.key, &path(&first.session), right.clone()).await.unwrap();
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let nobody = stage.host.post("jf_nobody", &path(&first.session), right.clone()).await.unwrap();
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert!(stage.redeemed().is_empty());

    assert_eq!(stage.complete(&to_first, "u-1").await.json["account"]["id"], "alice");
    assert_eq!(stage.complete(&to_second, "u-2").await.json["account"]["id"], "bob");
    let replayed = stage.complete(&to_first, "u-1").await;
    assert_eq!((replayed.status, replayed.code()), (StatusCode::CONFLICT, "session-over"));
    assert_eq!((stage.redeemed().len(), stage.connections().await), (2, 2));
    // A finished link says so.
    let page = stage.browser().open(&first.link).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::GONE);
}

fn path(session: &str) -> String {
    format!("/v1/connect-sessions/{session}/complete")
}

#[tokio::test(flavor = "multi_thread")]
async fn st_4_a_ticket_is_good_for_two_minutes() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let late = stage.returned(&invited.link, "alice").await;
    stage.host.clock.advance(SignedDuration::from_secs(120));
    let refused = stage.complete(&late, "u-1").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "ticket-refused"), "{}", refused.json);
    assert!(stage.redeemed().is_empty());
    assert_eq!(stage.connections().await, 0);
    // The link is good for half an hour: the person tries again, and a ticket in time works.
    let again = stage.returned(&invited.link, "alice").await;
    stage.host.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(stage.complete(&again, "u-1").await.status, StatusCode::OK);

    let forgotten = stage.invite("u-2").await;
    stage.host.clock.advance(SignedDuration::from_mins(30));
    let page = stage.browser().open(&forgotten.link).await.unwrap().page().unwrap();
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text().unwrap().contains("expired"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_do_not_disturb_each_other() {
    let stage = Stage::start().await;
    let (left, right) = (stage.invite("u-1").await, stage.invite("u-1").await);
    // One browser: both are started before either comes back, and they come back crosswise.
    let (browser, to_left) = stage.halted(&left.link, "alice").await;
    let mut tab = stage.halting();
    tab.jar = browser.jar.clone();
    let to_right = signed_in(&mut tab, &right.link).await;
    assert_eq!(tab.jar.names().iter().filter(|name| name.contains("jf-")).count(), 2);
    let right_back = stage.bring(&tab, &to_right).await.left().unwrap();
    let left_back = stage.bring(&tab, &to_left).await.left().unwrap();
    let done = [stage.complete(&left_back, "u-1").await, stage.complete(&right_back, "u-1").await];
    assert!(done.iter().all(|answer| answer.status == StatusCode::OK), "{} {}", done[0].json, done[1].json);
    assert_ne!(done[0].json["id"], done[1].json["id"]);
    assert_eq!(stage.connections().await, 2);
}

/// Goes through with a link where the provider knows the browser already: it asks for consent only.
async fn signed_in(browser: &mut jackfield_tests::browser::Browser, link: &str) -> url::Url {
    let page = jackfield_tests::scene::at_provider(browser, link).await.unwrap();
    let form = page.form().unwrap();
    browser.submit(&page, &form).await.unwrap().left().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_link_in_two_tabs_makes_one_connection() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let (browser, first) = stage.halted(&invited.link, "alice").await;
    let mut tab = stage.halting();
    tab.jar = browser.jar.clone();
    let second = signed_in(&mut tab, &invited.link).await;
    let first_back = stage.bring(&tab, &first).await.left().unwrap();
    let second_back = stage.bring(&tab, &second).await.left().unwrap();
    // The later answer counts; the earlier one's ticket is no longer this session's.
    let earlier = stage.complete(&first_back, "u-1").await;
    assert_eq!((earlier.status, earlier.code()), (StatusCode::FORBIDDEN, "ticket-refused"), "{}", earlier.json);
    assert_eq!(stage.complete(&second_back, "u-1").await.status, StatusCode::OK);
    assert_eq!((stage.redeemed().len(), stage.connections().await), (1, 1));
}
