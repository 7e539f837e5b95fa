//! Files of connections on their way from one host to another: what is in one, and age around it.

mod seal;

use data_encoding::BASE64;
use jackfield_model::{connection::Connection, credential::Credential};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

pub use seal::{Lock, TransferKey, TransferSealError, open};

/// What a file of connections says it is.
const KIND: &str = "jackfield-connections";
const VERSION: u32 = 1;

/// A connection in a file.
#[derive(Serialize, Deserialize)]
pub struct Entry {
    /// The connection as it was there.
    pub connection: Connection,
    /// The provider's `client_id`: the tokens belong to it, not to a host's own id of it.
    pub client_id: Option<String>,
    /// The sealable form, base64.
    credential: Wiped,
}

/// Why what was in a file is no connections that can be read. Says nothing of what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// Something else.
    Foreign,
    /// Of a later version.
    Version(u32),
}

#[derive(Serialize, Deserialize)]
struct Bundle {
    kind: String,
    version: u32,
    connections: Vec<Entry>,
}

/// What every version begins with, whatever it has besides.
#[derive(Deserialize)]
struct Head {
    kind: String,
    version: u32,
}

/// Text that is wiped when it is dropped.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Wiped(String);

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Entry {
    /// A connection with its credential, and the client id that its tokens belong to.
    pub fn new(connection: Connection, client_id: Option<String>, credential: &Credential) -> Self {
        Self { connection, client_id, credential: Wiped(BASE64.encode(&credential.to_sealable())) }
    }

    /// Its credential; none where it is not one.
    pub fn credential(&self) -> Option<Credential> {
        let bytes = BASE64.decode(self.credential.0.as_bytes()).map(Zeroizing::new).ok()?;
        Credential::from_sealable(&bytes).ok()
    }
}

/// What goes into a file.
///
/// # Errors
/// Never for what a host holds.
pub fn write(connections: Vec<Entry>) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let bundle = Bundle { kind: KIND.to_owned(), version: VERSION, connections };
    serde_json::to_vec(&bundle).map(Zeroizing::new).map_err(|_| Unread::Foreign)
}

/// What was in a file.
///
/// # Errors
/// Where it is something else, or of a later version.
pub fn read(plain: &[u8]) -> Result<Vec<Entry>, Unread> {
    // serde's errors may quote what was read, so they are dropped.
    let head: Head = serde_json::from_slice(plain).map_err(|_| Unread::Foreign)?;
    if head.kind != KIND {
        return Err(Unread::Foreign);
    }
    if head.version != VERSION {
        return Err(Unread::Version(head.version));
    }
    let bundle: Bundle = serde_json::from_slice(plain).map_err(|_| Unread::Foreign)?;
    Ok(bundle.connections)
}
