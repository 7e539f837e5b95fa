//! The exported functions this host runs.

use std::fmt;

/// A function of a connector, beside its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Asks the provider whose a credential is.
    Verify,
    /// Plans the exchange or the refresh.
    TokenRequest,
    /// Reads a token response.
    TokenResponse,
    /// Plans the end of a grant.
    Revoke,
    /// Finds out what a fresh connection can point at.
    Discover,
}

/// Which token request or response is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The code is redeemed, or the first token obtained.
    Exchange,
    /// A further step of the exchange, counted from 1.
    Further(u32),
    /// A new token for an old one.
    Refresh,
}

impl Hook {
    /// Its name in a manifest's `requests`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::TokenRequest => "token-request",
            Self::TokenResponse => "token-response",
            Self::Revoke => "revoke",
            Self::Discover => "discover",
        }
    }

    /// Hook interfaces of the contract that this host runs.
    pub fn runs(name: &str) -> bool {
        [Self::TokenRequest, Self::TokenResponse, Self::Revoke, Self::Discover].iter().any(|hook| hook.name() == name)
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl Occasion {
    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exchange | Self::Further(_) => "exchange",
            Self::Refresh => "refresh",
        }
    }

    /// The step of the exchange, counted from 0.
    pub fn step(self) -> u32 {
        match self {
            Self::Exchange | Self::Refresh => 0,
            Self::Further(step) => step,
        }
    }
}
