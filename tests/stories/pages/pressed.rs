//! Whoever presses without end on the pages waits, by whichever door they come, and nobody waits for them.

use std::path::Path;

use http::StatusCode;
use jackfield_server::config::Config;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::host::RETURN_URL;
use jiff::SignedDuration;
use serde_json::json;

use crate::desk::{Desk, form_to, post, read, signed_in};

/// How many connections one person may begin in a minute, which is the host's own default.
const STARTS: usize = 10;
/// How many forms one person may send in a minute.
const FORMS: usize = 60;

async fn desk() -> Desk {
    Desk::configured(|config| {
        config.api.starts_per_minute = Config::below(Path::new("")).api.starts_per_minute;
    })
    .await
}

async fn press(desk: &Desk, browser: &Browser, path: &str, body: &str) -> StatusCode {
    post(desk, browser, path, body, "same-origin").await
}

fn mark(list: &Page, id: &str) -> String {
    form_to(list, &format!("/connections/{id}/rename")).value("mark").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sends_sixty_forms_a_minute() {
    let desk = desk().await;
    let id = desk.connect(&desk.tenant, Some("ada"), "Hers").await;
    let his = desk.connect(&desk.tenant, Some("bob"), "His").await;
    let (ada, list) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    let (bob, his_list) = signed_in(&desk.host, &desk.tenant, "end-user", "bob").await;
    let (path, mark_of_ada) = (format!("/connections/{id}/rename"), mark(&list, &id));
    // What another site posts in her name takes none of her turns.
    for _ in 0..FORMS {
        assert_eq!(post(&desk, &ada, &path, "mark=guessed&name=Theirs", "same-origin").await, 403);
    }
    for number in 0..FORMS {
        let body = format!("mark={mark_of_ada}&name=Name+{number}");
        assert_eq!(press(&desk, &ada, &path, &body).await, StatusCode::SEE_OTHER, "{number}");
    }
    let more = format!("mark={mark_of_ada}&name=One+more");
    for path in [path.clone(), format!("/connections/{id}/verify")] {
        assert_eq!(press(&desk, &ada, &path, &more).await, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
    assert_eq!(read(&desk.host, &desk.tenant, &id).await["name"], format!("Name {}", FORMS - 1));
    let body = format!("mark={}&name=Mine", mark(&his_list, &his));
    assert_eq!(press(&desk, &bob, &format!("/connections/{his}/rename"), &body).await, StatusCode::SEE_OTHER);
    desk.host.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(press(&desk, &ada, &path, &more).await, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_begins_without_end_waits_at_every_door() {
    let desk = desk().await;
    let id = desk.connect(&desk.tenant, Some("ada"), "Hers").await;
    let (ada, list) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    let mark = mark(&list, &id);
    let new = format!("mark={mark}&connector=api-token&action=read");
    let again = format!("/connections/{id}/reauthorize");
    for number in 0..STARTS {
        let path = if number % 2 == 0 { "/connections/new" } else { &again };
        assert_eq!(press(&desk, &ada, path, &new).await, StatusCode::SEE_OTHER, "{number}");
    }
    for path in ["/connections/new", &again] {
        assert_eq!(press(&desk, &ada, path, &new).await, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
    // Nor does the application's link give her a turn: one that is taken is kept as one that is made.
    let wanted = json!({ "end_user": "ada", "return_url": RETURN_URL });
    let made = desk.host.post(&desk.tenant.key, "/v1/connect-sessions", wanted).await.unwrap();
    let link = made.text("/url").unwrap();
    let path = link.strip_prefix(&desk.host.url().unwrap()).unwrap();
    let take = format!("take={id}");
    assert_eq!(press(&desk, &ada, path, &take).await, StatusCode::TOO_MANY_REQUESTS);
    desk.host.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(press(&desk, &ada, path, &take).await, StatusCode::OK);
}
