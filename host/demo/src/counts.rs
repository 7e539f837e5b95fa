//! What the provider saw, for the summary at the end of the demo.

use serde::Serialize;

/// How often each thing happened since the provider started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Consent pages answered with "allow".
    pub allowed: u64,
    /// Consent pages answered with "deny".
    pub denied: u64,
    /// Authorization codes exchanged for tokens.
    pub codes_redeemed: u64,
    /// Codes that came a second time; each ended the tokens of the first.
    pub code_replays: u64,
    /// Refreshes that brought a new pair of tokens.
    pub refreshes: u64,
    /// Refresh tokens that came a second time; each ended its whole family.
    pub refresh_reuses: u64,
    /// Tokens given for client credentials.
    pub client_credentials: u64,
    /// Tokens revoked at the client's wish.
    pub revocations: u64,
    /// Requests the API answered.
    pub api_calls: u64,
    /// Requests the API refused for want of a valid credential.
    pub api_refusals: u64,
}
