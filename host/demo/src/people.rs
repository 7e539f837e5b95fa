//! Who stands behind a token: a person who signed in, or a client in its own name.

use std::fmt;

const CLIENT_PREFIX: &str = "client:";
const LONGEST_LOGIN: usize = 64;

/// A person's login: 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`. There are no passwords: the demo's
/// provider believes whoever sits at the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Login(String);

/// The text is not a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a login is 1 to 64 of a-z, 0-9, '.', '_' and '-'")]
pub(crate) struct NotALogin;

impl Login {
    /// The person a consent page signs in unless told otherwise, who also owns the API token.
    pub(crate) fn demo() -> Self {
        Self("demo".into())
    }

    pub(crate) fn parse(text: &str) -> Result<Self, NotALogin> {
        let known = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"._-".contains(&c);
        let fits = (1..=LONGEST_LOGIN).contains(&text.len());
        if fits && text.bytes().all(known) { Ok(Self(text.to_owned())) } else { Err(NotALogin) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name shown to others.
    pub(crate) fn name(&self) -> String {
        let mut letters = self.0.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
    }

    /// An address that can never receive anything (RFC 2606).
    pub(crate) fn email(&self) -> String {
        format!("{}@demo.invalid", self.0)
    }
}

/// Whose name a token acts in. A grant of oxide-auth keeps it as its `owner_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    Person(Login),
    Client(String),
}

impl Subject {
    /// Reads what [`fmt::Display`] wrote.
    pub(crate) fn parse(owner_id: &str) -> Result<Self, NotALogin> {
        match owner_id.strip_prefix(CLIENT_PREFIX) {
            Some(id) => Ok(Self::Client(id.to_owned())),
            None => Login::parse(owner_id).map(Self::Person),
        }
    }

    /// The `sub` that tokens and the API state.
    pub(crate) fn sub(&self) -> &str {
        match self {
            Self::Person(login) => login.as_str(),
            Self::Client(id) => id,
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Person(login) => login.name(),
            Self::Client(id) => id.clone(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(login) => out.write_str(login.as_str()),
            Self::Client(id) => write!(out, "{CLIENT_PREFIX}{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn a_client_is_never_taken_for_a_person_of_that_name() {
        let person = Subject::Person(Login::parse("demo").unwrap());
        let client = Subject::Client("demo".into());
        assert_ne!(person.to_string(), client.to_string());
        assert_eq!(Subject::parse(&person.to_string()), Ok(person));
        assert_eq!(Subject::parse(&client.to_string()), Ok(client));
        for bad in ["", "client:demo", "Demo", "a b", "<b>"] {
            assert_eq!(Login::parse(bad), Err(NotALogin), "{bad}");
        }
    }
}
