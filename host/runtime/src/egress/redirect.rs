//! Which redirects the host follows: GET and HEAD, within the same origin. Anything else goes back as it came.

use http::{Method, StatusCode, header::LOCATION};
use jackfield_model::origin::Origin;
use url::Url;

/// The most redirects followed in a row.
pub const MOST_REDIRECTS: usize = 5;

/// Where a response leads, if the host may follow it. The target is judged again like any request.
pub fn same_origin_redirect<B>(method: &Method, response: &http::Response<B>, at: &Url) -> Option<Url> {
    let follows = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !follows || !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut target = at.join(location).ok()?;
    target.set_fragment(None);
    // Letter by letter: a name with a last dot is the same place to a resolver, and another one to what reads `Host`.
    let same = Origin::of(&target).is_ok() && target.origin() == at.origin();
    same.then_some(target)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use proptest::prelude::*;

    use super::*;

    fn follow(method: &Method, status: u16, location: &str) -> Option<String> {
        let response = http::Response::builder().status(status).header(LOCATION, location).body(()).unwrap();
        same_origin_redirect(method, &response, &Url::parse("https://api.example.com/a").unwrap()).map(Into::into)
    }

    #[test]
    fn another_spelling_of_the_host_is_another_place() {
        assert_eq!(follow(&Method::GET, 302, "//api.example.com./b"), None);
    }

    #[test]
    fn every_redirect_status_within_the_origin_is_followed_for_get_and_head() {
        for status in [301, 302, 303, 307, 308] {
            assert_eq!(follow(&Method::GET, status, "/b#x"), Some("https://api.example.com/b".into()));
            assert_eq!(
                follow(&Method::HEAD, status, "https://api.example.com:443/b"),
                Some("https://api.example.com/b".into())
            );
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
                assert_eq!(follow(&method, status, "/b"), None);
            }
        }
        assert_eq!(follow(&Method::GET, 300, "/b"), None);
        assert_eq!(follow(&Method::GET, 200, "/b"), None);
    }

    #[test]
    fn another_origin_is_never_followed() {
        for location in [
            "https://evil.example/",
            "http://api.example.com/",
            "//evil.example/",
            "https://api.example.com:8443/",
            "https://api.example.com@evil.example/",
            "https://u:p@api.example.com/",
            "\\\\evil.example/",
        ] {
            assert_eq!(follow(&Method::GET, 302, location), None, "{location}");
        }
    }

    proptest! {
        #[test]
        fn what_is_followed_stays_at_its_origin(
            location in r"[a-z:/\\@.?#%0-9\[\]\t ]{0,30}|(https?:)?[/\\]{0,3}[a-z.@:0-9]{0,20}api\.example\.com[.:@/a-z0-9]{0,12}",
        ) {
            let Ok(value) = http::HeaderValue::from_str(&location) else { return Ok(()) };
            let response = http::Response::builder().status(302).header(LOCATION, value).body(()).unwrap();
            let at = Url::parse("https://api.example.com/a").unwrap();
            if let Some(target) = same_origin_redirect(&Method::GET, &response, &at) {
                prop_assert_eq!(target.origin(), at.origin());
                prop_assert!(target.username().is_empty() && target.password().is_none() && target.fragment().is_none());
            }
        }
    }
}
