//! Why a host does not start.

use std::{io, net::SocketAddr, path::PathBuf};

use jackfield_runtime::StartError;
use jackfield_store::{KeyRingError, OpenError, StoreError};

use crate::{
    mail::MailerError,
    outbound::RootsError,
    service::{ApiKeyError, PageSessionError},
    words::LanguageError,
};

/// Why a host does not start. Whatever was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: {}; set `listen` to another address or end the program that uses it",
        in_words(cause)
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why; in words already, so no source of its own.
        cause: io::Error,
    },
    /// The bound address makes no URL.
    #[error("the address it listens on makes no URL: set `public_url`")]
    Address(#[source] url::ParseError),
    /// The key ring.
    #[error(transparent)]
    KeyRing(#[from] KeyRingError),
    /// The store's folder.
    #[error("the folder {} cannot be made: set `data_dir` to one this user may write to", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store did not open.
    #[error("the store cannot be opened")]
    Open(#[from] OpenError),
    /// The store did not answer.
    #[error("the store does not answer")]
    Store(#[from] StoreError),
    /// The operator's certificate authorities.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The mail server.
    #[error(transparent)]
    Mail(#[from] MailerError),
    /// The operator's languages.
    #[error("the languages cannot be loaded")]
    Languages(#[from] LanguageError),
    /// The secret for the identity provider.
    #[error("the client secret of `sign_in` cannot be read from {}", path.display())]
    ClientSecret {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The sandbox.
    #[error("the sandbox does not start")]
    Runtime(#[from] StartError),
    /// The first operator key was not made.
    #[error("the first operator key cannot be made")]
    FirstKey(#[from] ApiKeyError),
    /// The first link to sign in with was not made.
    #[error("the first sign-in link cannot be made")]
    FirstSignIn(#[from] PageSessionError),
    /// The first operator key was not written.
    #[error("the first operator key cannot be written to {}", path.display())]
    FirstKeyFile {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The process is ending.
    #[error("the start was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
    /// No signals can be waited for.
    #[error("signals cannot be waited for")]
    Signal(#[source] io::Error),
}

impl ServeError {
    /// Whether key ring and store do not fit: exit code 78.
    pub fn is_about_keys(&self) -> bool {
        match self {
            // A ring that is not there is no ring that does not fit.
            Self::KeyRing(error) => !matches!(error, KeyRingError::Missing(_) | KeyRingError::Exists(_)),
            Self::Open(error) => {
                matches!(error, OpenError::WrongKey(_) | OpenError::MissingKey(_) | OpenError::Keys(_))
            }
            _ => false,
        }
    }
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "it is in use".to_owned(),
        io::ErrorKind::AddrNotAvailable => "it is no address of this machine".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not use it".to_owned(),
        _ => error.to_string(),
    }
}
