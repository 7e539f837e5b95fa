//! What a sealed record belongs to: bound into its key and its tag, so that it opens nowhere else.

use std::fmt;

use jackfield_model::id::TenantId;

/// Whose data key seals a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// The operator's own: clients and keys of the host.
    Operator,
    /// A tenant's.
    Tenant(TenantId),
}

impl Scope {
    /// A tenant's scope; the operator's where there is none.
    pub(crate) fn of(tenant: Option<TenantId>) -> Self {
        tenant.map_or(Self::Operator, Self::Tenant)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => out.write_str("operator"),
            Self::Tenant(id) => fmt::Display::fmt(id, out),
        }
    }
}

/// The place of one sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Context<'a> {
    /// Whose it is.
    pub scope: Scope,
    /// The kind of record.
    pub kind: &'a str,
    /// Which record.
    pub record: &'a str,
    /// Which value of the record.
    pub field: &'a str,
    /// Counts the values this place has had.
    pub generation: u64,
}

impl Context<'_> {
    /// Length-prefixed, so that no two places encode alike.
    pub(super) fn encode(&self, version: u8, algorithm: u8, key_id: &[u8]) -> Vec<u8> {
        let scope = self.scope.to_string();
        let generation = self.generation.to_be_bytes();
        let parts: [&[u8]; 8] = [
            &[version],
            &[algorithm],
            key_id,
            scope.as_bytes(),
            self.kind.as_bytes(),
            self.record.as_bytes(),
            self.field.as_bytes(),
            &generation,
        ];
        length_prefixed(&parts)
    }
}

fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn different_parts_never_encode_alike(
            a in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..4), 0..5),
            b in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..4), 0..5),
        ) {
            let encode = |parts: &[Vec<u8>]| length_prefixed(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(encode(&a) == encode(&b), a == b);
        }

        #[test]
        fn a_boundary_cannot_move(text in "[a-c|/]{1,12}", cut in 0usize..12, other in 0usize..12) {
            let (cut, other) = (cut.min(text.len()), other.min(text.len()));
            let place = |at: usize| {
                let (record, field) = text.split_at(at);
                Context { scope: Scope::Operator, kind: "k", record, field, generation: 0 }.encode(1, 2, b"id")
            };
            prop_assert_eq!(place(cut) == place(other), cut == other);
        }
    }
}
