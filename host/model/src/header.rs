//! Header names: which belong to the host, which may carry a credential, and when two are the same.

/// The most headers of one request, and the most bytes of their names and values together.
pub const MOST: usize = 64;
/// See [`MOST`].
pub const MOST_BYTES: usize = 16 * 1024;

/// Owned by the host: framing and routing, identity, what would smuggle a second method in, and what would let a
/// secret come back in pieces or packed, past the masking of responses.
const OWNED: [&str; 22] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "authorization",
    "cookie",
    "cookie2",
    "forwarded",
    "via",
    "x-real-ip",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "accept-encoding",
    "range",
    "if-range",
    "content-encoding",
];
const OWNED_PREFIXES: [&str; 2] = ["proxy-", "x-forwarded-"];

/// Not the host's, and still no place for a credential: they say what a body is, or carry things on to others (BEAR-4).
const WITHOUT_CREDENTIAL: [&str; 5] = ["set-cookie", "set-cookie2", "referer", "origin", "content-type"];

/// The name as every server may read it: lower case, `_` as `-` (CVE-2025-64484).
pub fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// Whether the host alone sets this header.
pub fn is_owned(name: &str) -> bool {
    let name = folded(name);
    OWNED.contains(&name.as_str()) || OWNED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether two names may be read as the same header.
pub fn is_same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// Whether a credential may be placed in this header.
pub fn takes_credential(name: &str) -> bool {
    let name = folded(name);
    name == "authorization" || !(is_owned(&name) || WITHOUT_CREDENTIAL.contains(&name.as_str()))
}

/// Whether it is a token (RFC 9110 section 5.6.2): the form of header names and of cookie names (RFC 6265 section 4.1.1).
pub fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Whether it is a value: nothing in it breaks out of its line (RFC 9110 section 5.5).
pub fn is_value(text: &str) -> bool {
    !text.bytes().any(|byte| byte != b'\t' && byte.is_ascii_control())
}

/// What is wrong with headers that somebody other than the host gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadersFault<'a> {
    /// Too many, or too long together.
    Size,
    /// This is no name.
    Name(&'a str),
    /// The value of this one is none.
    Value(&'a str),
}

/// Whether headers, in whatever order, are such that they stand on their lines and nowhere else.
pub fn check(given: &[(String, String)]) -> Result<(), HeadersFault<'_>> {
    let bytes: usize = given.iter().map(|(name, value)| name.len() + value.len()).sum();
    if given.len() > MOST || bytes > MOST_BYTES {
        return Err(HeadersFault::Size);
    }
    for (name, value) in given {
        if !is_token(name) {
            return Err(HeadersFault::Name(name));
        }
        if !is_value(value) {
            return Err(HeadersFault::Value(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_goes_into_no_header_of_the_hosts_but_authorization() {
        for name in ["Authorization", "X-Api-Key", "DD-API-KEY"] {
            assert!(takes_credential(name), "{name}");
        }
        for name in
            ["Cookie", "set-cookie", "Referer", "Host", "Content_Length", "X-Forwarded-For", "Proxy-Authorization"]
        {
            assert!(!takes_credential(name), "{name}");
        }
    }

    #[test]
    fn a_name_has_no_spaces_and_no_separators() {
        assert!(is_token("X-Key_1") && is_token("__Host-sid"));
        for name in ["", "a b", "a:b", "a=b", "a;b", "ü", "a\r\nb"] {
            assert!(!is_token(name), "{name:?}");
        }
    }
}
