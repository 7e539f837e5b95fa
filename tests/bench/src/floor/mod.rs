//! The floors: what the host is built on, with as little as possible around it.

pub(crate) mod components;
pub(crate) mod durable;
pub(crate) mod nginx;
pub(crate) mod plain;
pub(crate) mod proxy;
pub(crate) mod sandbox;
pub(crate) mod upstream;
