//! How model types look as JSON: names from the glossary, times RFC 3339, never a secret.

pub(super) mod connection;
pub(super) mod connector;
pub(super) mod deletion;
pub(super) mod failure;
pub(super) mod permissions;
