//! Why a component could not be built, in words that say what to do.

use std::{io, path::PathBuf};

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program is not there or cannot be started.
    #[error("cannot run `{program}`: install Rust from https://rustup.rs and make sure it is on the PATH")]
    NoProgram {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The folder holds no package.
    #[error("{} holds no package: name the folder with the connector's Cargo.toml", folder.display())]
    NoPackage {
        /// The folder.
        folder: PathBuf,
    },
    /// The workspace has no package of this name.
    #[error("the workspace in {} has no package `{name}`", folder.display())]
    UnknownPackage {
        /// The workspace's folder.
        folder: PathBuf,
        /// The name asked for.
        name: String,
    },
    /// Cargo cannot read the folder's manifest.
    #[error("cargo cannot read the Cargo.toml in {}:\n{output}", folder.display())]
    Manifest {
        /// The folder.
        folder: PathBuf,
        /// Cargo's last lines.
        output: String,
    },
    /// Nothing on this machine compiles for WebAssembly.
    #[error(
        "this machine cannot compile for wasm32-unknown-unknown ({tried}). Type:\n  \
         rustup target add wasm32-unknown-unknown\n\
         or, where rustup can fetch nothing, on Debian:\n  \
         apt-get update && apt-get install -y --no-install-recommends rustc-web rust-web-src lld-22"
    )]
    NoToolchain {
        /// What was tried and how each ended.
        tried: String,
    },
    /// The code does not compile.
    #[error("the connector does not compile:\n{output}")]
    Compile {
        /// Cargo's last lines; empty where they went to the terminal.
        output: String,
    },
    /// Nothing that could become a component was built.
    #[error("{what} builds no module: its Cargo.toml needs `crate-type = [\"cdylib\"]`")]
    NoModule {
        /// What was asked for.
        what: String,
    },
    /// The module does not follow the contract.
    #[error("`{name}` does not become a component; was it written with this version of jackfield-sdk?")]
    Component {
        /// The package's or example's name.
        name: String,
        /// Why.
        source: anyhow::Error,
    },
    /// The module exports no connector.
    #[error("`{name}` exports no connector: add `jackfield_sdk::export!(YourConnector);`")]
    NoConnector {
        /// The package's or example's name.
        name: String,
    },
    /// A file cannot be read or written.
    #[error("cannot read or write {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
