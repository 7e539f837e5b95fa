//! The only crate that knows sled, record layouts and sealing: a repository per noun over one small engine trait.
//!
//! Writing verbs stage into a [`Change`]; [`Store::commit`] makes all of it happen at once, durably, or nothing.
//! Reading verbs answer model types. Secrets are sealed before they reach an engine (`seal`); what identifies a
//! connection (provider, account label, scopes) is not. `schema` lists every key there is.
//!
//! Moving or changing sealed values is detected; putting back a whole older database is not, since nothing
//! outside the store remembers what it held.

mod api_keys;
mod audit;
mod authorizations;
mod backup;
mod brand_files;
mod change;
mod choices;
mod clients;
mod clock;
mod components;
mod connections;
mod connectors;
mod contacts;
mod core;
mod digests;
mod engine;
mod error;
mod idempotency;
mod journal;
mod keys;
mod made;
mod messages;
mod outbox;
mod page_sessions;
mod patience;
pub mod reading;
mod record;
mod revocations;
mod schema;
mod seal;
mod sessions;
mod sled_engine;
mod store;
mod tenants;
mod timeline;
pub mod transfer;
mod uses;
mod webhooks;

#[cfg(test)]
mod tests;

pub use api_keys::ApiKeys;
pub use audit::{Audit, AuditFilter};
pub use authorizations::{AuthorizationSecrets, Authorizations, Claim, Handle};
pub use backup::{Backup, BackupError, BadBackup, RestoreError, Summary as BackupSummary, Verification};
pub use brand_files::{BrandFiles, StoredFile};
pub use change::Change;
pub use choices::{Choice, Choices};
pub use clients::Clients;
pub use clock::Clock;
pub use components::{ComponentError, Components, digest_of};
pub use connections::{Audience, Connections, Due, Filter, Order, Sort, Wanted};
pub use connectors::Connectors;
pub use contacts::Contacts;
pub use digests::{Digest, Digests, Held};
pub use engine::{EngineError, Fault, Health};
pub use error::{Cause, OpenError, StoreError, Unreadable, if_readable};
pub use idempotency::{ANSWER_LIMIT, Deed, Idempotency, KeptAnswer, Outcome};
pub use journal::{Journal, JournalEntry, Pending, RESPONSE_LIMIT};
pub use keys::KeyRingStatus;
pub use made::Made;
pub use messages::{DueMessage, MessageFilter, Messages};
pub use outbox::Outbox;
pub use page_sessions::{PageSessions, SignIn};
pub use record::{Page, Versioned};
pub use revocations::{Revocation, Revocations};
pub use seal::{
    GrowError, HeldKeyRing, KeyId, KeyIdError, KeyRing, KeyRingError, PLAINTEXT_LIMIT, Purpose, RetireError, SealError,
};
pub use sessions::Sessions;
pub use sled_engine::EngineOpenError;
pub use store::{Opened, Options, Store};
pub use tenants::Tenants;
pub use timeline::Timeline;
pub use uses::Uses;
pub use webhooks::Webhooks;
