//! The `log` interface.

use crate::{
    bindings::jackfield::connector::log::{Host, Level},
    guest_log::LogLevel,
    redact::forbid,
    state::CallState,
    stop::Stop,
};

impl Host for CallState {
    async fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            Level::Debug => LogLevel::Debug,
            Level::Info | Level::Other(_) => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        if self.context.is_none() {
            // A panic while the manifest is made says why it did; the call itself is denied all the same.
            self.log.write(level, &message);
        }
        self.enter("log.write")?;
        if self.placeholders {
            forbid("a log line", &message).map_err(Stop::Denied)?;
        }
        self.log.write(level, &message);
        Ok(())
    }
}
