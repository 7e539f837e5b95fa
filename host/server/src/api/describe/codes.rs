//! The codes something can refuse with.

use std::collections::BTreeSet;

use crate::api::problem::Code;

/// A set of codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::api) struct Codes(BTreeSet<Code>);

/// What an error of the service can become. Stands beside the `From` that makes it so.
pub(in crate::api) trait Refuses {
    /// Every code.
    fn codes() -> Codes;
}

/// What only a change can meet.
const CHANGES_ONLY: [Code; 3] = [Code::Conflict, Code::InUse, Code::TooLarge];

impl Codes {
    /// These.
    pub(in crate::api) fn of(codes: &[Code]) -> Self {
        Self(codes.iter().copied().collect())
    }

    /// With those of another error.
    pub(in crate::api) fn and<E: Refuses>(mut self) -> Self {
        self.0.extend(E::codes().0);
        self
    }

    /// Adds some.
    pub(super) fn extend(&mut self, codes: &[Code]) {
        self.0.extend(codes);
    }

    /// Adds those of another set.
    pub(super) fn join(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// Takes off what a request that changes nothing cannot meet.
    pub(super) fn without_changes(&mut self) {
        self.0.retain(|code| !CHANGES_ONLY.contains(code));
    }

    /// Each, in the order of their words.
    pub(super) fn iter(&self) -> impl Iterator<Item = Code> {
        self.0.iter().copied()
    }
}
