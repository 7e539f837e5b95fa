//! TLS trust: the system's roots, and the certificate authorities an operator adds.

use std::{fs, path::Path, path::PathBuf};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Trust that could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The operator's file cannot be read.
    #[error("cannot read the certificate authorities in {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The operator's file holds no certificate.
    #[error("{0} holds no PEM certificate")]
    Empty(PathBuf),
    /// TLS itself refused.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// The certificates trusted: the system's, plus the PEM file of an operator.
pub fn roots(extra: Option<&Path>) -> Result<RootCertStore, RootsError> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(system.certs);
    if let Some(path) = extra {
        let unreadable = |source| RootsError::Unreadable { path: path.to_owned(), source };
        let pem = fs::read(path).map_err(unreadable)?;
        let (added, _) = roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok));
        if added == 0 {
            return Err(RootsError::Empty(path.to_owned()));
        }
    }
    Ok(roots)
}

/// A client configuration that trusts them.
pub fn tls_config(extra: Option<&Path>) -> Result<ClientConfig, RootsError> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots(extra)?).with_no_client_auth())
}
