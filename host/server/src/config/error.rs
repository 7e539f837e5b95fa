//! Why a configuration is refused, in words that name the key and, where there is one, the line.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a host with this configuration does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An unknown key, a value of another type, or no TOML at all. The source shows line and key.
    #[error("the configuration {} is not understood: {cause}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why; shown already, so no source of its own.
        cause: Box<toml::de::Error>,
    },
    /// A variable that names no key.
    #[error("the environment variable {name} names no setting: take it away or correct its name")]
    UnknownVariable {
        /// The variable.
        name: String,
    },
    /// A variable whose value does not fit.
    #[error("the environment variable {name} (the setting `{key}`) is not understood: {}", cause.message())]
    Variable {
        /// The variable.
        name: String,
        /// The key it stands for.
        key: String,
        /// Why.
        cause: Box<toml::de::Error>,
    },
    /// File and environment together do not fit.
    #[error("the configuration is not understood: {}", cause.message())]
    Merged {
        /// Why.
        cause: Box<toml::de::Error>,
    },
    /// Reachable from elsewhere without TLS before it.
    #[error(
        "`listen` is {listen}, which others can reach, and Jackfield itself speaks plain HTTP: put a reverse proxy that \
         speaks TLS before it, set `behind_proxy = true` and `public_url` to the proxy's https address, or listen on \
         127.0.0.1"
    )]
    Exposed {
        /// The address.
        listen: SocketAddr,
    },
    /// Browsers would send credentials in the clear.
    #[error("`public_url` is {url}: it must be https, except on this machine's loopback addresses")]
    PlainPublicUrl {
        /// The URL.
        url: String,
    },
    /// More than an origin.
    #[error("`public_url` is scheme, host and port, like https://connect.example.com: take away {what}")]
    PublicUrlParts {
        /// What is too much.
        what: &'static str,
    },
    /// The key beside what it locks.
    #[error(
        "`keyring` ({}) is inside `data_dir`: whoever copies the folder would have the key as well; keep it elsewhere",
        path.display()
    )]
    KeyringInside {
        /// The key ring's file.
        path: PathBuf,
    },
    /// A limit nothing can work under.
    #[error("`{key}` is 0: nothing can run under that limit")]
    ZeroLimit {
        /// The key.
        key: String,
    },
}
