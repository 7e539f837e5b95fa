//! How filled values are written into a body, so that none can break out of its place.

use serde_json::{Map, Value};
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::egress::{Denial, shown};

type Pair = (String, Zeroizing<String>);

/// How many members deep a JSON body may be.
const DEPTH: usize = 16;

pub(super) fn form(pairs: &[Pair]) -> Vec<u8> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

/// An object of strings, each at its JSON pointer (RFC 6901).
pub(super) fn json(pairs: &[Pair]) -> Result<Vec<u8>, Denial> {
    let mut body = Map::new();
    for (pointer, value) in pairs {
        let refuse = || {
            Denial::new(
                "plan-pointer",
                format!(
                    "`{}` is no place of its own in a JSON body: a pointer like /a/b, at most {DEPTH} deep, used once",
                    shown(pointer)
                ),
            )
        };
        let keys = pointer.strip_prefix('/').ok_or_else(refuse)?;
        let keys: Vec<String> = keys.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
        let placed = keys.len() <= DEPTH && put(&mut body, &keys, value);
        if !placed {
            return Err(refuse());
        }
    }
    Ok(serde_json::to_vec(&body).unwrap_or_default())
}

fn put(object: &mut Map<String, Value>, keys: &[String], value: &str) -> bool {
    match keys {
        [] => false,
        [key] => object.insert(key.clone(), Value::String(value.to_owned())).is_none(),
        [key, rest @ ..] => match object.entry(key.clone()).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(inner) => put(inner, rest, value),
            _ => false,
        },
    }
}

/// How a filled piece is escaped inside text of another format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    Json,
    Form,
    Xml,
    /// No syntax to break out of, so only line breaks are refused.
    Plain,
}

impl Escape {
    pub(super) fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            "application/xml" | "text/xml" | "application/soap+xml" => Some(Self::Xml),
            "text/plain" => Some(Self::Plain),
            _ => None,
        }
    }

    pub(super) fn apply(self, text: &str) -> Result<Zeroizing<String>, Denial> {
        let escaped = match self {
            Self::Json => {
                let quoted = serde_json::to_string(text).unwrap_or_default();
                quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned()
            }
            Self::Form => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            Self::Xml | Self::Plain if text.chars().any(char::is_control) => {
                let message = "a filled value holds a line break or another control character, which this body format cannot carry safely";
                return Err(Denial::new("plan-body", message));
            }
            Self::Xml => text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&apos;"),
            Self::Plain => text.to_owned(),
        };
        Ok(Zeroizing::new(escaped))
    }
}
