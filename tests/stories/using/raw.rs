//! Requests as bytes, for what no HTTP library would send.

use jackfield_tests::host::TestHost;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to the host.
pub(crate) async fn connect(host: &TestHost) -> TcpStream {
    TcpStream::connect(host.running().unwrap().address).await.unwrap()
}

/// The request line and headers given, with a key, a host and the end of the head.
pub(crate) fn head(key: &str, given: &str) -> String {
    format!("{given}host: jackfield.test\r\nauthorization: Bearer {key}\r\n\r\n")
}

/// One request and all that is answered until the host closes, as text.
pub(crate) async fn exchange(host: &TestHost, key: &str, given: &str, body: &[u8]) -> String {
    let mut stream = connect(host).await;
    stream.write_all(head(key, &format!("{given}connection: close\r\n")).as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    // The host may reset a connection whose body it did not read.
    let _reset = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
