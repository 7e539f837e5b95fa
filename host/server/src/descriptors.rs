//! File descriptors: each connection and each open file takes one, and a process may have only so many.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The most callers at once, however many descriptors there are.
const MOST_CALLERS: u64 = 4096;
/// The fewest, however few descriptors there are.
const FEWEST_CALLERS: u64 = 16;
/// The most connections to providers that are kept for the next request.
const MOST_KEPT: u64 = 1024;
/// For files, the store, look-ups of names, and what housekeeping has under way: 128 connections and 128 messages.
const APART: u64 = 512;
/// Fewer than this are said to be few.
const FEW: u64 = 4096;
/// What an operator does about few.
pub const ADVICE: &str = "Allow the host 16384 file descriptors: `LimitNOFILE=16384` in its unit, `--ulimit nofile=16384` for a \
    container, `ulimit -n 16384` in its shell; then restart it.";

/// How many descriptors this process may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptors(u64);

impl Descriptors {
    /// As many as the system grants: the limit that holds (1024 where nobody says otherwise) is raised to the highest that a
    /// process may set for itself (setrlimit(2), `RLIMIT_NOFILE`).
    pub(crate) fn raised() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let highest = Rlimit { current: limit.maximum, maximum: limit.maximum };
        let granted = match setrlimit(Resource::Nofile, highest) {
            Ok(()) => limit.maximum,
            Err(error) => {
                tracing::warn!(%error, "the limit on file descriptors cannot be raised");
                limit.current
            }
        };
        let there = Self(granted.unwrap_or(u64::MAX));
        if there.are_few() {
            tracing::warn!(count = there.0, callers = there.callers(), todo = ADVICE, "there are few file descriptors");
        }
        there
    }

    /// How many there are.
    pub fn count(self) -> u64 {
        self.0
    }

    /// Whether there are so few that callers may have to wait for one another.
    pub fn are_few(self) -> bool {
        self.0 < FEW
    }

    /// How many callers are served at once. Each may have us ask a provider: that is a connection more.
    pub fn callers(self) -> usize {
        let left = self.0.saturating_sub(APART).saturating_sub(self.most_kept());
        whole((left / 2).clamp(FEWEST_CALLERS, MOST_CALLERS))
    }

    /// How many connections to providers are kept for the next request.
    pub fn kept(self) -> usize {
        whole(self.most_kept())
    }

    fn most_kept(self) -> u64 {
        (self.0 / 8).min(MOST_KEPT)
    }
}

fn whole(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn callers_leave_room_for_providers_and_files() {
        for count in (600..20_000).map(Descriptors) {
            let taken = 2 * count.callers() + count.kept();
            assert!(u64::try_from(taken).unwrap() + APART <= count.count() || count.callers() == 16, "{count:?}");
        }
        assert_eq!((Descriptors(1024).callers(), Descriptors(1024).kept()), (192, 128));
        assert_eq!(Descriptors(0).callers(), 16, "however few there are, somebody is served");
        assert_eq!((Descriptors(u64::MAX).callers(), Descriptors(u64::MAX).kept()), (4096, 1024));
    }

    #[test]
    fn the_unit_gives_as_many_as_are_of_use() {
        let unit = include_str!("../deploy/jackfield.service");
        let given = unit.lines().find(|line| line.starts_with("LimitNOFILE=")).unwrap();
        assert!(ADVICE.contains(given), "{given}");
        let given = Descriptors(given.trim_start_matches("LimitNOFILE=").parse().unwrap());
        assert_eq!((given.callers(), given.kept()), (4096, 1024));
    }
}
