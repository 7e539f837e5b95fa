//! Names to addresses, and addresses to connections: an argument of the client, so that what an answer may lead to can be
//! shown with any answer.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use async_trait::async_trait;
use tokio::net::TcpStream;

/// Finds the addresses of host names and reaches them.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// Every address of a name; none or an error where it has none. Never broken off, so that it ends when its work does.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;

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
    /// In a thread, until the system has an answer (getaddrinfo(3)).
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}
