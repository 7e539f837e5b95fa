//! The signals that end a host: SIGTERM and SIGINT.

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};

use super::ServeError;

/// Ends when the process is told to stop. From this call on, the signals no longer kill it.
pub fn stop_signal() -> Result<impl Future<Output = ()>, ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signal)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Lets a write beyond the limit on file sizes (`ulimit -f`, `LimitFSIZE=`) fail like one on a full disk, instead of
/// ending the process (setrlimit(2), `RLIMIT_FSIZE`).
pub(crate) fn survive_file_limit() -> Result<(), ServeError> {
    // A handler that is there is enough; nobody has to listen to it.
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())).map_err(ServeError::Signal).map(drop)
}
