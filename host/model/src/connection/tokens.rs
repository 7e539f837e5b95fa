//! The tokens of a connection that has several: each with its own end, its own refresh and its own loss.
//!
//! A connection with one token keeps these in itself, and its token has no name. One with several keeps them here, and
//! its own `clocks.access` and `refresh` repeat those of the token that needs attention first.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Connection, RefreshState};
use crate::{expiry::Expiry, failure::Failure, status::Status};

/// How one token stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenState {
    /// What the method calls it; empty for the only one.
    pub name: String,
    /// When it ends; none is unknown.
    pub access: Option<Expiry>,
    /// Its refresh.
    pub refresh: RefreshState,
    /// The connection's version that brought it.
    pub version: u64,
    /// Why its last refresh brought no token; none when it did.
    pub failure: Option<Failure>,
    /// Whether its grant is gone, so that only a person helps.
    pub lost: bool,
}

impl TokenState {
    /// A token just received.
    pub fn fresh(name: &str, access: Option<Expiry>, version: u64) -> Self {
        Self { name: name.to_owned(), access, refresh: RefreshState::Idle, version, failure: None, lost: false }
    }

    /// Whether it is good for at least `wanted` more; one without a known end counts as good.
    pub fn covers(&self, now: Timestamp, wanted: SignedDuration) -> bool {
        self.access.is_none_or(|expiry| expiry.at.duration_since(now) >= wanted)
    }

    /// When something has to be done about it; none is never.
    fn due(&self) -> Option<Timestamp> {
        match self.refresh {
            _ if self.lost => None,
            // An open refresh comes before everything else.
            RefreshState::Refreshing { .. } => Some(Timestamp::MIN),
            RefreshState::Idle => self.access.map(|expiry| expiry.at),
            RefreshState::Waiting { until, .. } => Some(until),
            RefreshState::Unknown { until, .. } => until,
        }
    }
}

impl Connection {
    /// The token used where nobody names one; empty where there is only one.
    pub fn first_token(&self) -> &str {
        self.tokens.first().map_or("", |token| token.name.as_str())
    }

    /// What its tokens are called, in the manifest's order; one empty name where there is only one.
    pub fn token_names(&self) -> Vec<String> {
        if self.tokens.is_empty() {
            return vec![String::new()];
        }
        self.tokens.iter().map(|token| token.name.clone()).collect()
    }

    /// How a token stands; none where the connection has no such token.
    pub fn token(&self, name: &str) -> Option<TokenState> {
        if self.tokens.is_empty() && name.is_empty() {
            return Some(TokenState {
                name: String::new(),
                access: self.clocks.access,
                refresh: self.refresh,
                version: self.version,
                failure: None,
                lost: self.status == Status::NeedsReauthorization,
            });
        }
        self.tokens.iter().find(|token| token.name == name).cloned()
    }

    /// Writes how a token stands.
    pub fn put_token(&mut self, state: TokenState) {
        if self.tokens.is_empty() {
            self.clocks.access = state.access;
            self.refresh = state.refresh;
            return;
        }
        if let Some(known) = self.tokens.iter_mut().find(|token| token.name == state.name) {
            *known = state;
        }
        self.show_most_urgent();
    }

    /// Replaces all of its tokens, as consenting does.
    pub fn set_tokens(&mut self, tokens: Vec<TokenState>) {
        self.tokens = tokens;
        self.show_most_urgent();
    }

    /// Whether no token of it is left to use.
    pub fn all_lost(&self) -> bool {
        self.tokens.iter().all(|token| token.lost)
    }

    fn show_most_urgent(&mut self) {
        let urgent = self.tokens.iter().min_by_key(|token| (token.lost, token.due().unwrap_or(Timestamp::MAX)));
        if let Some(urgent) = urgent {
            (self.clocks.access, self.refresh) = (urgent.access, urgent.refresh);
        }
    }

    /// A status that no working token may better: a lost one leaves it failing, one that may be lost uncertain.
    pub(super) fn held_back(&self, status: Status) -> (Status, Option<Failure>) {
        if !matches!(status, Status::Active | Status::Expiring) {
            return (status, None);
        }
        if let Some(lost) = self.tokens.iter().find(|token| token.lost) {
            return (Status::Failing, lost.failure.clone());
        }
        let open = self.tokens.iter().find(|token| matches!(token.refresh, RefreshState::Unknown { .. }));
        open.map_or((status, None), |open| (Status::Uncertain, open.failure.clone()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;
    use crate::{expiry::Source, failure::Advice, sample, status::Happening};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[allow(clippy::unnecessary_wraps, reason = "what a token's state takes")]
    fn ends(second: i64) -> Option<Expiry> {
        Some(Expiry { at: at(second), source: Source::Response })
    }

    fn two() -> Connection {
        let mut connection = sample::connection();
        connection.set_tokens(vec![TokenState::fresh("bot", ends(200), 1), TokenState::fresh("user", ends(100), 1)]);
        connection
    }

    #[test]
    fn the_connection_shows_the_token_that_ends_first() {
        let mut connection = two();
        assert_eq!((connection.clocks.access, connection.first_token()), (ends(100), "bot"));
        connection.put_token(TokenState::fresh("user", ends(300), 2));
        assert_eq!(connection.clocks.access, ends(200));
        let waiting = RefreshState::Waiting { attempts: 1, until: at(50) };
        connection.put_token(TokenState { refresh: waiting, ..TokenState::fresh("user", ends(300), 2) });
        assert_eq!((connection.clocks.access, connection.refresh), (ends(300), waiting));
    }

    #[test]
    fn an_open_refresh_of_any_token_shows_so_that_a_start_finds_it() {
        let mut connection = two();
        let open = RefreshState::Refreshing { from_version: 1, attempts: 0, since: at(5), resent: false };
        connection.put_token(TokenState { refresh: open, ..TokenState::fresh("bot", ends(200), 1) });
        assert_eq!(connection.refresh, open);
    }

    #[test]
    fn a_lost_token_is_not_hidden_by_one_that_works_and_does_not_end_it() {
        let mut connection = two();
        let failure = Failure::new(Advice::Reauthorize, "grant-lost", "The token `user` is gone.");
        let lost = TokenState { lost: true, failure: Some(failure.clone()), ..TokenState::fresh("user", ends(100), 1) };
        connection.put_token(lost.clone());
        assert_eq!(connection.clocks.access, ends(200));
        for happening in [Happening::Verified, Happening::Refreshed] {
            connection.happen(happening, None, at(9)).unwrap();
            assert_eq!((connection.status, connection.failure.as_ref()), (Status::Failing, Some(&failure)));
        }
        assert!(!connection.all_lost());
        connection.put_token(TokenState { name: "bot".into(), ..lost });
        assert!(connection.all_lost());
    }

    #[test]
    fn a_connection_with_one_token_keeps_it_in_itself() {
        let mut connection = sample::connection();
        assert_eq!(connection.token_names(), [""]);
        let state = connection.token("").unwrap();
        connection.put_token(TokenState { access: ends(7), ..state });
        assert_eq!(connection.clocks.access, ends(7));
        assert!(connection.token("user").is_none() && connection.tokens.is_empty());
    }
}
