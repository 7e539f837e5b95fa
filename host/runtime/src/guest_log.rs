//! The bounded log of one call: what a guest writes, on the log interface or on standard output, and no more than is allowed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jackfield_model::mask::Masker;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// How loud a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// For the connector's author.
    Debug,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Went wrong.
    Error,
}

/// One line, control characters escaped, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// How loud.
    pub level: LogLevel,
    /// What the guest wrote.
    pub text: String,
}

/// What a call wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestLog {
    /// The lines kept, in order.
    pub lines: Vec<LogLine>,
    /// Lines beyond the limits, and those longer than all of them together may be: counted, not kept.
    pub dropped: u64,
}

/// The log while its call runs; the call and its standard output write into the same one.
#[derive(Clone)]
pub(crate) struct LogBook(Arc<Mutex<Book>>);

struct Book {
    connector: String,
    masker: Arc<Masker>,
    /// The longest line that is looked at.
    most: usize,
    lines_left: u32,
    bytes_left: usize,
    log: GuestLog,
}

impl LogBook {
    /// An empty log; what the masker knows is masked in it.
    pub(crate) fn new(connector: &str, limits: &Limits, masker: Arc<Masker>) -> Self {
        let bytes_left = usize::try_from(limits.log_bytes).unwrap_or(usize::MAX);
        Self(Arc::new(Mutex::new(Book {
            connector: connector.to_owned(),
            masker,
            most: bytes_left,
            lines_left: limits.log_lines,
            bytes_left,
            log: GuestLog::default(),
        })))
    }

    /// Writes one line, masked; beyond the limits it is counted only, before any work is done for it.
    pub(crate) fn write(&self, level: LogLevel, text: &str) {
        let mut book = self.book();
        if book.lines_left == 0 || book.bytes_left == 0 || text.len() > book.most {
            book.log.dropped += 1;
            return;
        }
        let text = escaped(&book.masker.text(text), book.bytes_left);
        book.lines_left -= 1;
        book.bytes_left = book.bytes_left.saturating_sub(text.len());
        trace(&book.connector, level, &text);
        book.log.lines.push(LogLine { level, text });
    }

    /// What was written so far.
    pub(crate) fn take(&self) -> GuestLog {
        std::mem::take(&mut self.book().log)
    }

    /// A copy of what was written so far.
    pub(crate) fn so_far(&self) -> GuestLog {
        self.book().log.clone()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guest text stands in a field of its own, so that it can never look like a line of the host's.
fn trace(connector: &str, level: LogLevel, guest: &str) {
    match level {
        LogLevel::Debug => tracing::debug!(connector, guest, "a connector wrote to its log"),
        LogLevel::Info => tracing::info!(connector, guest, "a connector wrote to its log"),
        LogLevel::Warn => tracing::warn!(connector, guest, "a connector wrote to its log"),
        LogLevel::Error => tracing::error!(connector, guest, "a connector wrote to its log"),
    }
}

/// Text as one plain line of at most `limit` bytes: control and direction characters are written as escapes.
fn escaped(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    for character in text.chars() {
        let direction = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        let before = out.len();
        if character.is_control() || direction {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
        if out.len() > limit {
            out.truncate(before);
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use jackfield_model::secret::Secret;

    use super::*;

    fn book(log_lines: u32, log_bytes: u64) -> LogBook {
        let masker = Masker::new([&Secret::new("s3cret-token-1".to_owned())]);
        LogBook::new("github", &Limits { log_lines, log_bytes, ..Limits::default() }, Arc::new(masker))
    }

    fn texts(book: &LogBook) -> (Vec<String>, u64) {
        let log = book.take();
        (log.lines.into_iter().map(|line| line.text).collect(), log.dropped)
    }

    #[test]
    fn control_characters_cannot_forge_a_line() {
        let book = book(10, 1000);
        book.write(LogLevel::Info, "ok\n{\"level\":\"fatal\"}\u{1b}[31m\u{202e}");
        assert_eq!(texts(&book).0, [r#"ok\n{"level":"fatal"}\u{1b}[31m\u{202e}"#]);
    }

    #[test]
    fn lines_and_bytes_beyond_the_limit_are_counted_only() {
        let lines = book(2, 1000);
        (0..5).for_each(|_| lines.write(LogLevel::Info, "x"));
        assert_eq!(texts(&lines), (vec!["x".to_owned(), "x".to_owned()], 3));

        let bytes = book(100, 10);
        (0..3).for_each(|_| bytes.write(LogLevel::Info, "abcdefgh"));
        assert_eq!(texts(&bytes), (vec!["abcdefgh".to_owned(), "ab".to_owned()], 1));
    }

    #[test]
    fn a_line_longer_than_the_whole_log_is_not_even_searched_for_secrets() {
        let book = book(10, 20);
        book.write(LogLevel::Info, "s3cret-token-1 and more than that");
        book.write(LogLevel::Info, "is s3cret-token-1");
        assert_eq!(texts(&book), (vec!["is [masked]".to_owned()], 1));
    }
}
