//! Every key there is, found from the shape of the settings themselves, and the nearest one to what somebody wrote.

use serde_json::Value;

use super::Settings;

/// A misspelling is at most this much of a key's length away.
const THIRD: usize = 3;

/// Every key there is, as the path to it.
pub(super) fn all() -> Vec<Vec<String>> {
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

/// The environment variable of a key: `egress.ca_file` is `JACKFIELD_EGRESS_CA_FILE`.
pub(super) fn variable(key: &[String]) -> String {
    format!("JACKFIELD_{}", key.join("_").replace('-', "_").to_ascii_uppercase())
}

/// Whether a path is a key, leads to one, or lies in a map that is one.
pub(super) fn is_known(known: &[Vec<String>], path: &[String]) -> bool {
    known.iter().any(|key| key.starts_with(path) || path.starts_with(key))
}

/// What somebody probably meant: the key of the same name in another table, or the one spelled most alike.
pub(super) fn nearest(given: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
    let distance = |key: &str| strsim::damerau_levenshtein(given, key);
    let near = |key: &str| distance(key) <= (given.len() / THIRD).max(2);
    let fits = known.into_iter().filter(|key| last(key) == last(given) || near(key));
    fits.min_by_key(|key| (last(key) != last(given), distance(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_suggested_and_nothing_far_away() {
        let known = || ["listen", "limits.cpu_ms", "log.level"].map(str::to_owned);
        assert_eq!(nearest("lisetn", known()).as_deref(), Some("listen"));
        assert_eq!(nearest("cpu_ms", known()).as_deref(), Some("limits.cpu_ms"));
        assert_eq!(nearest("log.levle", known()).as_deref(), Some("log.level"));
        assert_eq!(nearest("colour_of_the_door", known()), None);
    }
}
