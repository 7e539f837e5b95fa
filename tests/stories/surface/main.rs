//! The surfaces: API, command line, pages, configuration, and bad input to each of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a failed test is a panic"
)]

mod api_snapshot;
mod application_guide;
mod audit;
mod backups;
mod bodies;
mod brand_settings;
mod brands;
mod child;
mod command_line;
mod command_line_connections;
mod command_line_faults;
mod command_line_tokens;
mod conditions;
mod configuration;
mod cursors;
mod demo;
mod deploy;
mod description;
mod disk_full;
mod docs_pages;
mod doctor;
mod generated_client;
mod guide;
mod health;
mod idempotency;
mod identifiers;
mod in_use;
mod key_ring;
mod key_rotation;
mod links;
mod log_lines;
mod methods;
mod metrics;
mod operator_guide;
mod page_identity;
mod page_identity_crowd;
mod page_roles;
mod page_sign_in;
mod page_upgrade;
mod permissions;
mod rate;
mod readmes;
mod request_ids;
mod return_urls;
mod schemathesis;
mod sdk_readme;
mod secrets_stay;
mod serving;
mod sessions;
mod sets;
mod shells;
mod stage;
mod stopping;
mod swapped;
mod tenants_apart;
mod transfers;
mod typed_secret;
mod unfinished;

/// `jackfield`, for compiling components and for the stories of the command line.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jackfield-under-test");
