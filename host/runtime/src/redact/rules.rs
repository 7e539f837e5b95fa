//! Which place of a token response means what, as the manifest declares it.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    manifest::{KeptFrom, TokenResponseRules, TokenSource},
    pattern::Pattern,
};

/// How every placeholder begins.
pub(crate) const PREFIX: &str = "jfph-";
/// The longest public value, in bytes.
const PUBLIC: usize = 128;
/// Member names every token response may have (RFC 6749 sections 5.1 and 5.2).
const STANDARD: [&str; 9] = [
    "access_token",
    "refresh_token",
    "token_type",
    "expires_in",
    "scope",
    "id_token",
    "error",
    "error_description",
    "error_uri",
];

/// What a placeholder stands for, and so what it may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    AccessToken,
    RefreshToken,
    IdToken,
    Expires,
    Scope,
    /// A value of no declared meaning.
    Other,
    /// The name of a member or header: fills nothing.
    Name,
}

/// A manifest's rules for reading a token response.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadingRules {
    kinds: BTreeMap<String, Kind>,
    headers: BTreeMap<String, Kind>,
    cookies: BTreeMap<String, Kind>,
    whole_body: bool,
    keys: BTreeSet<String>,
    kept: Vec<(String, String, Pattern)>,
}

impl ReadingRules {
    /// The rules as declared. Where an envelope names a payload, pointers count from it.
    pub(crate) fn of(declared: &TokenResponseRules) -> Self {
        let mut rules = Self { keys: STANDARD.iter().map(|key| (*key).to_owned()).collect(), ..Self::default() };
        let payload = declared.envelope.as_ref().map(|envelope| envelope.payload.as_str()).unwrap_or_default();
        rules.source(&declared.refresh_token, Kind::RefreshToken, payload);
        rules.source(&declared.access_token, Kind::AccessToken, payload);
        rules.pointer(&declared.id_token, Kind::IdToken, payload);
        rules.pointer(&declared.expires, Kind::Expires, payload);
        rules.pointer(&declared.scope, Kind::Scope, payload);
        rules.learn_keys(&declared.token_type);
        if let Some(envelope) = &declared.envelope {
            for pointer in [&envelope.success, &envelope.payload, &envelope.error, &envelope.message] {
                rules.learn_keys(pointer);
            }
        }
        for kept in &declared.keep {
            if let KeptFrom::Response(pointer) = &kept.place {
                rules.learn_keys(pointer);
                for pointer in absolute(pointer, payload) {
                    rules.kept.push((kept.key.clone(), pointer, kept.pattern.clone()));
                }
            }
        }
        rules
    }

    fn source(&mut self, source: &TokenSource, kind: Kind, payload: &str) {
        match source {
            TokenSource::Pointer(pointer) => self.pointer(pointer, kind, payload),
            TokenSource::WholeBody => self.whole_body = true,
            TokenSource::Header(name) => {
                self.headers.insert(name.to_ascii_lowercase(), kind);
            }
            TokenSource::Cookie(name) => {
                self.cookies.insert(name.clone(), kind);
            }
        }
    }

    fn pointer(&mut self, pointer: &str, kind: Kind, payload: &str) {
        self.learn_keys(pointer);
        for pointer in absolute(pointer, payload) {
            self.kinds.entry(pointer).or_insert(kind);
        }
    }

    fn learn_keys(&mut self, pointer: &str) {
        let keys = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"));
        self.keys.extend(keys);
    }

    pub(super) fn declares_key(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub(super) fn kind_at(&self, pointer: &str) -> Kind {
        self.kinds.get(pointer).copied().unwrap_or(Kind::Other)
    }

    pub(super) fn whole_body(&self) -> bool {
        self.whole_body
    }

    /// Pointers to tokens.
    pub(super) fn secret_pointers(&self) -> impl Iterator<Item = &str> {
        let secret = |kind: &Kind| matches!(kind, Kind::AccessToken | Kind::RefreshToken | Kind::IdToken);
        self.kinds.iter().filter(move |(_, kind)| secret(kind)).map(|(pointer, _)| pointer.as_str())
    }

    /// Whether a pointer is to a token.
    pub(super) fn is_secret(&self, pointer: &str) -> bool {
        self.secret_pointers().any(|known| known == pointer)
    }

    /// The token a header carries, where it is declared to carry one.
    pub(super) fn secret_header(&self, name: &str, value: &str) -> Option<(Kind, String)> {
        if name == "set-cookie" {
            let (cookie, rest) = value.split_once('=')?;
            let kind = self.cookies.get(cookie.trim())?;
            return Some((*kind, rest.split(';').next().unwrap_or_default().trim().to_owned()));
        }
        self.headers.get(name).map(|kind| (*kind, value.to_owned()))
    }

    /// The kept key whose public place this is, if the value is one the operator approved: short, and of its pattern.
    pub(super) fn public_at(&self, pointer: &str, value: &str) -> Option<&str> {
        let kept = self.kept.iter().find(|(_, place, pattern)| place == pointer && pattern.matches(value))?;
        (value.len() <= PUBLIC).then_some(kept.0.as_str())
    }

    /// Whether a value may be kept under a key.
    pub(super) fn may_keep(&self, key: &str, value: &str) -> bool {
        value.len() <= PUBLIC && self.kept.iter().any(|(known, _, pattern)| known == key && pattern.matches(value))
    }

    /// Whether a key is declared as kept from a token response.
    pub(super) fn keeps(&self, key: &str) -> bool {
        self.kept.iter().any(|(known, _, _)| known == key)
    }
}

/// A pointer as it stands in the whole body: as written, and inside the envelope's payload.
fn absolute(pointer: &str, payload: &str) -> Vec<String> {
    if pointer.is_empty() {
        return Vec::new();
    }
    if payload.is_empty() { vec![pointer.to_owned()] } else { vec![pointer.to_owned(), format!("{payload}{pointer}")] }
}
