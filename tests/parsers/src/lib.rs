//! Every parser of bytes that come from outside, each as a plain function that asserts what must hold of whatever it is given.
//!
//! The functions are called with kept and mutated cases by a test, and by a fuzzer (`tests/fuzz`) for as long as it is let.
//! A case is what was given; what is inside `corpora` is named after the function it is for.

#![allow(clippy::missing_panics_doc, reason = "a property that does not hold is a panic")]
#![allow(clippy::format_collect, reason = "spellings of short texts")]
#![allow(clippy::similar_names, reason = "what masks and what is masked are called so")]

mod accept_language;
mod address;
mod authorize_request;
mod brand;
mod cache_control;
mod callback_query;
mod cases;
mod cookies;
mod credential;
mod cursor;
mod endpoint_fields;
mod entity_tags;
mod failure_rules;
mod given;
mod guest_headers;
mod header_name;
mod id;
mod id_token;
mod idempotency_key;
mod manifest;
mod masking;
mod metadata;
mod multipart;
mod origin;
mod path;
mod pattern;
mod picture;
mod provider_error;
mod rate_limit;
pub mod registries;
mod revocation_answer;
mod stored;
mod template;
mod token_response;
pub mod transfer;
mod www_authenticate;

pub use accept_language::accept_language;
pub use address::address;
pub use authorize_request::authorize_request;
pub use brand::{colour, host_header, host_name, mailbox};
pub use cache_control::cache_control;
pub use callback_query::callback_query;
pub use cases::{Case, corpora, mutated};
pub use cookies::cookies;
pub use credential::credential;
pub use cursor::cursor;
pub use endpoint_fields::endpoint_fields;
pub use entity_tags::entity_tags;
pub use failure_rules::failure_rules;
pub use guest_headers::guest_headers;
pub use header_name::header_name;
pub use id::id;
pub use id_token::{id_token, key_set};
pub use idempotency_key::idempotency_key;
pub use manifest::manifest;
pub use masking::masking;
pub use metadata::{issuer, metadata};
pub use multipart::multipart;
pub use origin::{host_pattern, origin};
pub use path::path;
pub use pattern::pattern;
pub use picture::picture;
pub use provider_error::provider_error;
pub use rate_limit::rate_limit;
pub use revocation_answer::revocation_answer;
pub use stored::{backup, backup_frames, envelope, key_ring, record};
pub use template::template;
pub use token_response::token_response;
pub use transfer::{IDENTITY, RECIPIENT, transfer, transfer_file};
pub use www_authenticate::www_authenticate;

/// A parser: the name of its cases, and the function they are given to.
pub type Parser = (&'static str, fn(&[u8]));

/// Every parser there is.
pub const PARSERS: [Parser; 44] = [
    ("accept_language", accept_language),
    ("address", address),
    ("authorize_request", authorize_request),
    ("backup", backup),
    ("backup_frames", backup_frames),
    ("cache_control", cache_control),
    ("callback_query", callback_query),
    ("colour", colour),
    ("cookies", cookies),
    ("credential", credential),
    ("cursor", cursor),
    ("endpoint_fields", endpoint_fields),
    ("entity_tags", entity_tags),
    ("envelope", envelope),
    ("failure_rules", failure_rules),
    ("guest_headers", guest_headers),
    ("header_name", header_name),
    ("host_header", host_header),
    ("host_name", host_name),
    ("host_pattern", host_pattern),
    ("id", id),
    ("id_token", id_token),
    ("idempotency_key", idempotency_key),
    ("issuer", issuer),
    ("key_ring", key_ring),
    ("key_set", key_set),
    ("mailbox", mailbox),
    ("manifest", manifest),
    ("masking", masking),
    ("metadata", metadata),
    ("multipart", multipart),
    ("origin", origin),
    ("path", path),
    ("pattern", pattern),
    ("picture", picture),
    ("provider_error", provider_error),
    ("rate_limit", rate_limit),
    ("record", record),
    ("revocation_answer", revocation_answer),
    ("template", template),
    ("token_response", token_response),
    ("transfer", transfer),
    ("transfer_file", transfer_file),
    ("www_authenticate", www_authenticate),
];
