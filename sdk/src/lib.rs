//! Everything a connector author needs: implement [`Connector`], name the hooks in [`export!`], and leave storage, consent,
//! refresh, retries and secrets to the host.
//!
//! A connector is data first. [`Manifest`] and its parts are plain records of the contract with builders that fill in sane
//! values; what a builder does not reach can be set on the public field. `verify` asks the provider whose credential it is,
//! through [`Connection`], which places the credential without ever showing it.
//!
//! ```
//! use jackfield_sdk::{Account, AuthMethod, Connection, Connector, Failure, Field, Hook, Manifest, Origin};
//!
//! struct Notes;
//!
//! impl Connector for Notes {
//!     fn manifest() -> Manifest {
//!         Manifest::new("notes", "1.0.0", "Notes")
//!             .origin(Origin::with_credential("api", "api.notes.example"))
//!             .auth_method(AuthMethod::api_token("token", "API token", Field::secret("token", "API token")))
//!             .hook_get(Hook::Verify, "api", "/me")
//!     }
//!
//!     fn verify(connection: &Connection) -> Result<Account, Failure> {
//!         let me = connection.get_json("https://api.notes.example/me")?;
//!         Ok(Account::new(me.text("/id")?, me.text("/name")?))
//!     }
//! }
//!
//! jackfield_sdk::export!(Notes);
//! ```

mod account;
#[doc(hidden)]
pub mod bindings;
mod connection;
mod connector;
mod export;
mod failure;
pub mod hooks;
mod json;
pub mod log;
pub mod manifest;
mod paging;
mod panics;
mod plan;
mod request;
mod response;
pub mod signing;

pub use bindings::base::jackfield::connector::http::{self, Connection};
pub use bindings::base::jackfield::connector::types::{
    Account, Advice, Denial, Failure, Hole, Part, Plan, PlanBody, Request, Response, SendError, Template,
};
pub use connection::fetch;
pub use connector::Connector;
pub use hooks::{Authorize, Callback, Classify, Discover, Revoke, Sign, TokenRequest, TokenResponse};
pub use json::Json;
pub use manifest::{
    Action, AuthMethod, ClientAuth, Envelope, Expiry, FailureRule, Field, Hook, Manifest, NamedToken, Oauth2, Origin,
    OriginPlace, Pagination, Placement, RateLimit, RequestPattern, Revocation, Rotation, Scope,
};
pub use paging::Pages;
pub use plan::IntoTemplate;
