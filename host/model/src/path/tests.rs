//! Paths as servers of different minds read them: what two of them could read differently never passes.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use proptest::prelude::*;

use super::*;

#[test]
fn paths_match_by_decoded_segment() {
    for (pattern, path, expected) in [
        ("/user", "/user", true),
        ("/user", "/us%65r", true),
        ("/user", "/user/", false),
        ("/user", "/user;admin", false),
        ("/repos/*/*/issues", "/repos/a/b/issues", true),
        ("/repos/*/*/issues", "/repos/a/b;v=1/issues", true),
        ("/repos/*/*/issues", "/repos/a/issues", false),
        ("/items/*", "/items/a", true),
        ("/items/*", "/items/%20", true),
        ("/items/*", "/items/", false),
        ("/items/*", "/items", false),
        ("/items/*/", "/items/a/", true),
        ("/*", "/", false),
        ("/v1/**", "/v1/a/b", true),
        ("/v1/**", "/v1/", true),
        ("/v1/**", "/v1", true),
        ("**", "/v1/a", true),
        ("/**", "/", true),
        ("/v1/**/a", "/v1/**/a", true),
        ("/v1/**/a", "/v1/b/a", false),
        ("/v1/**", "/v2/a", false),
        ("/us er", "/us%20er", true),
        ("/", "/", true),
    ] {
        assert_eq!(ReadPath::of(path).unwrap().matches(pattern), expected, "{pattern} {path}");
    }
}

#[test]
fn ambiguous_paths_are_refused() {
    let paths = [
        "/a/../b",
        "/a/..",
        "/a/%2e%2e/b",
        "/a/%2E./b",
        "/a/./b",
        "/a/%2e",
        "/a/..;x/b",
        "/a/..%3bx/b",
        "/a/.;/b",
        "/a/..%20/b",
        "/a/;x/b",
        "/a/;",
        "/a%2fb",
        "/a%2Fb",
        "/a//b",
        "//a",
        "/a\\b",
        "/a%5cb",
        "/a%252fb",
        "/a%252e%252e",
        "/a/%2541",
        "/%zz",
        "/a%",
        "/a%4",
        "/a%00",
        "/a%0d%0ab",
        "/a%7f",
        "/%c0%ae%c0%ae/b",
        "/%ff",
    ];
    for path in paths {
        assert_eq!(ReadPath::of(path), Err(PathError::Ambiguous), "{path}");
        assert_eq!(canonical(path), Err(PathError::Ambiguous), "{path}");
    }
}

#[test]
fn a_path_is_read_once_for_any_number_of_patterns() {
    let path = ReadPath::of(&"/a".repeat(LONGEST / 2)).unwrap();
    let misses = (0..10_000).filter(|number| !path.matches(&format!("/b{number}/**"))).count();
    assert_eq!((misses, path.matches("/a/a/**"), path.matches("/a/a")), (10_000, true, false));
}

#[test]
fn a_path_above_the_bound_is_not_read() {
    let longest = format!("/{}", "a".repeat(LONGEST - 1));
    assert_eq!(canonical(&longest).as_deref(), Ok(longest.as_str()));
    // The bound holds for what is sent too, which may be three times what arrived.
    for path in [format!("{longest}a"), format!("/{}", "\"".repeat(LONGEST / 2))] {
        assert_eq!(canonical(&path), Err(PathError::TooLong));
    }
    assert_eq!(ReadPath::of(&format!("{longest}a")), Err(PathError::TooLong));
}

#[test]
fn a_path_has_one_spelling() {
    for (given, plain) in [
        ("", "/"),
        ("/", "/"),
        ("user", "/user"),
        ("/us%65r/%7Eme/", "/user/~me/"),
        ("/a%2cb,c", "/a%2Cb,c"),
        ("/caf%c3%a9", "/caf%C3%A9"),
        ("/café", "/caf%C3%A9"),
        ("/{x}|\"", "/%7Bx%7D%7C%22"),
        ("/100%25", "/100%25"),
        ("/q%3Fx%23y", "/q%3Fx%23y"),
        ("/me:(id,name)@2;v=1", "/me:(id,name)@2;v=1"),
        ("/...", "/..."),
    ] {
        assert_eq!(canonical(given).as_deref(), Ok(plain), "{given}");
    }
}

/// A server that cuts parameters off each segment, decodes again, and takes steps.
fn careless(path: &str) -> Option<Vec<String>> {
    let mut taken: Vec<String> = Vec::new();
    for raw in trimmed(path).split('/') {
        let once = decode(raw)?;
        let bare = once.split(';').next().unwrap_or_default().to_owned();
        let twice = decode(&bare).unwrap_or(bare);
        for part in twice.split(['/', '\\']) {
            match part.trim() {
                ".." => drop(taken.pop()),
                "." => {}
                _ => taken.push(part.to_owned()),
            }
        }
    }
    Some(taken)
}

proptest! {
    #[test]
    fn whatever_passes_is_read_alike_by_careless_servers(path in "(/|%2[ef5]|%252[ef]|\\.|;|%3b|[ab%\\\\ ]){0,12}") {
        let Ok(plain) = canonical(&path) else { return Ok(()) };
        prop_assert_eq!(canonical(&plain), Ok(plain.clone()));
        let own = segments(&plain).unwrap();
        prop_assert_eq!(&own, &segments(&path).unwrap());
        let theirs = careless(&plain).unwrap();
        let bare: Vec<String> = own.iter().map(|text| text.split(';').next().unwrap_or_default().to_owned()).collect();
        prop_assert_eq!(theirs, bare);
    }

    #[test]
    fn any_path_is_read_without_panic(path in ".{0,60}") {
        let _ = canonical(&path);
        let _ = ReadPath::of(&path).map(|path| path.matches("/a/*/**"));
    }
}
