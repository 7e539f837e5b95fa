//! Names and passwords (RFC 7617): two templates, and what no name may hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    credential::SecretFields,
    secret::Secret,
    template::{Template, TemplateError},
};

/// A name and a password; the only templates that take secret fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basic {
    /// The name.
    pub name: Template,
    /// The password.
    pub password: Template,
}

/// A name and a password, filled.
#[derive(Debug)]
pub struct Pair {
    /// The name: secret too, since some providers take a key in its place.
    pub name: Secret,
    /// The password.
    pub password: Secret,
}

/// Why two texts are no pair; the texts themselves are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// A colon ends the name (RFC 7617 section 2).
    #[error("must not hold a colon: servers take what follows it for the password")]
    Colon,
    /// Control characters (RFC 7617 section 2).
    #[error("must not hold line breaks or other control characters")]
    Control,
    /// Neither a name nor a password.
    #[error("must not be empty where the password is empty too")]
    Empty,
}

impl Basic {
    /// Fills both; a field without a value adds nothing.
    pub fn pair(&self, public: &BTreeMap<String, String>, secret: &SecretFields) -> Result<Pair, PairError> {
        let value = |key: &str| {
            let typed = public.get(key).map(String::as_str).or_else(|| secret.get(key).map(Secret::expose));
            Some(typed.unwrap_or_default())
        };
        let filled = |template: &Template| template.fill(value).unwrap_or_else(|_: TemplateError| String::new());
        let pair = Pair { name: Secret::new(filled(&self.name)), password: Secret::new(filled(&self.password)) };
        let has = |unwanted: fn(char) -> bool| pair.name.expose().contains(unwanted);
        if has(|letter| letter == ':') {
            Err(PairError::Colon)
        } else if has(char::is_control) || pair.password.expose().contains(char::is_control) {
            Err(PairError::Control)
        } else if pair.name.is_empty() && pair.password.is_empty() {
            Err(PairError::Empty)
        } else {
            Ok(pair)
        }
    }

    /// The keys of the fields in both.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.name.keys().chain(self.password.keys())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn pair(name: &str, password: &str, secret: &str) -> Result<(String, String), PairError> {
        let basic = Basic { name: Template::new(name).unwrap(), password: Template::new(password).unwrap() };
        let public = BTreeMap::from([("user".to_owned(), "Jørgen".to_owned())]);
        let secret = SecretFields::from([("key".to_owned(), Secret::new(secret.to_owned()))]);
        basic.pair(&public, &secret).map(|pair| (pair.name.expose().to_owned(), pair.password.expose().to_owned()))
    }

    #[test]
    fn either_may_be_a_field_secret_or_not_fixed_or_empty() {
        assert_eq!(pair("{user}", "{key}", "s:3").unwrap(), ("Jørgen".into(), "s:3".into()));
        assert_eq!(pair("{key}", "", "sk_1").unwrap(), ("sk_1".into(), String::new()));
        assert_eq!(pair("{user}/token", "{key}", "k").unwrap(), ("Jørgen/token".into(), "k".into()));
        assert_eq!(pair("api", "{key}{missing}", "k").unwrap(), ("api".into(), "k".into()));
    }

    #[test]
    fn a_colon_in_the_name_control_characters_and_nothing_at_all_are_refused() {
        assert_eq!(pair("{key}", "", "a:b").unwrap_err(), PairError::Colon);
        assert_eq!(pair("{user}", "{key}", "a\nb").unwrap_err(), PairError::Control);
        assert_eq!(pair("{missing}", "{absent}", "x").unwrap_err(), PairError::Empty);
    }
}
