//! A credential in the body: a member added to a JSON object or to a form, everything else left as it was written.

use std::fmt;

use http::{HeaderMap, header};
use jackfield_model::secret::Secret;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use url::form_urlencoded;

use super::denial::{Denial, shown};

/// The formats a member can be added to.
#[derive(Clone, Copy)]
enum Format {
    Json,
    Form,
}

/// Adds members to a body. One of these names that is there already is refused: only the host places it.
pub(super) fn with_members(headers: &HeaderMap, body: Vec<u8>, members: &[(&str, Secret)]) -> Result<Vec<u8>, Denial> {
    let Some((first, _)) = members.first() else { return Ok(body) };
    let unfit = || {
        let message = format!(
            "the credential goes into the member `{}` of the body: send a JSON object as application/json, or a form as application/x-www-form-urlencoded",
            shown(first)
        );
        Denial::new("credential-in-body", message)
    };
    let format = format(headers).ok_or_else(unfit)?;
    let names = match format {
        Format::Json => json_names(&body).ok_or_else(unfit)?,
        Format::Form => form_urlencoded::parse(&body).map(|(name, _)| name.into_owned()).collect(),
    };
    if let Some((owned, _)) = members.iter().find(|(name, _)| names.iter().any(|present| present == name)) {
        let message = format!(
            "the member `{}` of the body carries the connection's credential, which only the host places: remove it from the request",
            shown(owned)
        );
        return Err(Denial::new("body-owned", message));
    }
    match format {
        Format::Json => with_json(body, names.is_empty(), members).ok_or_else(unfit),
        Format::Form => Ok(with_form(body, members)),
    }
}

/// What the one `Content-Type` says; none where a member cannot be added.
fn format(headers: &HeaderMap) -> Option<Format> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else { return None };
    let essence = kind.to_str().ok()?.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Some(Format::Form),
        "application/json" => Some(Format::Json),
        other if other.starts_with("application/") && other.ends_with("+json") => Some(Format::Json),
        _ => None,
    }
}

/// The names of an object's members, none where the text is no JSON object.
fn json_names(body: &[u8]) -> Option<Vec<String>> {
    struct Names(Vec<String>);
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = Names;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
            let mut names = Vec::new();
            while let Some((name, _)) = members.next_entry::<String, IgnoredAny>()? {
                names.push(name);
            }
            Ok(Names(names))
        }
    }
    impl<'de> serde::Deserialize<'de> for Names {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            from.deserialize_map(Object)
        }
    }
    serde_json::from_slice::<Names>(body).ok().map(|names| names.0)
}

/// Before the closing brace: what stands there keeps its spelling, its order and its numbers.
fn with_json(mut body: Vec<u8>, empty: bool, members: &[(&str, Secret)]) -> Option<Vec<u8>> {
    body.truncate(body.iter().rposition(|byte| *byte == b'}')?);
    for (index, (name, value)) in members.iter().enumerate() {
        if !(empty && index == 0) {
            body.push(b',');
        }
        body.extend(serde_json::to_vec(name).ok()?);
        body.push(b':');
        body.extend(serde_json::to_vec(value.expose()).ok()?);
    }
    body.push(b'}');
    Some(body)
}

fn with_form(mut body: Vec<u8>, members: &[(&str, Secret)]) -> Vec<u8> {
    for (name, value) in members {
        if !body.is_empty() && !body.ends_with(b"&") {
            body.push(b'&');
        }
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value.expose()).finish();
        body.extend(pair.as_bytes());
    }
    body
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use proptest::prelude::*;

    use super::*;

    fn placed(kind: &str, body: &str, members: &[(&str, &str)]) -> Result<String, &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        let members: Vec<(&str, Secret)> =
            members.iter().map(|(name, value)| (*name, Secret::new((*value).to_owned()))).collect();
        let made = with_members(&headers, body.as_bytes().to_vec(), &members).map_err(|denial| denial.rule)?;
        Ok(String::from_utf8(made).unwrap())
    }

    #[test]
    fn a_json_object_gets_a_member_and_keeps_every_letter() {
        let json = |body: &str| placed("application/json; charset=utf-8", body, &[("token", "s\"3")]);
        assert_eq!(json("{}").unwrap(), r#"{"token":"s\"3"}"#);
        assert_eq!(
            json("{ \"n\": 1234567890123456789012, \"n\":1.10 }\n").unwrap(),
            "{ \"n\": 1234567890123456789012, \"n\":1.10 ,\"token\":\"s\\\"3\"}"
        );
        let two = placed("application/vnd.api+json", "{}", &[("a", "1"), ("b", "2")]);
        assert_eq!(two.unwrap(), r#"{"a":"1","b":"2"}"#);
    }

    #[test]
    fn a_form_gets_a_field() {
        let form = |body: &str| placed("application/x-www-form-urlencoded", body, &[("token", "a&b=c")]);
        assert_eq!(form("").unwrap(), "token=a%26b%3Dc");
        assert_eq!(form("x=%20&y").unwrap(), "x=%20&y&token=a%26b%3Dc");
    }

    #[test]
    fn a_member_of_that_name_is_refused_however_it_is_written() {
        let json = |body: &str| placed("application/json", body, &[("token", "s")]);
        assert_eq!(json(r#"{"token":"mine"}"#).unwrap_err(), "body-owned");
        assert_eq!(json(r#"{"a":1,"to\u006ben":null}"#).unwrap_err(), "body-owned");
        assert!(json(r#"{"a":{"token":"deeper"}}"#).is_ok());
        let form = |body: &str| placed("application/x-www-form-urlencoded", body, &[("token", "s")]);
        assert_eq!(form("a=1&to%6Ben=mine").unwrap_err(), "body-owned");
    }

    #[test]
    fn other_bodies_are_refused() {
        for body in ["", "[]", "1", "{", "{}{}", "\u{feff}{}"] {
            assert_eq!(placed("application/json", body, &[("token", "s")]).unwrap_err(), "credential-in-body");
        }
        for kind in ["multipart/form-data; boundary=x", "text/plain", "application/octet-stream"] {
            assert_eq!(placed(kind, "{}", &[("token", "s")]).unwrap_err(), "credential-in-body", "{kind}");
        }
        let none = with_members(&HeaderMap::new(), b"{}".to_vec(), &[("token", Secret::new("s".into()))]);
        assert_eq!(none.unwrap_err().rule, "credential-in-body");
    }

    proptest! {
        #[test]
        fn what_was_there_is_still_there(object in "\\{(\"[a-z]{1,3}\":[1-9][0-9]{0,2}(,\"[a-z]{1,3}\":\"[a-z{}]{0,3}\")?)?\\}", value in ".{0,8}") {
            let made = placed("application/json", &object, &[("the token", &value)]).unwrap();
            let (before, after): (serde_json::Map<_, _>, serde_json::Map<_, _>) =
                (serde_json::from_str(&object).unwrap(), serde_json::from_str(&made).unwrap());
            prop_assert_eq!(after.len(), before.len() + 1);
            prop_assert_eq!(after.get("the token").and_then(serde_json::Value::as_str), Some(value.as_str()));
            prop_assert!(before.iter().all(|(name, value)| after.get(name) == Some(value)));
        }
    }
}
