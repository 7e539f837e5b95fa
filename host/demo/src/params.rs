//! Parameters of a query or a form body, each taken once or not at all.

use url::form_urlencoded;

/// Parsed parameters. Holds secrets, so it neither prints nor serializes.
#[derive(Clone)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value, unless it is absent, empty or given more than once (RFC 6749 section 3.1).
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(key, _)| key == name);
        let (_, value) = found.next()?;
        let alone = found.next().is_none();
        (alone && !value.is_empty()).then_some(value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_counts_once_and_only_with_a_value() {
        let params = Params::parse(b"a=1&b=&c=2&c=2&d=x+y%2Fz");
        assert_eq!(params.one("a"), Some("1"));
        assert_eq!(params.one("b"), None);
        assert_eq!(params.one("c"), None);
        assert_eq!(params.one("d"), Some("x y/z"));
        assert_eq!(params.one("e"), None);
    }
}
