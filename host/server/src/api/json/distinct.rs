//! What may be named once: the keys that people choose in an object, whose values are texts, and the items of a set. A second
//! one is refused, not overwritten or swallowed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jackfield_model::secret::Secret;
use serde::{
    Deserialize, Deserializer,
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

/// Reads a list of which no two items are the same.
pub(in crate::api) fn set<'de, D: Deserializer<'de>, T: Deserialize<'de> + Ord>(
    from: D,
) -> Result<BTreeSet<T>, D::Error> {
    each_once(Vec::deserialize(from)?)
}

/// Reads such a list that may be absent or null.
pub(in crate::api) fn optional_set<'de, D: Deserializer<'de>, T: Deserialize<'de> + Ord>(
    from: D,
) -> Result<Option<BTreeSet<T>>, D::Error> {
    Option::deserialize(from)?.map(each_once).transpose()
}

fn each_once<T: Ord, E: Error>(items: Vec<T>) -> Result<BTreeSet<T>, E> {
    let mut read = BTreeSet::new();
    for (number, item) in items.into_iter().enumerate() {
        if !read.insert(item) {
            return Err(E::custom(format!("item {} of a list is in it already: name each once", number + 1)));
        }
    }
    Ok(read)
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
