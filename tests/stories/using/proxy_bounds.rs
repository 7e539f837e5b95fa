//! The operator's bounds on proxied calls: each with a code of its own, or a broken body where the answer has begun.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::Request as Asked;
use jackfield_server::config::Config;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::Answer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::files::Files;
use crate::raw;

fn refusal(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.headers["jackfield-answered-by"], "host");
    (answer.status.as_u16(), answer.code())
}

fn small(config: &mut Config) {
    config.proxy.request_bytes = 1000;
    config.proxy.response_bytes = 1000;
    config.proxy.request_header_bytes = 2000;
    config.proxy.response_header_bytes = 2000;
    config.proxy.replay_bytes = 100;
}

/// Bodies and headers of the size the query says.
fn sizes() -> Router {
    let size = |request: &Request| request.uri().query().unwrap_or("0").parse::<usize>().unwrap();
    let told = move |request: Request| async move { "x".repeat(size(&request)) };
    let untold = move |request: Request| async move {
        let piece = Bytes::from("x".repeat(size(&request) / 4));
        Body::from_stream(stream::iter([(); 4]).map(move |()| Ok::<_, std::io::Error>(piece.clone())))
    };
    let headers =
        move |request: Request| async move { ([("x-long", "x".repeat(size(&request)))], "ok").into_response() };
    Router::new()
        .route("/told", any(told))
        .route("/untold", get(untold))
        .route("/headers", get(headers))
        .route("/take", any(|body: Bytes| async move { body.len().to_string() }))
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_headers_have_bounds_in_both_directions() {
    let files = Files::configured(sizes(), Some(small)).await;
    let post = async |size: usize| files.send(Asked::post("/take"), "x".repeat(size).into()).await.unwrap();
    assert_eq!(&post(1000).await.body[..], b"1000");
    let before = files.double.log().all().len();
    let refused = post(1001).await;
    assert_eq!(refusal(&refused), (413, "request-too-large"), "{}", refused.json);
    assert!(refused.text("/detail").unwrap().contains("`proxy.request_bytes`"), "{}", refused.json);
    let long = files.send(Asked::get("/take").header("x-long", "x".repeat(2000)), Bytes::new()).await.unwrap();
    assert_eq!(refusal(&long), (431, "request-headers-too-large"), "{}", long.json);
    assert_eq!(files.double.log().all().len(), before, "what is too large was sent");
    assert_eq!(files.get("/told?1000").await.unwrap().body.len(), 1000);
    assert_eq!(refusal(&files.get("/told?1001").await.unwrap()), (502, "response-too-large"));
    assert_eq!(refusal(&files.get("/headers?2000").await.unwrap()), (502, "response-headers-too-large"));
    assert_eq!(files.get("/headers?1000").await.unwrap().status, 200);
    // Where the length is not told, the answer has begun: it breaks off, and is never taken for a whole one.
    assert_eq!(files.get("/untold?1000").await.unwrap().body.len(), 1000);
    assert!(files.get("/untold?1004").await.is_err());
    for (setting, count) in [
        ("proxy.request_bytes", 1),
        ("proxy.request_header_bytes", 1),
        ("proxy.response_bytes", 2),
        ("proxy.response_header_bytes", 1),
    ] {
        assert_eq!(files.ended_by(setting), count, "{setting}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_no_stated_length_ends_at_its_bound_too() {
    let files = Files::configured(sizes(), Some(small)).await;
    let given = format!("POST {} HTTP/1.1\r\ntransfer-encoding: chunked\r\n", files.path("/take"));
    let chunk = |size: usize| format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    let whole = format!("{}{}0\r\n\r\n", chunk(500), chunk(500));
    let answer = raw::exchange(&files.host, &files.tenant.key, &given, whole.as_bytes()).await;
    assert!(answer.ends_with("\r\n1000"), "{answer}");
    let more = format!("{}{}0\r\n\r\n", chunk(500), chunk(501));
    let answer = raw::exchange(&files.host, &files.tenant.key, &given, more.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"request-too-large\""), "{answer}");
    assert_eq!((files.double.log().to("/take").len(), files.ended_by("proxy.request_bytes")), (1, 1));
    let garbled = raw::exchange(&files.host, &files.tenant.key, &given, b"5\r\nhello\r\nzz\r\n").await;
    assert!(garbled.starts_with("HTTP/1.1 400 ") && !garbled.contains("provider-down"), "{garbled}");
}

fn hasty(config: &mut Config) {
    config.timeouts.proxy_first_byte_ms = 300;
    config.timeouts.proxy_idle_ms = 400;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_thinks_for_too_long_is_not_waited_for() {
    let files = Files::configured(sizes(), Some(hasty)).await;
    let gate = Gate::default();
    files.double.faults().once(On::path("/take"), Fault::HeldAnswer(gate.clone()));
    let answer = files.send(Asked::post("/take"), Bytes::from_static(b"hello")).await.unwrap();
    assert_eq!(refusal(&answer), (504, "provider-timeout"), "{}", answer.json);
    assert_eq!(files.ended_by("timeouts.proxy_first_byte_ms"), 1);
    gate.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_stops_in_the_middle_of_a_body_is_told() {
    let files = Files::configured(sizes(), Some(hasty)).await;
    // Small enough to be held, and large enough to stream.
    for length in [100, 1_000_000] {
        let mut stream = raw::connect(&files.host).await;
        let given = format!("POST {} HTTP/1.1\r\ncontent-length: {length}\r\n", files.path("/take"));
        stream.write_all(raw::head(&files.tenant.key, &given).as_bytes()).await.unwrap();
        stream.write_all(b"hello").await.unwrap();
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"body-stalled\""), "{length}: {answer}");
    }
    assert_eq!(files.ended_by("timeouts.proxy_idle_ms"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stands_still_breaks_off() {
    let still = || async {
        let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"first")) });
        Body::from_stream(first.chain(stream::pending()))
    };
    let files = Files::configured(Router::new().route("/still", get(still)), Some(hasty)).await;
    assert!(files.get("/still").await.is_err());
    assert_eq!(files.ended_by("timeouts.proxy_idle_ms"), 1);
    assert_eq!(files.get("/ok").await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_an_end_even_if_something_always_moves() {
    let drip = || async {
        // The interval is what drips; nothing waits for it to pass.
        let drops = stream::unfold(tokio::time::interval(Duration::from_millis(20)), |mut interval| async {
            interval.tick().await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b".")), interval))
        });
        Body::from_stream(drops)
    };
    let brief = |config: &mut Config| config.timeouts.proxy_total_ms = 500;
    let files = Files::configured(Router::new().route("/drip", get(drip)), Some(brief)).await;
    assert!(files.get("/drip").await.is_err());
    let gate = Gate::default();
    files.double.faults().once(On::path("/ok"), Fault::Held(gate.clone()));
    let answer = files.get("/ok").await.unwrap();
    assert_eq!(refusal(&answer), (504, "call-too-long"), "{}", answer.json);
    assert_eq!(files.ended_by("timeouts.proxy_total_ms"), 2);
    gate.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_are_bounded_by_connection_and_by_tenant() {
    let few = |config: &mut Config| {
        config.proxy.calls_per_connection = 2;
        config.proxy.calls_per_tenant = 3;
    };
    let files = Files::configured(sizes(), Some(few)).await;
    let second = files.another().await;
    let gate = Gate::default();
    files.double.faults().always(On::path("/take"), Fault::Held(gate.clone()));
    let through = async |id: &str| {
        let path = format!("/v1/connections/{id}/proxy/take");
        files.host.get(&files.tenant.key, &path).await.unwrap()
    };
    let first = files.id.clone();
    let beyond = async {
        gate.reached(3).await;
        for id in [&first, &second] {
            let refused = through(id).await;
            assert_eq!(refusal(&refused), (429, "too-many-calls"), "{}", refused.json);
            assert_eq!(refused.headers["retry-after"], "1");
        }
        gate.open();
    };
    let (one, two, three, ()) = tokio::join!(through(&first), through(&first), through(&second), beyond);
    assert!([one, two, three].iter().all(|answer| answer.status == 200));
    assert_eq!(files.ended_by("proxy.calls_per_connection"), 1);
    assert_eq!(files.ended_by("proxy.calls_per_tenant"), 1);
    // Their places are free again.
    for _ in 0..4 {
        assert_eq!(through(&first).await.status, 200);
    }
}
