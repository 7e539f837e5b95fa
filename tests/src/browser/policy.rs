//! Which requests of a page a browser lets pass, and what it tells about where they come from.

use http::header::CONTENT_SECURITY_POLICY;
use url::{Host, Url};

use super::page::Page;

/// The `form-action` directive of a page. Held against every hop of a submitted form, as Chromium does.
pub(super) struct FormAction {
    page: Url,
    sources: Vec<String>,
}

impl FormAction {
    /// The page's directive; none where it has none, since `default-src` does not stand in for it.
    pub(super) fn of(page: &Page) -> Option<Self> {
        let policy = page.headers.get(CONTENT_SECURITY_POLICY)?.to_str().ok()?;
        policy.split(';').find_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            (words.next()? == "form-action")
                .then(|| Self { page: page.url.clone(), sources: words.map(str::to_owned).collect() })
        })
    }

    /// Whether a form of the page may go to `url`.
    pub(super) fn allows(&self, url: &Url) -> bool {
        self.sources.iter().any(|source| match source.as_str() {
            "*" => true,
            "'none'" => false,
            "'self'" => self.page.origin() == url.origin(),
            scheme if scheme.ends_with(':') => url.scheme() == scheme.trim_end_matches(':'),
            place => covers(place, url),
        })
    }
}

/// Whether the source `place`, an origin with or without a path, covers `url`.
fn covers(place: &str, url: &Url) -> bool {
    let Ok(place) = Url::parse(place) else {
        return url.host_str() == Some(place);
    };
    place.origin() == url.origin() && (place.path() == "/" || place.path() == url.path())
}

/// Whether two URLs are of one site: scheme and registrable domain, or scheme and address.
pub(super) fn same_site(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme() && site(one) == site(other)
}

fn site(url: &Url) -> Option<String> {
    Some(match url.host()? {
        Host::Domain(name) => psl::domain_str(name).unwrap_or(name).to_owned(),
        address => address.to_string(),
    })
}

/// The value of `Sec-Fetch-Site`: none for a typed address; `foreign` where any hop so far crossed a site.
pub(super) fn fetch_site(from: Option<&Url>, to: &Url, foreign: bool) -> &'static str {
    match from {
        None => "none",
        Some(_) if foreign => "cross-site",
        Some(from) if from.origin() == to.origin() => "same-origin",
        Some(_) => "same-site",
    }
}
