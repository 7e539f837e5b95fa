//! Which headers somebody other than the host may set, and how their text is read.

use http::{HeaderMap, HeaderName, HeaderValue};
pub use jackfield_model::header::is_owned;
use jackfield_model::header::{HeadersFault, MOST, MOST_BYTES, check, is_same, is_value};

use super::denial::{Denial, shown};

/// Reads headers as a guest or a plan gives them. Text that could break out of its line is refused.
pub(crate) fn read(given: &[(String, String)]) -> Result<HeaderMap, Denial> {
    check(given).map_err(refused)?;
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        headers.append(self::name(name)?, self::value(name, value)?);
    }
    Ok(headers)
}

/// Reads a header name.
pub(crate) fn name(text: &str) -> Result<HeaderName, Denial> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|_| refused(HeadersFault::Name(text)))
}

/// Reads a header value; the refusal never repeats it.
pub(crate) fn value(name: &str, text: &str) -> Result<HeaderValue, Denial> {
    let read = HeaderValue::from_bytes(text.as_bytes()).ok().filter(|_| is_value(text));
    read.ok_or_else(|| refused(HeadersFault::Value(name)))
}

fn refused(fault: HeadersFault<'_>) -> Denial {
    match fault {
        HeadersFault::Size => {
            Denial::new("headers-size", format!("a request has at most {MOST} headers of {MOST_BYTES} bytes together"))
        }
        HeadersFault::Name(name) => Denial::new(
            "header-name",
            format!("`{}` is no header name: the connector's author may correct it", shown(name)),
        ),
        HeadersFault::Value(name) => Denial::new(
            "header-value",
            format!("the value of the header `{}` holds a line break or another control character", shown(name)),
        ),
    }
}

/// Judges headers that somebody other than the host set; `placed` names those the credential goes into.
pub(crate) fn judge(headers: &HeaderMap, placed: &[&str]) -> Result<(), Denial> {
    for name in headers.keys().map(HeaderName::as_str) {
        if is_owned(name) {
            return Err(Denial::new(
                "header-owned",
                format!(
                    "the header `{name}` belongs to the host: remove it from the request; the host sets what is needed"
                ),
            ));
        }
        if placed.iter().any(|placed| is_same(placed, name)) {
            return Err(Denial::new(
                "header-owned",
                format!(
                    "the header `{name}` carries the connection's credential, which only the host places: remove it from the request"
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use proptest::prelude::*;

    use super::*;

    fn rule(name: &str, value: &str) -> Result<(), &'static str> {
        let headers = read(&[(name.to_owned(), value.to_owned())]).map_err(|denial| denial.rule)?;
        judge(&headers, &["x-api-key"]).map_err(|denial| denial.rule)
    }

    #[test]
    fn the_hosts_headers_are_refused_in_every_spelling() {
        let names = [
            "Host",
            "content-length",
            "Transfer-Encoding",
            "CONNECTION",
            "te",
            "Upgrade",
            "expect",
            "Authorization",
            "Cookie",
            "Proxy-Authorization",
            "X-Forwarded-For",
            "x_forwarded_for",
            "Forwarded",
            "X_Api_Key",
            "x-api-key",
            "Content_Length",
            "Range",
            "Accept-Encoding",
            "X-HTTP-Method-Override",
        ];
        for name in names {
            assert_eq!(rule(name, "x"), Err("header-owned"), "{name}");
        }
        assert_eq!(rule("Accept", "application/json"), Ok(()));
        assert_eq!(rule("X-GitHub-Api-Version", "2022-11-28"), Ok(()));
    }

    #[test]
    fn line_breaks_are_refused() {
        for value in ["a\r\nAuthorization: x", "a\nb", "a\0b", "\u{7f}"] {
            assert_eq!(rule("accept", value), Err("header-value"));
        }
        for name in ["a b", "a:b", "a\r\n", ""] {
            assert_eq!(rule(name, "x"), Err("header-name"));
        }
        let many: Vec<_> = (0..65).map(|index| (format!("x-{index}"), String::new())).collect();
        assert_eq!(read(&many).unwrap_err().rule, "headers-size");
    }

    proptest! {
        #[test]
        fn whatever_passes_has_no_control_character_and_no_owned_name(name in ".{0,20}", text in ".{0,40}") {
            if let Ok(headers) = read(&[(name, text)]) && judge(&headers, &[]).is_ok() {
                for (name, value) in &headers {
                    prop_assert!(!is_owned(name.as_str()));
                    prop_assert!(value.as_bytes().iter().all(|byte| *byte == b'\t' || !byte.is_ascii_control()));
                }
            }
        }
    }
}
