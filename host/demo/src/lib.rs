//! What `jackfield demo` connects to: a small authorization server and a small API, on loopback.
//!
//! Both run in this process over plain HTTP on `127.0.0.1`, keep everything in memory and need
//! nothing but Rust. They play the *provider*: no other crate of the host depends on them except the
//! `demo` command, and they know nothing of Jackfield.
//!
//! The protocol stands on [oxide-auth](oxide_auth): its registrar, authorizer and issuer traits, its
//! PKCE and its state machines for the authorization request, the code, the refresh and the client
//! credentials grant. The crate answers the machines' questions itself, because oxide-auth has no
//! revocation, no memory of a spent code or refresh token, no ID token and no `iss` in the callback;
//! each of these is written small in the file that is named after it.
//!
//! ```no_run
//! # async fn run() -> Result<(), jackfield_demo::StartError> {
//! use jackfield_demo::{DemoOptions, DemoProvider};
//!
//! let provider = DemoProvider::start(DemoOptions::default()).await?;
//! assert!(provider.issuer().starts_with("http://127.0.0.1:"));
//! provider.stop().await;
//! # Ok(())
//! # }
//! ```

mod ambient;
mod api;
mod authserver;
mod bearer;
mod books;
mod clients;
mod codes;
mod counts;
mod ledger;
mod options;
mod params;
mod people;
mod provider;
mod running;
mod scopes;
mod secret;
mod signing;
#[cfg(test)]
mod tests;

pub use ambient::{Ambient, NoRandomness};
pub use clients::RegisterError;
pub use counts::Counts;
pub use options::DemoOptions;
pub use running::{DemoClient, DemoProvider, Running, StartError};
pub use secret::DemoSecret;
pub use signing::SigningError;
