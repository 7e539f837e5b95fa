//! `ETag`, `If-Match` and `If-None-Match` on connections (RFC 9110 section 13).

use http::Method;
use jackfield_tests::host::Answer;

use crate::bodies::assert_problem;
use crate::stage::{Stage, raw};

async fn send(stage: &Stage, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let bearer = format!("Bearer {}", stage.tenant.key);
    let mut all = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
    all.extend(headers);
    raw(&stage.host, method, path, &all, body.as_bytes()).await
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_for_the_state_that_was_read_and_no_other() {
    let stage = Stage::set().await;
    let made = stage.host.post(&stage.tenant.key, "/v1/connections", crate::stage::wanted("u1")).await.unwrap();
    let path = format!("/v1/connections/{}", made.text("/id").unwrap());
    let read = send(&stage, Method::GET, &path, &[], "").await;
    let first = tag(&read);
    assert_eq!(tag(&made), first, "what was made has the tag it is read with");
    assert!(first.starts_with('"') && first.ends_with('"'), "a strong tag: {first}");
    let renamed = send(&stage, Method::PATCH, &path, &[("if-match", &first)], r#"{"name": "One"}"#).await;
    assert_eq!(renamed.status, 200, "{}", renamed.json);
    let second = tag(&renamed);
    assert_ne!(first, second);
    let stale = send(&stage, Method::PATCH, &path, &[("if-match", &first)], r#"{"name": "Two"}"#).await;
    assert_problem(&stale, 412, "stale");
    assert!(stale.text("/detail").unwrap().contains("read it again"), "{}", stale.json);
    for verb in ["verify", "refresh", "reauthorize"] {
        let body = r#"{"end_user": "u1", "return_url": "https://app.example.com/connected"}"#;
        let stale = send(&stage, Method::POST, &format!("{path}/{verb}"), &[("if-match", &first)], body).await;
        assert_problem(&stale, 412, "stale");
    }
    assert_problem(&send(&stage, Method::DELETE, &path, &[("if-match", &first)], "").await, 412, "stale");
    let weak = format!("W/{second}");
    assert_problem(&send(&stage, Method::DELETE, &path, &[("if-match", &weak)], "").await, 412, "stale");
    let shown = send(&stage, Method::GET, &path, &[], "").await;
    assert_eq!((&shown.json["name"], tag(&shown)), (&"One".into(), second.clone()));
    let listed = format!("\"other\", {second}");
    let renamed = send(&stage, Method::PATCH, &path, &[("if-match", &listed)], r#"{"name": "Three"}"#).await;
    assert_eq!(renamed.status, 200, "{}", renamed.json);
    let gone = send(&stage, Method::DELETE, &path, &[("if-match", "*")], "").await;
    assert_eq!(gone.status, 200, "{}", gone.json);
    // What is not there is not there, whatever was expected of it.
    assert_problem(&send(&stage, Method::DELETE, &path, &[("if-match", "*")], "").await, 404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_expects_no_state_deletes_whatever_others_change_meanwhile() {
    let stage = Stage::set().await;
    for number in 0..8 {
        let path = format!("/v1/connections/{}", stage.connect(&stage.tenant, &format!("u{number}")).await);
        let renames = (0..12).map(|name| {
            let (stage, path) = (&stage, &path);
            async move { send(stage, Method::PATCH, path, &[], &format!(r#"{{"name": "N{name}"}}"#)).await }
        });
        let (gone, renamed) =
            tokio::join!(send(&stage, Method::DELETE, &path, &[], ""), futures::future::join_all(renames));
        assert_eq!(gone.status, 200, "{}", gone.json);
        for answer in renamed {
            assert!([200, 404].contains(&answer.status.as_u16()), "{}", answer.json);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_knows_the_state_is_not_told_it_again() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let path = format!("/v1/connections/{id}");
    let first = tag(&send(&stage, Method::GET, &path, &[], "").await);
    for known in [first.clone(), format!("W/{first}"), format!("\"x\", {first}"), "*".to_owned()] {
        let same = send(&stage, Method::GET, &path, &[("if-none-match", &known)], "").await;
        assert_eq!((same.status.as_u16(), same.body.len(), tag(&same)), (304, 0, first.clone()), "{known}");
    }
    let other = send(&stage, Method::GET, &path, &[("if-none-match", "\"x\"")], "").await;
    assert_eq!((other.status.as_u16(), &other.json["id"]), (200, &id.into()));
    let unwanted = send(&stage, Method::PATCH, &path, &[("if-none-match", "*")], r#"{"name": "No"}"#).await;
    assert_problem(&unwanted, 412, "stale");
    // Whatever changes the record changes its tag.
    send(&stage, Method::POST, &format!("{path}/verify"), &[], "{}").await;
    stage.host.clock.advance(jiff::SignedDuration::from_secs(1));
    send(&stage, Method::POST, &format!("{path}/verify"), &[], "{}").await;
    let later = send(&stage, Method::GET, &path, &[("if-none-match", &first)], "").await;
    assert_eq!(later.status, 200);
    assert_ne!(tag(&later), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_holds_no_tags_is_refused() {
    let stage = Stage::set().await;
    let id = stage.connect(&stage.tenant, "u1").await;
    let path = format!("/v1/connections/{id}");
    for bad in ["", "x", "\"x", "\"a\" \"b\"", "w/\"a\"", "\"a\", *"] {
        for name in ["if-match", "if-none-match"] {
            let refused = send(&stage, Method::GET, &path, &[(name, bad)], "").await;
            assert_problem(&refused, 400, "header-invalid");
            assert!(refused.text("/detail").unwrap().contains(name), "{}", refused.json);
        }
    }
}
