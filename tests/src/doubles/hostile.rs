//! An authorization server and its API that do harm: honest until one of their endpoints is armed, then byte by byte as told.
//!
//! It is many issuers under one name, by the first segment of their paths, so that what one of them does touches no other.
//! Its honest answers are RFC 6749's, RFC 7636's, RFC 8414's, RFC 9207's and OpenID Connect Core 1.0's. Everybody consented
//! before, as whoever the parameter `login` says, so that nobody is shown a page.

mod connection;
mod deed;
mod desk;
mod identity;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

pub use self::deed::{Deed, Step, answer, json_answer};
use self::desk::Books;
pub use self::identity::Signature;
use super::Recorded;
use super::keys::IssuerKey;
use crate::authority::Authority;

/// The name it answers under.
pub const NAME: &str = "as.hostile.test";
/// The domain of other names it answers under, for endpoints that are not where the issuer is.
pub const ELSEWHERE: &str = "elsewhere.hostile.test";

/// What of an issuer is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// Its metadata, at every place it may be.
    Metadata,
    /// Where people consent.
    Authorize,
    /// Where a code becomes tokens.
    Token,
    /// The same, for a refresh token.
    Refresh,
    /// Its keys.
    Keys,
    /// Whose a token is.
    Me,
    /// Where tokens end.
    Revoke,
}

impl Endpoint {
    /// Whether a secret is in the body of what is sent there.
    pub fn takes_secrets(self) -> bool {
        matches!(self, Self::Token | Self::Refresh | Self::Revoke)
    }
}

/// The running server.
pub struct Hostile {
    address: SocketAddr,
    desk: Arc<Desk>,
    serving: JoinHandle<()>,
}

/// What its connections share.
struct Desk {
    key: IssuerKey,
    foreign: IssuerKey,
    state: Mutex<Books>,
    armed: Mutex<BTreeMap<(String, Endpoint), Deed>>,
    heard: Mutex<Vec<(String, Endpoint, Recorded)>>,
}

impl Hostile {
    /// Starts it; `now` is where its clock stands, in seconds since 1970.
    pub async fn start(authority: &Authority, now: i64) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(authority.server(&[NAME.to_owned(), format!("*.{ELSEWHERE}")])?);
        let desk = Arc::new(Desk {
            key: IssuerKey::new()?,
            foreign: IssuerKey::new()?,
            state: Mutex::new(Books::at(now)),
            armed: Mutex::default(),
            heard: Mutex::default(),
        });
        let serving = tokio::spawn(connection::accept(listener, acceptor, Arc::clone(&desk)));
        Ok(Self { address, desk, serving })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The issuer of that name.
    pub fn issuer(name: &str) -> String {
        format!("https://{NAME}/{name}")
    }

    /// From now on a client of an issuer is known by this redirect URI, and no other is sent a code.
    pub fn register(&self, issuer: &str, client: &str, redirect_uri: &str) {
        let key = (issuer.to_owned(), client.to_owned());
        self.desk.books().registered.insert(key, redirect_uri.to_owned());
    }

    /// From now on an issuer never looks at a verifier, as those that do not know RFC 7636.
    pub fn forget_pkce(&self, issuer: &str) {
        self.desk.books().careless.insert(issuer.to_owned());
    }

    /// From now on an endpoint does this instead of answering honestly.
    pub fn arm(&self, issuer: &str, endpoint: Endpoint, deed: Deed) {
        self.desk.armed().insert((issuer.to_owned(), endpoint), deed);
    }

    /// Back to an honest issuer.
    pub fn disarm(&self, issuer: &str) {
        self.desk.armed().retain(|(name, _), _| name != issuer);
    }

    /// What an endpoint was asked so far.
    pub fn asked(&self, issuer: &str, endpoint: Endpoint) -> Vec<Recorded> {
        let heard = lock(&self.desk.heard);
        let of = heard.iter().filter(|(name, asked, _)| name == issuer && *asked == endpoint);
        of.map(|(.., recorded)| recorded.clone()).collect()
    }

    /// Every secret an issuer gave out: its codes and tokens.
    pub fn secrets(&self, issuer: &str) -> Vec<String> {
        let books = self.desk.books();
        books.given.iter().filter(|(name, _)| name == issuer).map(|(_, secret)| secret.clone()).collect()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        // The connections it accepted belong to this task and end with it.
        self.serving.abort();
    }
}

impl Desk {
    fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.state)
    }

    fn armed(&self) -> MutexGuard<'_, BTreeMap<(String, Endpoint), Deed>> {
        lock(&self.armed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
