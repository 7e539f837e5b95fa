//! Doubles of providers: they answer over TLS under a provider's real name, keep what they were asked, and can be switched to faults.

pub mod api;
pub mod facebook;
pub mod fault;
mod form;
mod gate;
pub mod github;
pub mod google;
pub mod hostile;
pub mod issuer;
mod keys;
mod log;
pub mod mailchimp;
pub mod notion;
pub mod relay;
pub mod rotating;
mod serve;
pub mod slack;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

pub use self::fault::{Fault, Faults, On};
pub use self::gate::Gate;
pub use self::log::{Log, Recorded};
use self::serve::{Bodies, Sites};
use crate::authority::Authority;
use crate::wire::Wire;

/// A provider's names, answered on a free loopback port until it is dropped.
pub struct Double {
    address: SocketAddr,
    names: Vec<String>,
    log: Log,
    faults: Faults,
    serving: JoinHandle<()>,
}

impl Double {
    /// Answers each name with its router, under certificates of `authority`; `*.domain` stands for every name right below.
    pub async fn serve(authority: &Authority, sites: Vec<(&str, Router)>) -> Result<Self> {
        Self::start(authority, sites, Bodies::Logged).await
    }

    /// The same without reading bodies for the log: they reach the router as they arrive.
    pub async fn streaming(authority: &Authority, sites: Vec<(&str, Router)>) -> Result<Self> {
        Self::start(authority, sites, Bodies::Passed).await
    }

    async fn start(authority: &Authority, sites: Vec<(&str, Router)>, bodies: Bodies) -> Result<Self> {
        let names: Vec<String> = sites.iter().map(|(name, _)| (*name).to_owned()).collect();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(authority.server(&names)?);
        let (log, faults) = (Log::default(), Faults::default());
        let sites = Arc::new(Sites::new(sites, log.clone(), faults.clone(), bodies));
        let serving = tokio::spawn(serve::accept(listener, acceptor, sites));
        Ok(Self { address, names, log, faults, serving })
    }

    /// Where it answers: what the operator's setting maps its names to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names it answers under.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Its names and where they are, as the operator's setting has them.
    pub fn placed(&self) -> BTreeMap<String, SocketAddr> {
        self.names.iter().map(|name| (name.clone(), self.address)).collect()
    }

    /// Tells `wire` where its names are.
    pub fn place_on(&self, wire: &mut Wire) {
        for name in &self.names {
            wire.place(name, self.address);
        }
    }

    /// Every request it received, oldest first.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The switchboard of its faults.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        // The connections it accepted belong to this task and end with it.
        self.serving.abort();
    }
}
