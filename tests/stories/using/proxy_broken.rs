//! Calls that go wrong in the middle: nothing is taken for whole that is not, nobody buffers for who does not read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::{get, post};
use bytes::Bytes;
use futures::stream;
use http_body_util::BodyExt;
use jackfield_server::config::Config;
use jackfield_tests::doubles::{Fault, On};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

use crate::files::Files;
use crate::raw;

const PIECE: &[u8] = &[b'x'; 64 * 1024];
/// More than all buffers on the way can hold, and far less than what would pass without back-pressure.
const BUFFERS: usize = 64 * 1024 * 1024;

fn hasty(config: &mut Config) {
    config.timeouts.proxy_idle_ms = 500;
    config.timeouts.proxy_first_byte_ms = 500;
}

/// Says when it is dropped.
type Ends = (Arc<Mutex<Option<oneshot::Sender<()>>>>, oneshot::Receiver<()>);

fn ends() -> Ends {
    let (told, ended) = oneshot::channel();
    (Arc::new(Mutex::new(Some(told))), ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_off_is_never_a_whole_one() {
    let whole = || async { "x".repeat(100_000) };
    let chunked = || async {
        let first = (Some(Ok(Bytes::from_static(PIECE))), true);
        let pieces = stream::unfold(first, |(next, more)| async move {
            let next: Result<Bytes, std::io::Error> = next?;
            let after = more.then(|| Err(std::io::Error::other("cut off on purpose")));
            // Gives the connection its turn to send what it holds.
            tokio::task::yield_now().await;
            Some((next, (after, false)))
        });
        Body::from_stream(pieces)
    };
    let files = Files::start(Router::new().route("/whole", get(whole)).route("/chunked", get(chunked))).await;
    files.double.faults().once(On::path("/whole"), Fault::Cut);
    assert!(files.get("/whole").await.is_err());
    assert!(files.get("/chunked").await.is_err());
    // As bytes: neither the end of the chunks nor all of the length.
    let given = format!("GET {} HTTP/1.1\r\n", files.path("/chunked"));
    let answer = raw::exchange(&files.host, &files.tenant.key, &given, b"").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && !answer.ends_with("0\r\n\r\n"), "{}", answer.len());
    assert_eq!(files.get("/whole").await.unwrap().body.len(), 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_does_not_read_stops_the_provider() {
    let (told, ended) = ends();
    let produced = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&produced);
    let endless = move || {
        let (told, counted) = (told.lock().unwrap().take(), Arc::clone(&counted));
        async move {
            Body::from_stream(stream::repeat_with(move || {
                let _held = &told;
                counted.fetch_add(PIECE.len(), Ordering::SeqCst);
                Ok::<_, std::io::Error>(Bytes::from_static(PIECE))
            }))
        }
    };
    let files = Files::configured(Router::new().route("/endless", get(endless)), Some(hasty)).await;
    let mut stream = raw::connect(&files.host).await;
    let given = format!("GET {} HTTP/1.1\r\n", files.path("/endless"));
    stream.write_all(raw::head(&files.tenant.key, &given).as_bytes()).await.unwrap();
    // Nobody sent anything: the other half was dropped, when the host gave up.
    assert!(ended.await.is_err());
    let produced = produced.load(Ordering::SeqCst);
    assert!(produced < BUFFERS, "{produced} bytes were taken from the provider for nobody");
    assert_eq!(files.ended_by("timeouts.proxy_idle_ms"), 1);
    // What was on its way still arrives, and then the answer breaks off.
    let mut rest = Vec::new();
    let _reset = stream.read_to_end(&mut rest).await;
    assert!(rest.len() <= produced + 4096 && !rest.ends_with(b"0\r\n\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_read_stops_the_caller() {
    let deaf = |request: Request| async move {
        let _unread = request;
        std::future::pending::<&'static str>().await
    };
    let files = Files::streaming(Router::new().route("/deaf", post(deaf)), Some(hasty)).await;
    let (mut reading, mut writing) = raw::connect(&files.host).await.into_split();
    let given = format!("POST {} HTTP/1.1\r\ncontent-length: 4000000000\r\n", files.path("/deaf"));
    writing.write_all(raw::head(&files.tenant.key, &given).as_bytes()).await.unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    let writer = tokio::spawn(async move {
        while writing.write_all(PIECE).await.is_ok() {
            counted.fetch_add(PIECE.len(), Ordering::SeqCst);
        }
    });
    let mut answer = vec![0; 4096];
    let read = reading.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 504 ") && answer.contains("\"provider-timeout\""), "{answer}");
    assert!(written.load(Ordering::SeqCst) < BUFFERS, "the host took more than the provider did");
    writer.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_breaks_off_in_a_body_breaks_it_off_at_the_provider() {
    let (arrived, is_there) = oneshot::channel::<()>();
    let (done, outcome) = oneshot::channel::<bool>();
    let told = Arc::new(Mutex::new(Some((arrived, done))));
    let taking = move |request: Request| {
        let (arrived, done) = told.lock().unwrap().take().unwrap();
        async move {
            let mut body = request.into_body();
            let mut arrived = Some(arrived);
            let whole = loop {
                match body.frame().await {
                    None => break true,
                    Some(Err(_)) => break false,
                    Some(Ok(_)) => drop(arrived.take().map(|arrived| arrived.send(()))),
                }
            };
            done.send(whole).unwrap();
            "ok"
        }
    };
    let files = Files::streaming(Router::new().route("/taking", post(taking)), None).await;
    let mut stream = raw::connect(&files.host).await;
    let given = format!("POST {} HTTP/1.1\r\ncontent-length: 1000000\r\n", files.path("/taking"));
    stream.write_all(raw::head(&files.tenant.key, &given).as_bytes()).await.unwrap();
    stream.write_all(PIECE).await.unwrap();
    is_there.await.unwrap();
    drop(stream);
    assert!(!outcome.await.unwrap(), "the provider took half a body for a whole one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_while_the_provider_thinks_ends_the_request_there() {
    let (told, ended) = ends();
    let (arrived, is_there) = oneshot::channel::<()>();
    let arrived = Arc::new(Mutex::new(Some(arrived)));
    let thinking = move || {
        let told = told.lock().unwrap().take();
        arrived.lock().unwrap().take().unwrap().send(()).unwrap();
        async move {
            let _held = told;
            std::future::pending::<&'static str>().await
        }
    };
    let files = Files::start(Router::new().route("/thinking", get(thinking))).await;
    let mut stream = raw::connect(&files.host).await;
    let given = format!("GET {} HTTP/1.1\r\n", files.path("/thinking"));
    stream.write_all(raw::head(&files.tenant.key, &given).as_bytes()).await.unwrap();
    is_there.await.unwrap();
    drop(stream);
    assert!(ended.await.is_err());
}
