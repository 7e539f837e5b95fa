//! The host: configuration, service, API, pages and command line over the crates that know one thing each.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod descriptors;
pub mod entropy;
mod listen;
pub mod mail;
pub mod metrics;
pub mod outbound;
pub mod pages;
mod private_file;
pub mod serve;
pub mod service;
pub mod telemetry;
pub mod words;
