//! A code is redeemed once, and while it waits nobody who reads the disk or the log finds it.

use std::path::Path;

use http::StatusCode;
use jackfield_tests::{host_log, scene};

use crate::stage::{Stage, parameter, target};

/// Whether any file below a folder holds this text.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn core_14_two_callbacks_at_the_same_moment_make_one_ticket_and_redeem_once() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let (browser, callback) = stage.halted(&invited.link, "alice").await;
    let cookies: Vec<String> =
        browser.jar.names().iter().map(|name| format!("{name}={}", browser.jar.value(name).unwrap())).collect();
    let (cookies, path) = (cookies.join("; "), target(&callback));
    let racing = (0..8).map(|_| stage.raw(&path, &cookies));
    let answers = futures_of(racing).await;
    let mut won = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER);
    let winner = won.next().unwrap();
    assert_eq!(won.count(), 0);
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::BAD_REQUEST).count(), 7);
    // A callback by itself redeems nothing.
    assert_eq!(stage.redeemed().len(), 0);

    let returned = url::Url::parse(winner.headers["location"].to_str().unwrap()).unwrap();
    let completions = futures_of((0..8).map(|_| stage.complete(&returned, "u-1"))).await;
    assert_eq!(completions.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    assert_eq!((stage.redeemed().len(), stage.connections().await), (1, 1));
    assert_eq!(stage.at(&invited.session).await, "completed");
}

/// All of them at once.
async fn futures_of<F: Future<Output = jackfield_tests::host::Answer>>(
    all: impl Iterator<Item = F>,
) -> Vec<jackfield_tests::host::Answer> {
    futures::future::join_all(all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn core_14_st_1_code_state_and_ticket_are_in_no_file_and_in_no_log_line() {
    let log = host_log::captured();
    let mut stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let (browser, callback) = stage.halted(&invited.link, "alice").await;
    let binding = parameter(&callback, "state").unwrap();
    let code = parameter(&callback, "code").unwrap();
    let waiting = browser.jar.names().into_iter().find(|name| name.contains("jf-")).unwrap();
    let cookie = browser.jar.value(waiting).unwrap().to_owned();
    // While the person is at the provider: state and cookie are known as keyed hashes only.
    for secret in [&binding, &cookie] {
        assert!(!holds(stage.host.folder(), secret), "on disk");
    }
    // What a search of the disk would find, it does find.
    assert!(holds(stage.host.folder(), &invited.session));

    let returned = stage.bring(&browser, &callback).await.left().unwrap();
    let ticket = scene::returned(&returned)["ticket"].clone();
    let link = invited.link.rsplit('/').next().unwrap().to_owned();
    for secret in [&code, &ticket, &binding, &cookie, &link] {
        assert!(!holds(stage.host.folder(), secret), "on disk");
    }
    let replayed = stage.refused(&browser, &callback).await;
    assert!(!replayed.body.contains(&code) && !replayed.body.contains(&binding));
    assert_eq!(stage.complete(&returned, "u-1").await.status, StatusCode::OK);
    // The verifier went to the provider, and was as well hidden until then.
    let verifier = stage.redeemed()[0].form_value("code_verifier").unwrap();
    assert!(!holds(stage.host.folder(), &verifier) && log.lines_with(&verifier).is_empty());
    stage.host.stop().await.unwrap();
    for secret in [&code, &ticket, &binding, &cookie, &link] {
        assert!(!holds(stage.host.folder(), secret), "on disk");
        assert!(log.lines_with(secret).is_empty(), "in the log");
    }
    assert!(!log.lines_with("the host answers").is_empty());
}
