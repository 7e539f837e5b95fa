//! Requests whose body does not arrive: who may not send one is told so before it is waited for, and nobody waits for ever.

use std::fs;
use std::net::SocketAddr;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::child::Jackfield;
use crate::stage::Stage;

/// A request that has begun, and never goes on by itself.
struct Begun(TcpStream);

impl Begun {
    /// Its head, and as much of its body.
    async fn send(to: SocketAddr, head: &str, body: &[u8]) -> Self {
        let mut stream = TcpStream::connect(to).await.unwrap();
        stream.write_all(format!("{head}host: {to}\r\n\r\n").as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        Self(stream)
    }

    /// Returns once the host waits for the body.
    async fn is_waited_for(&mut self) {
        let mut said = [0; 25];
        self.0.read_exact(&mut said).await.unwrap();
        assert_eq!(said, *b"HTTP/1.1 100 Continue\r\n\r\n");
    }

    /// All that is answered until the host closes.
    async fn answer(mut self) -> String {
        let mut answer = Vec::new();
        // The host may reset a connection whose body it did not read.
        let _reset = self.0.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// A caller who may install nothing makes the host hold nothing: neither a component nor the wait for one.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_install_nothing_is_told_so_before_a_component_is_read() {
    let stage = Stage::set().await;
    let at = stage.host.running().unwrap().address;
    let (reader, colleague) = (stage.key(Some(&stage.tenant.id), &["read"]).await, stage.key(None, &["read"]).await);
    for (key, code) in [
        (reader, "permission-missing"),
        (stage.tenant.key.clone(), "permission-missing"),
        (colleague, "permission-missing"),
    ] {
        let head = format!(
            "POST /v1/connectors HTTP/1.1\r\nauthorization: Bearer {key}\r\nidempotency-key: \"x\"\r\n\
             content-type: application/wasm\r\ncontent-length: 2097152\r\n"
        );
        let answer = Begun::send(at, &head, &[0; 1000]).await.answer().await;
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(code), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_comes_is_given_up_and_keeps_no_host_from_ending() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let cli = cli.with("JACKFIELD_TIMEOUTS_REQUEST_IDLE_MS", "300").with("JACKFIELD_TIMEOUTS_SHUTDOWN_MS", "10000");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    let at: SocketAddr = host.url.strip_prefix("http://").unwrap().parse().unwrap();
    let operator = fs::read_to_string(folder.path().join("jackfield-data.operator-key")).unwrap();
    let key = format!("authorization: Bearer {}\r\n", operator.trim());
    let json = format!("{key}content-type: application/json\r\n");
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let mut begun = Vec::new();
    for (path, headers) in [
        ("/connect/x", form),
        ("/language", form),
        ("/v1/tenants", &json),
        ("/v1/tenants", &format!("{json}idempotency-key: x\r\n")),
        ("/v1/connectors", &key),
        ("/v1/backups/verify", &key),
    ] {
        let head = format!("POST {path} HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 100\r\n{headers}");
        let mut request = Begun::send(at, &head, b"").await;
        request.is_waited_for().await;
        begun.push((path, request));
    }
    host.signal(Signal::TERM);
    for (path, request) in begun {
        let answer = request.answer().await;
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body-stalled"), "{path}: {answer}");
    }
    let (code, said) = host.ended().await;
    assert_eq!(code, 0, "{said}");
}
