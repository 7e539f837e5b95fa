//! The bounded log: one line each; lines beyond the host's limit are counted, not kept.

use crate::bindings::base::jackfield::connector::log::{Level, write};

/// A line for the author.
pub fn debug(message: impl AsRef<str>) {
    write(&Level::Debug, message.as_ref());
}

/// A line for the operator.
pub fn info(message: impl AsRef<str>) {
    write(&Level::Info, message.as_ref());
}

/// Something odd that the connector coped with.
pub fn warn(message: impl AsRef<str>) {
    write(&Level::Warn, message.as_ref());
}

/// Something that went wrong.
pub fn error(message: impl AsRef<str>) {
    write(&Level::Error, message.as_ref());
}
