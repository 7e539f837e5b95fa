//! Logging: what is written, to standard error, and how it looks. Called once, by `serve`.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::{SubscriberInitExt as _, TryInitError},
};

use crate::config::{Log, LogFormat, LogLevel};

/// Logging was set up before.
#[derive(Debug, thiserror::Error)]
#[error("logging was set up before in this process")]
pub struct AlreadySet(#[from] TryInitError);

/// Starts logging to standard error.
///
/// The level is for Jackfield's own words. Dependencies say warnings only: their debug output shows headers and bodies,
/// and with them secrets.
pub fn init(log: &Log) -> Result<(), AlreadySet> {
    let targets = Targets::new().with_default(LevelFilter::WARN).with_target("jackfield", level(log.level));
    let registry = tracing_subscriber::registry().with(targets);
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_target(false);
    match log.format {
        LogFormat::Text => registry.with(layer).try_init()?,
        LogFormat::Json => registry.with(layer.json()).try_init()?,
    }
    Ok(())
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
