//! Why the host ended a call itself: carried through the guest as a trap, taken out again behind it.

use crate::{egress::Denial, limits::Limit};

/// A trap the host raised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// A bound was passed.
    #[error("the connector {0}")]
    Limit(Limit),
    /// A rule forbids what the guest did, and it has no answer that could say so.
    #[error(transparent)]
    Denied(#[from] Denial),
}
