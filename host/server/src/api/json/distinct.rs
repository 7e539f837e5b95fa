//! Objects whose keys people choose: each key once, each value a text; a repeated key is refused, not overwritten.

use std::{collections::BTreeMap, fmt};

use jackfield_model::secret::Secret;
use serde::{
    Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

/// Reads texts by key.
pub(in crate::api) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    from.deserialize_map(Distinct(|text| text))
}

/// Reads texts by key that may be absent or null.
pub(in crate::api) fn optional_texts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    from.deserialize_option(Optional)
}

/// Reads a map of values of which any may be a secret.
pub(in crate::api) fn secrets<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Secret>, D::Error> {
    from.deserialize_map(Distinct(Secret::new))
}

struct Distinct<T>(fn(String) -> T);

impl<'de, T> Visitor<'de> for Distinct<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            // The value may be a secret in the wrong shape, so no error repeats it.
            let Value::String(text) = map.next_value()? else {
                return Err(A::Error::custom(format!("the field `{key}` is not a string")));
            };
            if read.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate field `{key}`")));
            }
            read.insert(key, (self.0)(text));
        }
        Ok(read)
    }
}

struct Optional;

impl<'de> Visitor<'de> for Optional {
    type Value = Option<BTreeMap<String, String>>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of strings")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        texts(from).map(Some)
    }
}
