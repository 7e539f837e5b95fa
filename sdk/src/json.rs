//! JSON answers, read by pointer (RFC 6901), with failures that name the pointer and never the body.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Failure;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(Value);

impl Json {
    /// Reads JSON text.
    ///
    /// # Errors
    /// `unexpected-answer` where it is none.
    pub fn read(text: &[u8]) -> Result<Self, Failure> {
        let value = serde_json::from_slice(text);
        value.map(Self).map_err(|_| Failure::unexpected("The provider's answer is no JSON."))
    }

    /// The text, number or truth value at a pointer, as text.
    ///
    /// # Errors
    /// `unexpected-answer` where there is none, naming the pointer.
    pub fn text(&self, pointer: &str) -> Result<String, Failure> {
        self.find(pointer).ok_or_else(|| missing(pointer))
    }

    /// The same where it may be absent; empty text, `null`, lists and objects count as absent.
    pub fn find(&self, pointer: &str) -> Option<String> {
        match self.0.pointer(pointer)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// The members of the list at a pointer; the pointer of the whole is empty.
    ///
    /// # Errors
    /// `unexpected-answer` where there is no list, naming the pointer.
    pub fn list(&self, pointer: &str) -> Result<Vec<Self>, Failure> {
        let list = self.0.pointer(pointer).and_then(Value::as_array);
        list.map(|members| members.iter().cloned().map(Self).collect()).ok_or_else(|| missing(pointer))
    }

    /// The whole as a type of the author's.
    ///
    /// # Errors
    /// `unexpected-answer` where it does not fit.
    pub fn parse<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let shape = "The provider's answer has another shape than documented.";
        serde_json::from_value(self.0).map_err(|_| Failure::unexpected(shape))
    }

    /// The value itself.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

fn missing(pointer: &str) -> Failure {
    Failure::unexpected(format!("The provider's answer has no value at `{pointer}`."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn scalars_are_read_as_text_and_absence_names_the_pointer() {
        let json = Json::read(br#"{"id":12,"name":"","tags":[{"a":true}]}"#).unwrap();
        assert_eq!(json.text("/id").unwrap(), "12");
        assert_eq!(json.find("/name"), None);
        assert_eq!(json.list("/tags").unwrap()[0].find("/a").as_deref(), Some("true"));
        assert!(json.text("/tags").unwrap_err().message.contains("/tags"));
        assert_eq!(Json::read(b"<html>").unwrap_err().code, "unexpected-answer");
    }
}
