//! The proxy against bytes that no HTTP library would send: framing, expectations, upgrades.

use axum::Router;
use axum::routing::{any, post};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::files::Files;
use crate::raw;

fn service() -> Router {
    let take = |body: Bytes| async move { format!("took {}", body.len()) };
    Router::new().route("/take", post(take)).fallback(any(|| async { "elsewhere" }))
}

async fn exchange(files: &Files, given: &str, body: &str) -> String {
    raw::exchange(&files.host, &files.tenant.key, given, body.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_one_length() {
    let files = Files::start(service()).await;
    let line = format!("POST {} HTTP/1.1\r\n", files.path("/take"));
    // Lengths that two readers could read differently do not pass at all.
    for headers in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "content-length: 0x5\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length : 5\r\n",
        "transfer-encoding\u{b}: chunked\r\n",
    ] {
        let before = files.double.log().all().len();
        let answer = exchange(&files, &format!("{line}{headers}"), "hello").await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{headers}: {answer}");
        assert_eq!(files.double.log().all().len(), before, "{headers}");
    }
    // Where both are given, the coding counts (RFC 9112 section 6.3), and the host writes the length anew.
    let both = format!("{line}content-length: 3\r\ntransfer-encoding: chunked\r\n");
    let answer = exchange(&files, &both, "5\r\nhello\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n").await;
    let arrived = files.double.log().all();
    assert!(arrived.iter().all(|request| !request.path.contains("smuggled")), "{answer}");
    for request in files.double.log().to("/take") {
        assert_eq!((&request.body[..], request.headers.get_all("content-length").iter().count()), (&b"hello"[..], 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trailers_and_coding_of_this_hop_end_here() {
    let files = Files::start(service()).await;
    let line = format!("POST {} HTTP/1.1\r\n", files.path("/take"));
    let given =
        format!("{line}te: trailers\r\ntrailer: x-late\r\ntransfer-encoding: chunked\r\naccept-encoding: br, gzip\r\n");
    let answer = exchange(&files, &given, "5\r\nhello\r\n0\r\nx-late: 1\r\nauthorization: Bearer evil\r\n\r\n").await;
    assert!(answer.contains("took 5"), "{answer}");
    let seen = files.double.log().to("/take").pop().unwrap();
    assert_eq!(seen.header("accept-encoding"), Some("br, gzip"));
    assert_eq!(seen.header("authorization"), Some("Bearer s3cret-token"));
    assert!(["te", "trailer", "x-late", "expect", "connection"].iter().all(|name| seen.header(name).is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_asks_first_is_answered_first() {
    let files = Files::start(service()).await;
    for length in [5, 200_000] {
        let mut stream = raw::connect(&files.host).await;
        let line = format!("POST {} HTTP/1.1\r\n", files.path("/take"));
        let given = format!("{line}content-length: {length}\r\nexpect: 100-continue\r\n");
        stream.write_all(raw::head(&files.tenant.key, &given).as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 100 Continue\r\n\r\n"), "{}", String::from_utf8_lossy(&answer));
        stream.write_all("x".repeat(length).as_bytes()).await.unwrap();
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
        assert_eq!(files.double.log().to("/take").pop().unwrap().body.len(), length);
        assert!(files.double.log().to("/take").pop().unwrap().header("expect").is_none());
    }
    // Who is refused is not asked for a body.
    let line = format!("POST {} HTTP/1.1\r\n", files.path("/a/../take"));
    let refused = exchange(&files, &format!("{line}content-length: 5\r\nexpect: 100-continue\r\n"), "").await;
    assert!(refused.starts_with("HTTP/1.1 403 ") && !refused.contains("100 Continue"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_protocol_is_refused_and_the_way_to_it_named() {
    let files = Files::start(service()).await;
    let line = format!("GET {} HTTP/1.1\r\n", files.path("/take"));
    let before = files.double.log().all().len();
    for headers in [
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nconnection: upgrade, http2-settings\r\n",
        "connection: Upgrade\r\n",
    ] {
        let mut stream = raw::connect(&files.host).await;
        stream.write_all(raw::head(&files.tenant.key, &format!("{line}{headers}")).as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 422 ") && answer.contains("\"upgrade-refused\""), "{headers}: {answer}");
        assert!(answer.contains("ake a lease"), "{answer}");
    }
    // HTTP/2, and with it its extended CONNECT (RFC 8441), is not spoken.
    let mut stream = raw::connect(&files.host).await;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(files.double.log().all().len(), before);
}
