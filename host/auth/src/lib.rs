//! The authorization protocols as plain functions: build a request, read a response, send nothing.
//!
//! What a provider does differently arrives as the data of its manifest; clock and randomness
//! arrive as arguments. Sending, storing and deciding when are the caller's.

pub mod authorize;
pub mod bearer;
pub mod callback;
pub mod endpoints;
pub mod failures;
pub mod fields;
pub mod id_token;
mod json;
mod leak;
pub mod metadata;
pub mod provider_error;
pub mod rate_limit;
pub mod refresh;
pub mod revoke;
mod scope_lists;
pub mod token;
pub mod upkeep;

#[cfg(test)]
mod fixtures;
