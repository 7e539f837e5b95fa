//! Requests whose body does not arrive: who may not send one is told so before it is waited for.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
