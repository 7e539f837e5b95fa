//! What a type cannot say about an operation: its name, its purpose, and the refusals of the service behind it.

use super::codes::{Codes, Refuses};
use crate::api::problem::Code;

/// Words about an operation, kept beside its handler.
#[derive(Debug, Clone)]
pub(in crate::api) struct About {
    /// Its stable name for generated clients, in camel case.
    pub(super) id: &'static str,
    /// In a few words, without a full stop.
    pub(super) summary: &'static str,
    /// What it does and what to know about it, in Markdown sentences.
    pub(super) description: &'static str,
    /// How the service behind it refuses.
    pub(super) codes: Codes,
}

impl About {
    /// An operation.
    pub(in crate::api) fn new(id: &'static str, summary: &'static str, description: &'static str) -> Self {
        Self { id, summary, description, codes: Codes::default() }
    }

    /// With the refusals of an error of the service.
    pub(in crate::api) fn refuses<E: Refuses>(mut self) -> Self {
        self.codes = self.codes.and::<E>();
        self
    }

    /// With refusals of the handler itself.
    pub(in crate::api) fn refuses_with(mut self, codes: &[Code]) -> Self {
        self.codes.extend(codes);
        self
    }
}
