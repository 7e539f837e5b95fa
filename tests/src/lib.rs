//! What the stories need: a host to test, a browser, real peers, and doubles of providers.

pub mod authority;
pub mod brands;
pub mod browser;
pub mod chrome;
pub mod components;
pub mod described;
pub mod doubles;
pub mod figures;
pub mod host;
pub mod host_log;
pub mod mail_server;
pub mod network;
pub mod peer;
pub mod pictures;
pub mod process;
pub mod scene;
pub mod suite;
pub mod wire;
