//! Reading what an API says about a token: `WWW-Authenticate` (RFC 6750 section 3, RFC 9110 section 11.6.1).

use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode, header::WWW_AUTHENTICATE};

/// The longest header value that is read.
const HEADER_LIMIT: usize = 8 * 1024;

/// One challenge: a scheme and its parameters, names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, in lower case.
    pub scheme: String,
    /// Its parameters; the first of a name counts.
    pub parameters: BTreeMap<String, String>,
}

/// What an API's refusal says about the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The token is no longer good: one refresh, and one replay where the body is at hand; of any method, since what
    /// is answered with 401 was not applied (RFC 9110 section 15.5.2). `stated` tells whether the API said
    /// so itself (`error="invalid_token"`) or only answered 401.
    InvalidToken {
        /// Said in `WWW-Authenticate`.
        stated: bool,
    },
    /// The token lacks scopes: no refresh, the person is asked again.
    InsufficientScope(Vec<String>),
    /// Neither.
    Unrelated,
}

/// Reads an API's answer.
pub fn verdict(status: StatusCode, headers: &HeaderMap) -> Verdict {
    let challenges = challenges(headers);
    let stated = challenges.iter().find_map(|challenge| Some((challenge, challenge.parameters.get("error")?.as_str())));
    match stated {
        Some((_, "invalid_token")) if status == StatusCode::UNAUTHORIZED => Verdict::InvalidToken { stated: true },
        Some((challenge, "insufficient_scope")) if status.is_client_error() => {
            let scopes = challenge.parameters.get("scope").map(String::as_str).unwrap_or_default();
            Verdict::InsufficientScope(scopes.split_ascii_whitespace().map(str::to_owned).collect())
        }
        None if status == StatusCode::UNAUTHORIZED => Verdict::InvalidToken { stated: false },
        _ => Verdict::Unrelated,
    }
}

/// Every challenge of a response, in order. What cannot be read ends its header value.
pub fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter().filter(|value| value.len() <= HEADER_LIMIT);
    values.flat_map(|value| parse(&String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn parse(text: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, after) = token(rest);
        if word.is_empty() {
            return found;
        }
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        match (value.and_then(parameter_value), found.last_mut()) {
            (Some((value, after)), Some(challenge)) => {
                challenge.parameters.entry(word.to_ascii_lowercase()).or_insert(value);
                rest = after;
            }
            (Some(_), None) => return found,
            (None, _) if value.is_some() => return found,
            (None, _) => {
                found.push(Challenge { scheme: word.to_ascii_lowercase(), ..Challenge::default() });
                rest = without_token68(after);
            }
        }
    }
}

/// Skips credentials that are one word, as in `Negotiate YII=`.
fn without_token68(after: &str) -> &str {
    let trimmed = after.trim_start();
    let end = trimmed.find([',', ' ', '\t']).unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at(end);
    let is_token68 =
        !word.is_empty() && !word.trim_end_matches('=').contains('=') && !rest.trim_start().starts_with('=');
    if is_token68 && (rest.is_empty() || rest.starts_with(',')) { rest } else { after }
}

fn token(text: &str) -> (&str, &str) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = text.find(|c| !is_token(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// A token or a quoted string, and what follows.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = token(text);
        return if word.is_empty() { None } else { Some((word.to_owned(), rest)) };
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, quoted.get(at + 1..).unwrap_or_default())),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn bear_2_invalid_token_asks_for_a_refresh_and_insufficient_scope_does_not() {
        // The examples of RFC 6750 section 3, and spellings met in the wild.
        let expired = r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#;
        let narrow = r#"Bearer error="insufficient_scope", scope="repo gist""#;
        for (status, values, expected) in [
            (401, vec![expired], Verdict::InvalidToken { stated: true }),
            (401, vec![r#"Bearer realm="example""#], Verdict::InvalidToken { stated: false }),
            (401, vec![], Verdict::InvalidToken { stated: false }),
            (401, vec!["Basic realm=x", r"bearer  ERROR = invalid_token"], Verdict::InvalidToken { stated: true }),
            (403, vec![narrow], Verdict::InsufficientScope(vec!["repo".into(), "gist".into()])),
            (401, vec![narrow], Verdict::InsufficientScope(vec!["repo".into(), "gist".into()])),
            (403, vec![], Verdict::Unrelated),
            (403, vec![expired], Verdict::Unrelated),
            (401, vec![r#"Bearer error="invalid_request""#], Verdict::Unrelated),
            (500, vec![], Verdict::Unrelated),
        ] {
            assert_eq!(
                verdict(StatusCode::from_u16(status).unwrap(), &headers(&values)),
                expected,
                "{status} {values:?}"
            );
        }
    }

    #[test]
    fn several_challenges_share_a_header() {
        let all = challenges(&headers(&[r#"Negotiate YII=, Digest realm="a, b", nonce=x, Bearer error="q\"q""#]));
        let names: Vec<&str> = all.iter().map(|challenge| challenge.scheme.as_str()).collect();
        assert_eq!(names, ["negotiate", "digest", "bearer"]);
        assert_eq!(all.get(1).unwrap().parameters.get("realm").unwrap(), "a, b");
        assert_eq!(all.get(2).unwrap().parameters.get("error").unwrap(), "q\"q");
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let mut headers = HeaderMap::new();
                headers.insert(WWW_AUTHENTICATE, value);
                verdict(StatusCode::UNAUTHORIZED, &headers);
            }
        }

        #[test]
        fn any_challenge_like_header_is_read_without_panic(text in r#"[Bb]earer ([a-z]{0,6}[ =,"\\]{0,3}){0,12}"#) {
            verdict(StatusCode::FORBIDDEN, &headers(&[&text]));
        }
    }
}
