//! Strict JSON bodies: the right type, within the limit, known fields only; a refusal names the place.

mod distinct;

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use jackfield_model::secret::Secret;
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, IgnoredAny},
};
use serde_json::{Value, error::Category};

use super::{
    body::whole,
    describe::{Operation, Takes},
    problem::{Code, Problem},
};

pub(super) use distinct::{optional_set, optional_texts, secrets, set, texts};

/// The largest JSON body, in bytes.
pub(super) const JSON_LIMIT: usize = 1024 * 1024;

/// A body that is JSON of the shape `T`; every `T` refuses fields it does not know.
pub(super) struct Json<T>(pub(super) T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::not_json());
        }
        let bytes = whole(request.into_body(), JSON_LIMIT).await?;
        parse(&bytes).map(Self)
    }
}

impl<T: JsonSchema> Takes for Json<T> {
    fn takes(operation: &mut Operation<'_>) {
        operation.takes_json::<T>();
        operation.refuses(&[Code::NotJson, Code::MalformedJson, Code::InvalidBody]);
        operation.refuses(&[Code::TooLarge, Code::BodyCutOff, Code::BodyStalled]);
    }
}

/// Whether a body is declared as JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads a body, naming the place of what does not fit.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let refusal = |error: serde_json::Error| match error.classify() {
        Category::Data => Problem::body(&without_value(&error.to_string())),
        Category::Syntax | Category::Eof | Category::Io => Problem::malformed(&error.to_string()),
    };
    // serde would read a list as a struct, its fields in the order of the source.
    if bytes.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(refusal)?;
        return Err(Problem::body("a list, where an object was expected"));
    }
    serde_json::from_slice(bytes).map_err(refusal)
}

/// The refusal without the value in it, which may be a secret in the wrong place: its type is enough.
fn without_value(told: &str) -> String {
    let wrong = told.starts_with("invalid type: ") || told.starts_with("invalid value: ");
    match (told.find(['"', '`']), told.rfind(", expected ")) {
        (Some(from), Some(to)) if wrong && from < to => {
            let (kind, expected) = (told.get(..from).unwrap_or_default(), told.get(to..).unwrap_or_default());
            format!("{}{expected}", kind.trim_end())
        }
        _ => told.to_owned(),
    }
}

/// Reads a secret; a value of another type is refused without being repeated.
pub(super) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(Secret::new(text)),
        _ => Err(D::Error::custom("a secret is a string")),
    }
}

/// Reads a secret that may be absent or null.
pub(super) fn optional_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(Secret::new(text))),
        _ => Err(D::Error::custom("a secret is a string")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default, deserialize_with = "optional_secret")]
        token: Option<Secret>,
        #[serde(default, deserialize_with = "secrets")]
        fields: BTreeMap<String, Secret>,
        #[serde(default, deserialize_with = "set")]
        days: BTreeSet<u16>,
        #[serde(default, deserialize_with = "optional_set")]
        actions: Option<BTreeSet<String>>,
    }

    fn refusal(text: &str) -> Problem {
        parse::<Sample>(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_refusal_names_the_place() {
        let malformed = refusal("{\"token\": \n  oops}");
        assert_eq!((malformed.status().as_u16(), malformed.code()), (400, "malformed-json"));
        assert!(malformed.detail().contains("line 2"), "{}", malformed.detail());
        let unknown = refusal("{\"tokn\": \"x\"}");
        assert_eq!((unknown.status().as_u16(), unknown.code()), (422, "invalid-body"));
        assert!(unknown.detail().contains("unknown field `tokn`"), "{}", unknown.detail());
        assert_eq!(refusal("{\"token\": \"x\"} trailing").code(), "malformed-json");
        assert_eq!(refusal("{\"token\": \"x\", \"token\": \"y\"}").code(), "invalid-body");
        let twice = refusal("{\"fields\": {\"key\": \"x\", \"key\": \"y\"}}");
        assert!(twice.detail().contains("duplicate field `key`"), "{}", twice.detail());
        assert_eq!(refusal("").code(), "malformed-json");
    }

    #[test]
    fn an_item_of_a_set_is_named_once() {
        for text in ["{\"days\": [7, 14, 7]}", "{\"actions\": [\"x\", \"y\", \"x\"]}"] {
            let twice = refusal(text);
            assert_eq!((twice.status().as_u16(), twice.code()), (422, "invalid-body"));
            assert!(twice.detail().contains("item 3 of a list"), "{}", twice.detail());
        }
        let read: Sample = parse(b"{\"days\": [7, 2], \"actions\": [\"x\"]}").unwrap();
        assert_eq!((read.days, read.actions), (BTreeSet::from([2, 7]), Some(BTreeSet::from(["x".to_owned()]))));
        let none: Sample = parse(b"{\"actions\": null}").unwrap();
        assert_eq!((none.days.len(), none.actions), (0, None));
    }

    #[test]
    fn a_list_is_no_object_whose_fields_come_in_order() {
        assert_eq!(refusal("[\"x\", {}]").code(), "invalid-body");
        assert_eq!(refusal(" [").code(), "malformed-json");
    }

    #[test]
    fn a_secret_of_the_wrong_type_is_not_repeated() {
        for text in ["{\"token\": 8675309}", "{\"fields\": {\"key\": 8675309}}", "{\"fields\": 8675309}"] {
            let detail = refusal(text).detail().to_owned();
            assert!(!detail.contains("8675309"), "{detail}");
        }
        let whole = refusal("\"my, expected secret\"");
        assert!(whole.detail().contains("invalid type: string, expected struct Sample"), "{}", whole.detail());
        let read: Sample = parse(b"{\"token\": null, \"fields\": {\"key\": \"v\"}}").unwrap();
        assert!(read.token.is_none());
        assert_eq!(read.fields.get("key").unwrap().expose(), "v");
    }

    #[test]
    fn only_json_is_json() {
        let typed = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            is_json(&headers)
        };
        assert!(typed("application/json"));
        assert!(typed("Application/JSON; charset=utf-8"));
        assert!(!typed("text/plain"));
        assert!(!typed("application/x-www-form-urlencoded"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
