//! The environment over the file: `egress.ca_file` is `JACKFIELD_EGRESS_CA_FILE`, its value plain text or TOML.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ConfigError, Settings};

const PREFIX: &str = "JACKFIELD_";
/// Variables of the command line that are no settings of the host.
const OTHERS: [&str; 5] =
    ["JACKFIELD_CONFIG", "JACKFIELD_URL", "JACKFIELD_API_KEY", "JACKFIELD_API_KEY_FILE", "JACKFIELD_TENANT"];

/// The variables that begin with `JACKFIELD_`.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own.
    #[allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    pub fn of_process() -> Self {
        let pairs = std::env::vars_os()
            .map(|(name, text)| (name.to_string_lossy().into_owned(), text.to_string_lossy().into_owned()));
        Self::new(pairs)
    }

    /// Given ones; others than Jackfield's are left out, and so are empty ones.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |(name, text): &(String, String)| name.starts_with(PREFIX) && !text.is_empty();
        Self(pairs.into_iter().filter(ours).collect())
    }

    /// The settings of a table with these variables over it.
    pub(super) fn over(&self, mut table: toml::Table) -> Result<Settings, ConfigError> {
        let keys = keys();
        for (name, text) in self.0.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())) {
            let key = keys.iter().find(|key| variable(key) == *name);
            let key = key.ok_or_else(|| ConfigError::UnknownVariable { name: name.clone() })?;
            table = with(&table, key, text).map_err(|cause| ConfigError::Variable {
                name: name.clone(),
                key: key.join("."),
                cause: Box::new(cause),
            })?;
        }
        table.try_into().map_err(|cause| ConfigError::Merged { cause: Box::new(cause) })
    }
}

/// Every key there is, as the path to it.
fn keys() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let shape = serde_json::to_value(Settings::default()).unwrap_or_default();
    walk(&shape, &mut Vec::new(), &mut found);
    found
}

/// An empty object is a map whose keys people choose: a value of its own.
fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                path.push(key.clone());
                walk(value, path, found);
                path.pop();
            }
        }
        _ => found.push(path.clone()),
    }
}

fn variable(key: &[String]) -> String {
    format!("{PREFIX}{}", key.join("_").replace('-', "_").to_ascii_uppercase())
}

/// The table with one value more: read as TOML where that fits the key, as plain text otherwise.
fn with(table: &toml::Table, key: &[String], text: &str) -> Result<toml::Table, toml::de::Error> {
    let parsed = toml::from_str::<toml::Table>(&format!("value = {text}")).ok();
    let typed = parsed.filter(|table| table.len() == 1).and_then(|mut table| table.remove("value"));
    if let Some(value) = typed {
        let candidate = put(table, key, value);
        if candidate.clone().try_into::<Settings>().is_ok() {
            return Ok(candidate);
        }
    }
    let candidate = put(table, key, toml::Value::String(text.to_owned()));
    candidate.clone().try_into::<Settings>()?;
    Ok(candidate)
}

fn put(table: &toml::Table, key: &[String], value: toml::Value) -> toml::Table {
    let mut table = table.clone();
    match key {
        [] => {}
        [last] => {
            table.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = table.get(first).and_then(toml::Value::as_table).cloned().unwrap_or_default();
            table.insert(first.clone(), toml::Value::Table(put(&inner, rest, value)));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_own_variable() {
        let mut variables: Vec<_> = keys().iter().map(|key| variable(key)).collect();
        let count = variables.len();
        variables.sort();
        variables.dedup();
        assert_eq!(variables.len(), count);
        for name in ["JACKFIELD_PUBLIC_URL", "JACKFIELD_LOG_LEVEL", "JACKFIELD_EGRESS_HOSTS"] {
            assert!(variables.iter().any(|variable| variable == name), "{name} in {variables:?}");
        }
        assert!(OTHERS.iter().all(|other| !variables.iter().any(|variable| variable == other)));
    }
}
