//! The environment over the file: `egress.ca_file` is `JACKFIELD_EGRESS_CA_FILE`, its value plain text or TOML.
//!
//! With `_FILE` behind it, a variable names a file that holds the value, as secrets are handed to containers.

use std::{collections::BTreeMap, fs};

use super::{ConfigError, Settings, keys};

const PREFIX: &str = "JACKFIELD_";
const FILE: &str = "_FILE";
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
        let known = keys::all();
        for (name, text) in self.0.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())) {
            let (key, text) = self.meant(&known, name, text)?;
            table = with(&table, key, &text).map_err(|cause| ConfigError::Variable {
                name: name.clone(),
                key: key.join("."),
                cause: Box::new(cause),
            })?;
        }
        table.try_into().map_err(|cause| ConfigError::Merged { cause: Box::new(cause) })
    }

    /// Which variable sets a key, if one does.
    pub(super) fn setting(&self, key: &[String]) -> Option<String> {
        let name = keys::variable(key);
        [format!("{name}{FILE}"), name].into_iter().find(|name| self.0.contains_key(name))
    }

    /// The key a variable stands for, and the value it gives or the file it names holds.
    fn meant<'k>(
        &self,
        known: &'k [Vec<String>],
        name: &str,
        text: &str,
    ) -> Result<(&'k Vec<String>, String), ConfigError> {
        let of = |name: &str| known.iter().find(|key| keys::variable(key) == name);
        if let Some(key) = of(name) {
            return Ok((key, text.to_owned()));
        }
        let by_file = name.strip_suffix(FILE).and_then(|plain| Some((plain, of(plain)?)));
        let Some((plain, key)) = by_file else {
            let nearest = keys::nearest(name, known.iter().map(|key| keys::variable(key)));
            return Err(ConfigError::UnknownVariable { name: name.to_owned(), nearest });
        };
        if self.0.contains_key(plain) {
            return Err(ConfigError::Both { plain: plain.to_owned(), file: name.to_owned() });
        }
        let held = fs::read_to_string(text).map_err(|source| ConfigError::VariableFile {
            name: name.to_owned(),
            path: text.into(),
            source,
        })?;
        Ok((key, held.trim_end_matches(['\r', '\n']).to_owned()))
    }
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
        let known = keys::all();
        let plain = known.iter().map(|key| keys::variable(key));
        let files = plain.clone().map(|name| format!("{name}{FILE}"));
        let mut variables: Vec<_> = plain.chain(files).collect();
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
