//! What the hosts of a test binary write to their log, at the most talkative level an operator can set.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Everything written so far, by every story of this binary.
#[derive(Clone, Default)]
pub struct HostLog(Arc<Mutex<Vec<u8>>>);

static LOG: OnceLock<HostLog> = OnceLock::new();

/// The log, written from the first call on.
pub fn captured() -> HostLog {
    let start = || {
        let log = HostLog::default();
        let writer = log.clone();
        let targets = Targets::new().with_default(LevelFilter::WARN).with_target("jackfield", LevelFilter::TRACE);
        let layer = fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        tracing_subscriber::registry().with(targets).with(layer).init();
        log
    };
    LOG.get_or_init(start).clone()
}

impl HostLog {
    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.written()).into_owned()
    }

    /// The lines in which this text stands.
    pub fn lines_with(&self, text: &str) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    /// The last line in which this text stands; nothing where there is none.
    pub fn last_with(&self, text: &str) -> String {
        let written = self.written();
        let mut lines = written.rsplit(|byte| *byte == b'\n').map(String::from_utf8_lossy);
        lines.find(|line| line.contains(text)).map(std::borrow::Cow::into_owned).unwrap_or_default()
    }

    fn written(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for HostLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
