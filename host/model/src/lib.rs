//! The words of Jackfield and their rules: ids, scopes, manifests, connections and their transitions.
//!
//! No I/O, no async, no clock: time and randomness arrive as arguments.

pub mod account;
pub mod address;
pub mod api_key;
pub mod approval;
pub mod audit;
pub mod brand;
pub mod client;
pub mod connection;
pub mod connector;
pub mod cookie;
pub mod credential;
pub mod cursor;
pub mod difference;
pub mod entity_tag;
pub mod event;
pub mod expiry;
pub mod failure;
pub mod header;
pub mod id;
pub mod idempotency_key;
pub mod language;
pub mod manifest;
pub mod mask;
pub mod message;
pub mod notice;
pub mod origin;
pub mod path;
pub mod pattern;
pub mod person;
pub mod plan;
#[cfg(test)]
mod sample;
pub mod scope;
pub mod secret;
pub mod session;
pub mod status;
pub mod target;
pub mod template;
pub mod tenant;
pub mod timeline;
pub mod upkeep;
pub mod uses;
pub mod webhook;
