//! Names to addresses, and addresses to connections: an argument of the client, so that what an answer may lead to can be
//! shown with any answer.

use std::{io, net::SocketAddr};

use async_trait::async_trait;
use tokio::net::TcpStream;

/// Finds the addresses of host names and reaches them.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// Every address of a name, with this port; none or an error where it has none.
    async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;

    /// A connection to the first of these addresses that takes one. Each was judged, and nothing is connected to any other way.
    async fn connect(&self, judged: &[SocketAddr]) -> io::Result<TcpStream> {
        TcpStream::connect(judged).await
    }
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}
