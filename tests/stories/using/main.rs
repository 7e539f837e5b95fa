//! Using connections: verify, refresh, lease, proxy, reauthorize, revoke.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a failed test is a panic"
)]

mod api_token;
mod at_provider;
mod basic_auth;
mod bounded;
mod challenged;
mod client_refused;
mod crowd;
mod deletion;
mod ended_tenant;
mod facebook;
mod files;
mod front;
mod github;
mod google;
mod hung_up;
mod import;
mod late_endings;
mod machine;
mod mailchimp;
mod moved;
mod notion;
mod outlives;
mod own_issuers;
mod placements;
mod proxy;
mod proxy_actions;
mod proxy_bounds;
mod proxy_broken;
mod proxy_gigabyte;
mod proxy_pace;
mod proxy_raw;
mod proxy_refused;
mod proxy_stream;
mod raw;
mod records;
mod refresh;
mod refresh_fails;
mod removed_connector;
mod slack;
mod slack_refresh;
mod spoken;
mod through;
mod token_service;
mod unreadable;
mod upkeep;
mod uses;
mod verify;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
