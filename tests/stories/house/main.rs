//! The house itself: its layering, and what the other stories stand on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test is a panic"
)]

mod architecture;
mod browser;
mod doubles;
mod facebook_double;
mod github_double;
mod google_double;
mod invariants;
mod mailchimp_double;
mod notion_double;
mod oidc_provider;
mod parsers;
mod slack_double;
mod statements;
