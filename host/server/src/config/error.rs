//! Why a configuration is refused, in words that name the key and, where there is one, the line.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a host with this configuration does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// People could not sign in through the identity provider.
    #[error("`sign_in` names an issuer and lacks {missing}")]
    SignIn {
        /// What.
        missing: &'static str,
    },
    /// The file cannot be read.
    #[error("cannot read the configuration {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No TOML at all.
    #[error("{}:{line}: this is not TOML: {}", path.display(), cause.message())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// Why.
        cause: Box<toml::de::Error>,
    },
    /// A key there is not.
    #[error("{}:{line}: there is no setting `{key}`{}", path.display(), meant(nearest.as_deref()))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// The key.
        key: String,
        /// The one it was probably meant to be.
        nearest: Option<String>,
    },
    /// A value of another type, or one that cannot be.
    #[error("{}:{line}: the setting `{key}` is not understood: {}", path.display(), cause.message())]
    Value {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// The key.
        key: String,
        /// Why.
        cause: Box<toml::de::Error>,
    },
    /// A variable that names no key.
    #[error("the environment variable {name} names no setting{}", meant(nearest.as_deref()))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The one it was probably meant to be.
        nearest: Option<String>,
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
    /// A variable that names a file, and the variable itself.
    #[error("both {plain} and {file} are set: take one of them away")]
    Both {
        /// The variable.
        plain: String,
        /// The one that names a file.
        file: String,
    },
    /// A file a variable names.
    #[error("cannot read {}, which the environment variable {name} names", path.display())]
    VariableFile {
        /// The variable.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
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
    /// A limit or wait nothing can work under.
    #[error("`{key}` is 0: nothing can work under that limit")]
    ZeroLimit {
        /// The key.
        key: String,
    },
    /// Less memory for all calls together than one may have.
    #[error(
        "`limits.memory_total_bytes` is less than twice `{key}`, and the calls of one connector get no more than half of it: raise it, or lower `{key}`"
    )]
    SmallMemory {
        /// What one instance may have.
        key: &'static str,
    },
    /// A mail server that cannot be used as it is described.
    #[error("{sentence}")]
    Mail {
        /// What is wrong, and what to do.
        sentence: &'static str,
    },
    /// A header that cannot carry request ids.
    #[error("`log.request_id_header` is `{name}`: name a header of its own, like x-request-id")]
    RequestIdHeader {
        /// The header.
        name: String,
    },
}

fn meant(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => ": see `jackfield config reference` for those there are".to_owned(),
    }
}
