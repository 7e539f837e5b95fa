//! A gigabyte up and a gigabyte down through a host in a process of its own, whose memory does not grow by it.

use std::convert::Infallible;
use std::fs;
use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::Request as Arrived;
use axum::routing::{get, post};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::Request;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

use crate::files::Files;
use jackfield_tests::process::Process;

const GIB: usize = 1024 * 1024 * 1024;
/// What has passed before anything is measured: buffers and pools are there then.
const WARM: usize = 16 * 1024 * 1024;
/// How much the most memory ever used may be above what was used before.
const GROWTH: usize = 32 * 1024 * 1024;
/// What bodies are made of, again and again; no buffer's size divides it.
const BLOCK: usize = 1024 * 1024 + 7;
const PIECE: usize = 64 * 1024;

/// A block without a rhythm of its own.
fn block() -> Bytes {
    let mut state = 0x2545_f491_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(BLOCK).collect()
}

fn pieces(block: Bytes, total: usize) -> impl Stream<Item = Bytes> + Send + 'static {
    stream::unfold(0, move |at| {
        let from = at % BLOCK;
        let size = PIECE.min(BLOCK - from).min(total - at);
        let piece = block.slice(from..from + size);
        async move { (size > 0).then_some((piece, at + size)) }
    })
}

/// Compares what arrives with what was sent.
struct Reader {
    block: Bytes,
    at: usize,
}

impl Reader {
    fn read(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let from = self.at % BLOCK;
            let size = data.len().min(BLOCK - from);
            assert!(data[..size] == self.block[from..from + size], "changed on the way, near byte {}", self.at);
            data = &data[size..];
            self.at += size;
        }
    }
}

fn service(block: &Bytes) -> Router {
    let (up, down) = (block.clone(), block.clone());
    let up = move |request: Arrived| {
        let mut reader = Reader { block: up.clone(), at: 0 };
        async move {
            let mut body = request.into_body();
            while let Some(frame) = body.frame().await {
                reader.read(&frame.unwrap().into_data().unwrap());
            }
            reader.at.to_string()
        }
    };
    let down = move |request: Arrived| {
        let total = request.uri().query().unwrap().parse().unwrap();
        let body = pieces(down.clone(), total).map(Ok::<_, io::Error>);
        async move { Body::from_stream(body) }
    };
    Router::new().route("/up", post(up)).route("/down", get(down))
}

/// One request to the host in the other process.
async fn ask<S>(files: &Files, process: &Process, request: http::request::Builder, body: S) -> hyper::body::Incoming
where
    S: Stream<Item = Bytes> + Send + 'static,
{
    let url = Url::parse(&process.url).unwrap();
    let stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request =
        request.header("host", "jackfield.test").header("authorization", format!("Bearer {}", files.tenant.key));
    let body = StreamBody::new(body.map(|piece| Ok::<_, Infallible>(Frame::data(piece))));
    let answer = sender.send_request(request.body(body.boxed_unsync()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body()
}

async fn up(files: &Files, process: &Process, block: &Bytes, total: usize) {
    let request = Request::post(files.path("/up")).header("content-length", total);
    let answer = ask(files, process, request, pieces(block.clone(), total)).await.collect().await.unwrap();
    assert_eq!(answer.to_bytes(), total.to_string());
}

async fn down(files: &Files, process: &Process, block: &Bytes, total: usize) {
    let request = Request::get(files.path(&format!("/down?{total}")));
    let mut body = ask(files, process, request, stream::empty()).await;
    let mut reader = Reader { block: block.clone(), at: 0 };
    while let Some(frame) = body.frame().await {
        reader.read(&frame.unwrap().into_data().unwrap());
    }
    assert_eq!(reader.at, total);
}

/// A line of `/proc/<id>/status`, in bytes: `VmHWM` is the most memory ever used, `VmRSS` what is used now.
fn memory(process: &Process, line: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id().unwrap().as_raw_nonzero())).unwrap();
    let found = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
    found.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gigabyte_passes_each_way_in_constant_memory() {
    let block = block();
    let mut files = Files::streaming(service(&block), None).await;
    files.host.stop().await.unwrap();
    let process = Process::serve(crate::PROGRAM, files.host.folder(), &files.double.placed()).await.unwrap();
    up(&files, &process, &block, WARM).await;
    down(&files, &process, &block, WARM).await;
    // proc(5): 5 resets the peak to what is used now.
    fs::write(format!("/proc/{}/clear_refs", process.id().unwrap().as_raw_nonzero()), "5").unwrap();
    let before = memory(&process, "VmRSS:");
    up(&files, &process, &block, GIB).await;
    down(&files, &process, &block, GIB).await;
    let grown = memory(&process, "VmHWM:").saturating_sub(before);
    assert!(grown <= GROWTH, "the host's memory grew by {} KiB above {} KiB", grown / 1024, before / 1024);
    process.kill().await.unwrap();
}
