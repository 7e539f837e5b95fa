//! Links out of a page: only to the web, and nothing that would run here.

use url::Url;

/// The URL, where it is one a person may be sent to. Manifests are written by third parties: `javascript:` is not one.
pub(super) fn to_web(url: &str) -> Option<&str> {
    let parsed = Url::parse(url).ok()?;
    (matches!(parsed.scheme(), "https" | "http") && parsed.host().is_some()).then_some(url)
}

/// The URL or mail address, where it is one a person may be sent to.
pub(super) fn to_person(url: &str) -> Option<&str> {
    let mail = Url::parse(url).is_ok_and(|parsed| parsed.scheme() == "mailto" && !parsed.path().is_empty());
    if mail { Some(url) } else { to_web(url) }
}

/// The host a URL leads to, for a person.
pub(super) fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked_to() {
        assert_eq!(to_web("https://example.com/a?b"), Some("https://example.com/a?b"));
        assert_eq!(to_web("http://127.0.0.1:9/x"), Some("http://127.0.0.1:9/x"));
        for bad in ["javascript:alert(1)", "data:text/html,x", "/relative", "", "JaVaScRiPt:1", "mailto:a@example.com"]
        {
            assert_eq!(to_web(bad), None, "{bad}");
        }
    }
}
