//! Declared requests made concrete for one connection: method, origin and path pattern.

use jackfield_model::{manifest::RequestPattern, path::ReadPath, template::Template};

use super::{
    denial::{Denial, shown},
    values::PublicValues,
};

/// A request that may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedRequest {
    /// Upper case.
    pub methods: Vec<String>,
    /// An origin's id.
    pub origin: String,
    /// The path pattern, filled.
    pub path: String,
}

/// Which requests a gate lets through at its origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requests {
    /// These, and no other.
    Declared(Vec<AllowedRequest>),
    /// Any: for callers who were given a whole connection.
    AnyAtOrigins,
}

/// Fills declared patterns. One whose field has no value is left out: it allows nothing.
pub fn allowed_requests(patterns: &[RequestPattern], values: &PublicValues) -> Result<Vec<AllowedRequest>, Denial> {
    let mut allowed = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        if pattern.path.keys().all(|key| values.contains_key(key)) {
            let path = filled(&pattern.path, values)?;
            allowed.push(AllowedRequest { methods: pattern.methods.clone(), origin: pattern.origin.clone(), path });
        }
    }
    Ok(allowed)
}

/// A field may fill a part of a segment; only one that begins the path may bring slashes. None may bring a wildcard.
fn filled(path: &Template, values: &PublicValues) -> Result<String, Denial> {
    let begins = path.source().strip_prefix('{').and_then(|rest| rest.split('}').next());
    for key in path.keys() {
        let value = values.get(key).map(|value| without_query(value)).unwrap_or_default();
        let slashes = value.contains('/') && begins != Some(key);
        if value.contains(['*', '\\', '#']) || slashes {
            let message = format!(
                "the field `{key}` would widen the declared path `{}`: a value there holds no `*`, no backslash and no slash; whoever entered it may correct it",
                path.source()
            );
            return Err(Denial::new("path-field", message));
        }
    }
    let text = path
        .fill(|key| values.get(key).map(|value| without_query(value).to_owned()))
        .map_err(|error| Denial::new("template", error.to_string()))?;
    let path = match url::Url::parse(&text) {
        Ok(url) if text.contains("://") => url.path().to_owned(),
        _ => text,
    };
    if path.starts_with('/') { Ok(path) } else { Ok(format!("/{path}")) }
}

fn without_query(value: &str) -> &str {
    value.split('?').next().unwrap_or(value)
}

impl Requests {
    /// Whether a request at one of the origins named by `ids` may be made.
    pub(super) fn judge(&self, connector: &str, method: &str, ids: &[&str], path: &str) -> Result<(), Denial> {
        // Read even where any path may be used, so that every path is one that all readers read alike.
        let read = ReadPath::of(path).map_err(|error| {
            Denial::new(error.rule(), format!("`{}`: {error} (the connector's author may)", shown(path)))
        })?;
        let Self::Declared(declared) = self else { return Ok(()) };
        for request in declared {
            let here = ids.contains(&request.origin.as_str()) && request.methods.iter().any(|known| known == method);
            if here && read.matches(&request.path) {
                return Ok(());
            }
        }
        let message = format!(
            "`{connector}` did not declare {} {} for this function: its author adds it to `requests` in the manifest, and the operator approves that version",
            shown(method),
            shown(path)
        );
        Err(Denial::new("request-not-declared", message))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn pattern(path: &str) -> RequestPattern {
        RequestPattern { methods: vec!["GET".into()], origin: "api".into(), path: Template::new(path).unwrap() }
    }

    fn with(key: &str, value: &str) -> PublicValues {
        PublicValues::from([(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_field_cannot_widen_a_pattern() {
        for bad in ["**", "a/b", "a\\b", "x#", "*"] {
            assert_eq!(
                allowed_requests(&[pattern("/v1/{team}/user")], &with("team", bad)).unwrap_err().rule,
                "path-field",
                "{bad}"
            );
        }
        assert_eq!(allowed_requests(&[pattern("{verify}")], &with("verify", "/**")).unwrap_err().rule, "path-field");
        let whole = allowed_requests(&[pattern("{verify}")], &with("verify", "/v2/me?fields=id")).unwrap();
        assert_eq!(whole.first().unwrap().path, "/v2/me");
        let url = allowed_requests(
            &[pattern("{issuer.userinfo_endpoint}")],
            &with("issuer.userinfo_endpoint", "https://id.example.com/oidc/me"),
        )
        .unwrap();
        assert_eq!(url.first().unwrap().path, "/oidc/me");
        assert!(allowed_requests(&[pattern("/v1/{team}")], &PublicValues::new()).unwrap().is_empty());
    }

    #[test]
    fn only_declared_requests_pass() {
        let requests = Requests::Declared(
            allowed_requests(&[pattern("/user"), pattern("/repos/*/*")], &PublicValues::new()).unwrap(),
        );
        let rule = |method, id, path| requests.judge("github", method, &[id], path).map_err(|denial| denial.rule);
        assert_eq!(rule("GET", "api", "/user"), Ok(()));
        assert_eq!(rule("GET", "api", "/repos/a/b"), Ok(()));
        assert_eq!(rule("POST", "api", "/user"), Err("request-not-declared"));
        assert_eq!(rule("GET", "other", "/user"), Err("request-not-declared"));
        assert_eq!(rule("GET", "api", "/users"), Err("request-not-declared"));
        for path in ["/repos/../user", "/repos/a%2Fb", "/repos//a", "/repos/%2e%2e/user"] {
            assert_eq!(rule("GET", "api", path), Err("path-ambiguous"), "{path}");
            assert_eq!(
                Requests::AnyAtOrigins.judge("github", "GET", &["api"], path).unwrap_err().rule,
                "path-ambiguous"
            );
        }
    }
}
