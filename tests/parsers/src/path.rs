//! Paths of requests, against another reader of URLs.

use jackfield_model::path::{PathError, ReadPath, canonical};
use url::Url;

use crate::given;

/// The path that is sent is read the same by everybody, judged the same in every spelling, and changes no more.
pub fn path(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let (path, pattern) = text.split_once('\n').unwrap_or((text, "/v1/**"));
    let judged = |path: &str| ReadPath::of(path).map(|read| read.matches(pattern));
    let plain = match canonical(path) {
        Ok(plain) => plain,
        // What arrived may be within the bound where its plain spelling is not.
        Err(PathError::TooLong) => return,
        Err(PathError::Ambiguous) => return assert!(judged(path).is_err(), "{path}"),
    };
    assert_eq!(canonical(&plain).as_deref(), Ok(plain.as_str()), "{path}");
    assert!(plain.is_ascii() && plain.starts_with('/'), "{plain}");
    assert_eq!(judged(&plain), judged(path), "{path} against {pattern}");
    let url = Url::parse(&format!("https://api.example.com{plain}"));
    assert_eq!(url.as_ref().map(Url::path), Ok(plain.as_str()), "another reader sees another path");
    assert!(url.is_ok_and(|url| url.query().is_none() && url.fragment().is_none()), "{plain}");
    let inside = plain.split('/').skip(1).collect::<Vec<_>>();
    assert!(inside.iter().all(|segment| *segment != "." && *segment != ".."), "{plain}");
    assert!(ReadPath::of(&plain).is_ok_and(|read| read.matches("/**")));
    if judged(&plain) == Ok(true) && pattern == "/v1/**" {
        assert!(plain.starts_with("/v1/") || plain == "/v1", "{plain}");
    }
}
