//! Where something stands in the configuration file: unknown keys are found first, and every error gets its line.

use std::{fs, ops::Range, path::Path};

use toml::de::{DeTable, DeValue};

use super::{ConfigError, Settings, keys};

/// The table of a file, once it is known to hold settings and nothing else.
pub(super) fn load(path: &Path) -> Result<toml::Table, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    read(path, &text)
}

fn read(path: &Path, text: &str) -> Result<toml::Table, ConfigError> {
    let at = |position: usize| text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1;
    let syntax = |cause: toml::de::Error| ConfigError::Syntax {
        path: path.to_owned(),
        line: at(cause.span().map_or(0, |span| span.start)),
        cause: Box::new(cause),
    };
    let parsed = DeTable::parse(text).map_err(syntax)?;
    let mut found = Vec::new();
    walk(parsed.get_ref(), &mut Vec::new(), &mut found);
    let known = keys::all();
    if let Some(unknown) = found.iter().find(|entry| !keys::is_known(&known, &entry.path)) {
        let key = unknown.path.join(".");
        let nearest = keys::nearest(&key, known.iter().map(|key| key.join(".")));
        return Err(ConfigError::UnknownKey { path: path.to_owned(), line: at(unknown.key.start), key, nearest });
    }
    toml::from_str::<Settings>(text).map_err(|cause| {
        let span = cause.span().unwrap_or(0..0);
        let within = |entry: &&Found| entry.value.start <= span.start && span.end <= entry.value.end;
        // The innermost comes last.
        let key = found.iter().rfind(within).map(|entry| entry.path.join(".")).unwrap_or_default();
        ConfigError::Value { path: path.to_owned(), line: at(span.start), key, cause: Box::new(cause) }
    })?;
    toml::from_str(text).map_err(syntax)
}

struct Found {
    path: Vec<String>,
    key: Range<usize>,
    value: Range<usize>,
}

fn walk(table: &DeTable<'_>, path: &mut Vec<String>, found: &mut Vec<Found>) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        found.push(Found { path: path.clone(), key: key.span(), value: value.span() });
        if let DeValue::Table(inner) = value.get_ref() {
            walk(inner, path, found);
        }
        path.pop();
    }
}
