//! What a hook sees of a token response: its shape, and a placeholder for every value; and the way back from placeholders.

mod reading;
mod rules;

use std::collections::{BTreeMap, HashMap};

use http::Response;
use jackfield_model::{mask::Masker, secret::Secret};
use serde_json::{Map, Value};

use crate::egress::Denial;
pub use reading::ReadTokens;
pub(crate) use reading::{Claimed, forbid};

pub(crate) use rules::{Kind, PREFIX, ReadingRules};

/// Draws random bytes. An argument, so that tests can repeat what they saw.
pub type Random = std::sync::Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// A response with placeholders, and what each stands for.
pub(crate) struct Redacted {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) table: Table,
}

/// What placeholders stand for; lives for one call and is wiped with it.
pub(crate) struct Table {
    pub(crate) held: HashMap<String, Held>,
    /// Public values a guest was shown as they are, by kept key.
    pub(crate) shown: BTreeMap<String, String>,
}

pub(crate) struct Held {
    pub(crate) text: Secret,
    pub(crate) kind: Kind,
}

/// Replaces every scalar, undeclared key, header and cookie by a fresh placeholder of fixed length. `sent` is what the
/// request showed the provider, which may come back.
pub(crate) fn redact(
    response: &Response<Vec<u8>>,
    rules: &ReadingRules,
    sent: &[&Secret],
    random: &Random,
) -> Redacted {
    let parsed =
        serde_json::from_slice::<Value>(response.body()).ok().filter(|value| value.is_object() || value.is_array());
    let tokens = tokens_in(response, parsed.as_ref(), rules);
    let secrets = Masker::new(tokens.iter().chain(sent.iter().copied()));
    let table = Table { held: HashMap::new(), shown: BTreeMap::new() };
    let mut redactor = Redactor { rules, random, table, tokens, secrets };
    let body = match &parsed {
        Some(value) => serde_json::to_vec(&redactor.value(value, "")).unwrap_or_default(),
        None => redactor.whole(response.body()),
    };
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| redactor.header(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
        .collect();
    Redacted { status: response.status().as_u16(), headers, body, table: redactor.table }
}

struct Redactor<'a> {
    rules: &'a ReadingRules,
    random: &'a Random,
    table: Table,
    /// Every value found in a secret place.
    tokens: Vec<Secret>,
    /// These and what was sent: a kept value in which one of them shows is not public.
    secrets: Masker,
}

/// What stands where the manifest says that tokens are.
fn tokens_in(response: &Response<Vec<u8>>, body: Option<&Value>, rules: &ReadingRules) -> Vec<Secret> {
    let mut found: Vec<String> = match body {
        Some(body) => rules.secret_pointers().filter_map(|pointer| body.pointer(pointer)).filter_map(scalar).collect(),
        None => form(response.body()).filter(|(place, _)| rules.is_secret(place)).map(|(_, value)| value).collect(),
    };
    let headers = response.headers().iter();
    found.extend(headers.filter_map(|(name, value)| {
        rules.secret_header(name.as_str(), &String::from_utf8_lossy(value.as_bytes())).map(|(_, value)| value)
    }));
    found.into_iter().map(Secret::new).collect()
}

/// The pairs of a form, each with the pointer that names it.
fn form(body: &[u8]) -> impl Iterator<Item = (String, String)> {
    url::form_urlencoded::parse(body).map(|(name, value)| (format!("/{name}"), value.into_owned()))
}

impl Redactor<'_> {
    fn placeholder(&mut self, text: &str, kind: Kind) -> String {
        let mut bytes = [0u8; 16];
        (self.random)(&mut bytes);
        let placeholder = format!("{PREFIX}{}", data_encoding::HEXLOWER.encode(&bytes));
        self.table.held.insert(placeholder.clone(), Held { text: Secret::new(text.to_owned()), kind });
        placeholder
    }

    fn value(&mut self, value: &Value, pointer: &str) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| self.value(item, &format!("{pointer}/{index}"))).collect()
            }
            Value::Object(members) => {
                let mut out = Map::with_capacity(members.len());
                for (key, member) in members {
                    let inner = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    let name =
                        if self.rules.declares_key(key) { key.clone() } else { self.placeholder(key, Kind::Name) };
                    let member = self.value(member, &inner);
                    out.insert(name, member);
                }
                Value::Object(out)
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Value::String(self.scalar(&scalar(value).unwrap_or_default(), pointer))
            }
        }
    }

    fn scalar(&mut self, text: &str, pointer: &str) -> String {
        if let Some(key) = self.rules.public_at(pointer, text)
            && !self.tokens.iter().any(|token| token.expose() == text)
            && self.secrets.text(text) == text
        {
            self.table.shown.insert(key.to_owned(), text.to_owned());
            return text.to_owned();
        }
        self.placeholder(text, self.rules.kind_at(pointer))
    }

    /// A body that is no JSON: form pairs, or one value.
    fn whole(&mut self, body: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(body).into_owned();
        if text.trim().is_empty() {
            return Vec::new();
        }
        if self.rules.whole_body() || !text.contains('=') || text.contains(['<', ' ', '\n']) {
            let kind = if self.rules.whole_body() { Kind::AccessToken } else { Kind::Other };
            return self.placeholder(text.trim(), kind).into_bytes();
        }
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in url::form_urlencoded::parse(body) {
            let pointer = format!("/{name}");
            let shown =
                if self.rules.declares_key(&name) { name.into_owned() } else { self.placeholder(&name, Kind::Name) };
            let value = self.scalar(&value, &pointer);
            out.append_pair(&shown, &value);
        }
        out.finish().into_bytes()
    }

    fn header(&mut self, name: &str, value: &str) -> (String, String) {
        match self.rules.secret_header(name, value) {
            Some((kind, secret)) if name == "set-cookie" => {
                let cookie = value.split('=').next().unwrap_or_default().trim().to_owned();
                (name.to_owned(), format!("{cookie}={}", self.placeholder(&secret, kind)))
            }
            Some((kind, secret)) => (name.to_owned(), self.placeholder(&secret, kind)),
            None => (self.placeholder(name, Kind::Name), self.placeholder(value, Kind::Other)),
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A placeholder where none may stand.
pub(crate) fn misplaced(place: &str) -> Denial {
    Denial::new(
        "placeholder-forged",
        format!(
            "{place} holds a placeholder of a token response, which may fill a secret place only: the connector's author returns it as a token, or leaves it out"
        ),
    )
}

#[cfg(test)]
mod tests;
