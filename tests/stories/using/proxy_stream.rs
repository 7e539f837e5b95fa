//! The proxy with large bodies: they stream in both directions, and the first bytes pass before the last exist.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::{get, post};
use bytes::Bytes;
use futures::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::files::Files;

/// 10 MiB and a bit, so that no buffer's size divides it.
const LARGE: usize = 10 * 1024 * 1024 + 7;

/// What an endless answer is made of.
const PIECE: &[u8] = &[b'x'; 64 * 1024];

fn pattern() -> Bytes {
    (0..LARGE).map(|place| u8::try_from(place % 251).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_pass_each_way_unchanged() {
    let echo = |request: Request| async { request.into_body() };
    let router = Router::new().route("/mirror", post(echo)).layer(DefaultBodyLimit::disable());
    let files = Files::start(router).await;
    let sent = pattern();
    let request = http::Request::post("/").header("authorization", format!("Bearer {}", files.tenant.key));
    let answer = files.host.send(&files.path("/mirror"), request.body(sent.clone()).unwrap()).await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body == sent, "the body came back changed: {} bytes", answer.body.len());
    let seen = files.double.log().to("/mirror").pop().unwrap();
    assert_eq!((seen.body.len(), seen.header("content-length")), (LARGE, Some(LARGE.to_string().as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_bytes_arrive_while_the_provider_still_writes() {
    let (finish, finished) = oneshot::channel::<()>();
    let finished = std::sync::Arc::new(std::sync::Mutex::new(Some(finished)));
    let slow = move || {
        let finished = finished.lock().unwrap().take();
        async move {
            let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"first ")) });
            let rest = stream::once(async move {
                finished.unwrap().await.unwrap();
                Ok(Bytes::from_static(b"last"))
            });
            Body::from_stream(futures::StreamExt::chain(first, rest))
        }
    };
    let router = Router::new().route("/slow", get(slow));
    let files = Files::start(router).await;
    let address = files.host.running().unwrap().address;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (path, key) = (files.path("/slow"), &files.tenant.key);
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains("first ") {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "the answer ended early");
    }
    assert!(!String::from_utf8_lossy(&read).contains("last"));
    finish.send(()).unwrap();
    stream.read_to_end(&mut read).await.unwrap();
    assert!(String::from_utf8_lossy(&read).contains("last"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_ends_the_providers_answer() {
    let (told, ended) = oneshot::channel::<()>();
    let told = std::sync::Arc::new(std::sync::Mutex::new(Some(told)));
    let endless = move || {
        // Dropped with the body, which tells the story.
        let told = told.lock().unwrap().take();
        async move {
            Body::from_stream(stream::repeat_with(move || {
                let _held = &told;
                Ok::<_, std::io::Error>(Bytes::from_static(PIECE))
            }))
        }
    };
    let router = Router::new().route("/endless", get(endless));
    let files = Files::start(router).await;
    let address = files.host.running().unwrap().address;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (path, key) = (files.path("/endless"), &files.tenant.key);
    let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = vec![0; 256 * 1024];
    stream.read_exact(&mut read).await.unwrap();
    drop(stream);
    // Nobody sent anything: the other half was dropped.
    assert!(ended.await.is_err());
}
