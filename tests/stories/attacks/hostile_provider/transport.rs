//! What a connection does to the bytes of an answer: cut off, dripped, flooded, framed in two ways, or not HTTP at all.

use jackfield_tests::doubles::hostile::{Deed, Endpoint, Step};

use super::row::{Class, Row};

/// What becomes of an answer that is carried so.
#[derive(Clone, Copy)]
enum Carried {
    /// It arrives.
    Whole,
    /// It does not, or not as what was sent.
    Broken,
    /// It does not in time, or not within the bounds of the host.
    Late,
    /// It does, and cannot be read.
    Garbled,
}

/// Where each of them is tried.
const EVERYWHERE: [Endpoint; 6] =
    [Endpoint::Token, Endpoint::Refresh, Endpoint::Me, Endpoint::Metadata, Endpoint::Keys, Endpoint::Revoke];

/// Each behaviour at every endpoint, or at one in turn.
pub(super) fn rows(everywhere: bool) -> Vec<Row> {
    let behaviours = [cut(), slow(), heads(), lengths(), chunked(), others(), lenient()];
    let mut rows = Vec::new();
    for (turn, (name, carried, deed)) in behaviours.into_iter().flatten().enumerate() {
        for (place, on) in EVERYWHERE.into_iter().enumerate() {
            if everywhere || place == turn % EVERYWHERE.len() {
                rows.push(Row::new(on, name, deed.clone(), class(on, carried)));
            }
        }
    }
    rows
}

fn class(on: Endpoint, carried: Carried) -> Class {
    match (on, carried) {
        (_, Carried::Whole) | (Endpoint::Revoke, Carried::Garbled) => Class::Works,
        (Endpoint::Refresh, _) => Class::Uncertain,
        // A code that is spent, and nobody it can be believed of.
        (Endpoint::Keys, _) => Class::Refused,
        // The bound is the host's own, and a connector is told so.
        (Endpoint::Me, Carried::Late) => Class::Later,
        (Endpoint::Me, Carried::Garbled) => Class::Refused,
        _ => Class::Down,
    }
}

type Behaviour = (&'static str, Carried, Deed);

/// The head of an answer with these further header lines, and then the body as it is.
fn sent(lines: &'static str) -> impl Fn(&str) -> Vec<u8> + Send + Sync + 'static {
    move |json| format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{lines}\r\n{json}").into_bytes()
}

/// The honest answer under these header lines, with its length among them.
fn with_length(lines: &'static str) -> Deed {
    Deed::wrap(move |json| {
        let length = format!("content-length: {}\r\n", json.len());
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{length}{lines}\r\n");
        vec![Step::Send([head.as_bytes(), json.as_bytes()].concat())]
    })
}

/// The honest answer's first half under its whole length, and then these steps.
fn half(rest: Vec<Step>) -> Deed {
    Deed::wrap(move |json| {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", json.len());
        let half = json.get(..json.len() / 2).unwrap_or_default();
        let mut steps = vec![Step::Send([head.as_bytes(), half.as_bytes()].concat())];
        steps.extend(rest.clone());
        steps
    })
}

fn raw(text: &str) -> Deed {
    Deed::bytes(text.as_bytes())
}

fn cut() -> Vec<Behaviour> {
    vec![
        ("closes without a word", Carried::Broken, Deed::Steps(vec![Step::Close])),
        ("closes without ending TLS", Carried::Broken, Deed::Steps(vec![Step::Rude])),
        ("resets instead of answering", Carried::Broken, Deed::Steps(vec![Step::Reset])),
        ("closes after the status line", Carried::Broken, raw("HTTP/1.1 200 OK\r\n")),
        ("closes in the middle of a header", Carried::Broken, raw("HTTP/1.1 200 OK\r\ncontent-ty")),
        ("closes after the headers", Carried::Broken, raw("HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n")),
        ("closes after half the body", Carried::Broken, half(vec![Step::Close])),
        ("closes after half the body without ending TLS", Carried::Broken, half(vec![Step::Rude])),
        ("resets after half the body", Carried::Broken, half(vec![Step::Reset])),
        (
            "ends a body of no length without ending TLS",
            Carried::Broken,
            Deed::wrap(|json| vec![Step::Send(sent("connection: close\r\n")(json)), Step::Rude]),
        ),
        (
            "ends a body of no length by closing",
            Carried::Whole,
            Deed::wrap(|json| vec![Step::Send(sent("connection: close\r\n")(json))]),
        ),
    ]
}

fn slow() -> Vec<Behaviour> {
    let head = || Step::Send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec());
    let chunked = || Step::Send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec());
    let huge = || Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n{\"a\":\"".to_vec());
    let spaces = || b" ".repeat(16 * 1024);
    vec![
        ("never answers", Carried::Late, Deed::Steps(vec![Step::Hold])),
        ("stops after half the body", Carried::Late, half(vec![Step::Hold])),
        ("drips a body", Carried::Late, Deed::Steps(vec![head(), Step::Drip(b" ".to_vec())])),
        (
            "drips headers",
            Carried::Late,
            Deed::Steps(vec![Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Step::Drip(b"x-more: yes\r\n".to_vec())]),
        ),
        (
            "drips early hints",
            Carried::Late,
            Deed::Steps(vec![Step::Drip(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())]),
        ),
        ("floods a body without end", Carried::Late, Deed::Steps(vec![head(), Step::Flood(spaces())])),
        ("floods 10 GiB it announced", Carried::Late, Deed::Steps(vec![huge(), Step::Flood(spaces())])),
        ("announces 10 GiB and closes", Carried::Broken, Deed::Steps(vec![huge(), Step::Close])),
        (
            "floods chunks without end",
            Carried::Late,
            Deed::Steps(vec![chunked(), Step::Flood([b"4000\r\n".to_vec(), spaces(), b"\r\n".to_vec()].concat())]),
        ),
        (
            "floods one header without end",
            Carried::Broken,
            Deed::Steps(vec![Step::Send(b"HTTP/1.1 200 OK\r\nx-long: ".to_vec()), Step::Flood(b"x".repeat(16 * 1024))]),
        ),
    ]
}

fn heads() -> Vec<Behaviour> {
    let headed = |lines: String| {
        Deed::wrap(move |json| {
            let head = format!("HTTP/1.1 200 OK\r\n{lines}content-length: {}\r\n\r\n", json.len());
            vec![Step::Send([head.as_bytes(), json.as_bytes()].concat())]
        })
    };
    let many = |count: usize| (0..count).map(|index| format!("x-{index}: y\r\n")).collect::<Vec<_>>().concat();
    vec![
        ("ten thousand headers", Carried::Broken, headed(many(10_000))),
        ("ninety headers", Carried::Whole, headed(many(90))),
        ("a header of a mebibyte", Carried::Broken, headed(format!("x-long: {}\r\n", "x".repeat(1024 * 1024)))),
        ("a header with a NUL", Carried::Broken, headed("x-odd: a\0b\r\n".into())),
        ("a header with a bare CR", Carried::Broken, headed("x-odd: a\rb\r\n".into())),
        ("a header with an escape", Carried::Broken, headed("x-odd: \u{1b}[31m\r\n".into())),
        ("a header with letters of no encoding", Carried::Whole, headed("x-odd: größe\r\n".into())),
        ("a folded header", Carried::Broken, headed("x-odd: a\r\n b\r\n".into())),
        ("a header without a colon", Carried::Broken, headed("x-odd\r\n".into())),
        ("a header name with a space", Carried::Broken, headed("x odd: y\r\n".into())),
        ("a space before the colon", Carried::Broken, headed("x-odd : y\r\n".into())),
        ("a header without a name", Carried::Broken, headed(": y\r\n".into())),
    ]
}

/// The honest answer, written so.
fn written(write: impl Fn(&str) -> String + Send + Sync + 'static) -> Deed {
    Deed::wrap(move |json| vec![Step::Send(write(json).into_bytes())])
}

fn lengths() -> Vec<Behaviour> {
    let length =
        |text: &'static str| written(move |json| format!("HTTP/1.1 200 OK\r\ncontent-length: {text}\r\n\r\n{json}"));
    let twice = |json: &str| {
        let lines = format!("content-length: {0}\r\ncontent-length: {0}\r\n", json.len());
        format!("HTTP/1.1 200 OK\r\n{lines}\r\n{json}")
    };
    vec![
        ("the length twice, the same", Carried::Whole, written(twice)),
        ("two lengths", Carried::Broken, with_length("content-length: 7\r\n")),
        ("a length that is too short", Carried::Garbled, length("1")),
        ("a length that is too long", Carried::Broken, length("99999")),
        ("a negative length", Carried::Broken, length("-1")),
        ("a length with a sign", Carried::Broken, length("+40")),
        ("a length in hexadecimal", Carried::Broken, length("0x40")),
        ("a length beyond all numbers", Carried::Broken, length("99999999999999999999999")),
    ]
}

fn chunked() -> Vec<Behaviour> {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n";
    let chunks = |body: &'static str| raw(&format!("{HEAD}\r\n{body}"));
    let with_length = |json: &str| format!("{HEAD}content-length: 5\r\n\r\n{:x}\r\n{json}\r\n0\r\n\r\n", json.len());
    let with_trailers =
        |json: &str| format!("{HEAD}\r\n{:x};x=y\r\n{json}\r\n0\r\nset-cookie: a=b\r\n\r\n", json.len());
    vec![
        ("chunks and a length", Carried::Whole, written(with_length)),
        ("chunks with trailers", Carried::Whole, written(with_trailers)),
        ("a chunk of negative size", Carried::Broken, chunks("-1\r\n{}\r\n0\r\n\r\n")),
        ("a chunk of a size beyond all numbers", Carried::Broken, chunks("fffffffffffffffff\r\n{}\r\n0\r\n\r\n")),
        ("a chunk without its end", Carried::Broken, chunks("2\r\n{}0\r\n\r\n")),
        ("chunks without a last one", Carried::Broken, chunks("2\r\n{}\r\n")),
        ("a coding nobody knows", Carried::Garbled, raw("HTTP/1.1 200 OK\r\ntransfer-encoding: mystery\r\n\r\n{}")),
    ]
}

fn others() -> Vec<Behaviour> {
    // The beginning of a gzip stream that would unfold to gigabytes: nobody asked for one, so nobody unfolds it.
    let bomb = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3][..], &[0; 4096]].concat();
    let coded = [b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n".to_vec(), bomb].concat();
    vec![
        ("a gzip bomb nobody asked for", Carried::Garbled, Deed::bytes(coded)),
        ("HTTP/0.9", Carried::Broken, written(str::to_owned)),
        ("HTTP/2 nobody asked for", Carried::Broken, Deed::bytes(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80".to_vec())),
        ("a version of the future", Carried::Broken, raw("HTTP/9.9 200 OK\r\n\r\n")),
        ("another protocol", Carried::Broken, raw("SSH-2.0-OpenSSH_9.9\r\n")),
        ("a status that is no number", Carried::Broken, raw("HTTP/1.1 OK 200\r\n\r\n")),
    ]
}

/// Odd, and good enough.
fn lenient() -> Vec<Behaviour> {
    let old = |json: &str| {
        format!("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: {}\r\n\r\n{json}", json.len())
    };
    let without_reason = |json: &str| format!("HTTP/1.1 200\r\ncontent-length: {}\r\n\r\n{json}", json.len());
    let with_lf = |json: &str| format!("HTTP/1.1 200 OK\ncontent-length: {}\n\n{json}", json.len());
    let plain = |json: &str| format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{json}", json.len());
    let hinted = move |json: &str| {
        let hints = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(200);
        format!("{hints}{}", plain(json))
    };
    let second = move |json: &str| {
        let both = format!("{}{}", plain(json), plain("{\"sub\":\"mallory\"}"));
        vec![Step::Send(both.into_bytes()), Step::Hold]
    };
    vec![
        ("HTTP/1.0, kept alive", Carried::Whole, written(old)),
        ("a status without a reason", Carried::Whole, written(without_reason)),
        ("lines that end in LF", Carried::Whole, written(with_lf)),
        ("two hundred interim answers", Carried::Whole, written(hinted)),
        ("a second answer nobody asked for", Carried::Whole, Deed::wrap(second)),
    ]
}
