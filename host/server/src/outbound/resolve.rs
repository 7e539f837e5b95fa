//! Names to addresses: an argument of the client, so that what an answer may lead to can be shown with any answer.

use std::{io, net::SocketAddr};

use async_trait::async_trait;

/// Finds the addresses of host names.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// Every address of a name, with this port; none or an error where it has none.
    async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
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
