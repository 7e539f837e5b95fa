//! `host/guides/operator.md` as an operator follows it: from an empty folder to a host that was backed up and restored.

use std::net::{Ipv4Addr, TcpListener};

use jackfield_tests::components::workspace;

use crate::guide::{Reader, blocks};

const GUIDE: &str = "host/guides/operator.md";

/// An address nobody listens at, so that a test does not meet another at the guide's own.
fn free() -> String {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().to_string()
}

/// Where the tools that build a connector keep their things, although the reader has a home of their own.
#[allow(clippy::disallowed_methods, reason = "the tools that build are this machine's")]
fn kept(variable: &str, folder: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| format!("{}/{folder}", std::env::var("HOME").unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_for_operators_is_true() {
    let home = tempfile::tempdir().unwrap();
    let address = free();
    let url = format!("http://{address}");
    let (cargo, rustup) = (kept("CARGO_HOME", ".cargo"), kept("RUSTUP_HOME", ".rustup"));
    let variables = [
        ("HOME", home.path().to_str().unwrap()),
        ("CARGO_HOME", cargo.as_str()),
        ("RUSTUP_HOME", rustup.as_str()),
        ("JACKFIELD_LISTEN", address.as_str()),
        ("JACKFIELD_URL", url.as_str()),
    ];
    let mut reader = Reader::sits_down(home.path(), &variables);
    reader.types(&format!("cd {}", workspace().display())).await;
    let guide = blocks(GUIDE);
    let mut headings: Vec<&str> = guide.iter().map(|block| block.heading.as_str()).collect();
    headings.dedup();
    assert!(headings.len() >= 8, "{headings:?}");
    for heading in headings {
        reader.follows(&guide, heading).await;
    }
    reader.leaves().await;
}
