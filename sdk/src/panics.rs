//! Forwards the text of a panic to the log, since the trap that follows carries none.

use std::panic;
use std::sync::Once;

use crate::log;

/// Installs the hook, once. Only in a component: elsewhere the test harness prints panics itself.
pub(crate) fn forward() {
    static INSTALLED: Once = Once::new();
    if cfg!(target_family = "wasm") {
        INSTALLED.call_once(|| panic::set_hook(Box::new(|report| log::error(report.to_string()))));
    }
}
