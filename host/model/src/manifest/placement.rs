//! Placements: where a credential goes on calls, and the headers that accompany it.

use serde::{Deserialize, Serialize};

use crate::template::Template;

/// Where a credential goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// In a header.
    Header(Placed),
    /// In a query parameter.
    Query(Placed),
    /// In a member of a JSON object or of a form.
    Body(Placed),
    /// In a cookie.
    Cookie(Placed),
}

/// What goes to one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The name of the header, parameter, member or cookie.
    pub name: Template,
    /// What precedes the credential there, for example `Bearer `.
    #[serde(default)]
    pub prefix: Template,
    /// The secret field that goes there; none means the method's own credential.
    #[serde(default)]
    pub secret: Option<String>,
}

/// A header of every request with the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallHeader {
    /// Its name.
    pub name: String,
    /// Its value; the header stays away where a field in it has none.
    pub value: Template,
    /// Whether a request may bring a value of its own.
    pub replaceable: bool,
}

impl Placement {
    /// What goes there.
    pub fn placed(&self) -> &Placed {
        match self {
            Self::Header(placed) | Self::Query(placed) | Self::Body(placed) | Self::Cookie(placed) => placed,
        }
    }

    /// The kind of the place, for a sentence.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Header(_) => "header",
            Self::Query(_) => "query parameter",
            Self::Body(_) => "body member",
            Self::Cookie(_) => "cookie",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn placements_stored_before_there_were_prefixes_everywhere_are_read() {
        let old = r#"[{"header":{"name":"X-Key","prefix":"Token "}},{"query":{"name":"key"}}]"#;
        let read: Vec<Placement> = serde_json::from_str(old).unwrap();
        let placed = |name: &str, prefix: &str| Placed {
            name: Template::new(name).unwrap(),
            prefix: Template::new(prefix).unwrap(),
            secret: None,
        };
        assert_eq!(read, [Placement::Header(placed("X-Key", "Token ")), Placement::Query(placed("key", ""))]);
    }
}
