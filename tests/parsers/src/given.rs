//! What the bytes of a case stand for, and what must not be seen of a secret.

use std::fmt::Display;

use http::{HeaderName, HeaderValue, Response};
use jackfield_model::secret::Secret;

/// How much of a secret counts as the secret, as everywhere in the host.
const RUN: usize = 12;

/// Secrets that the host holds while it reads. One of them has blanks, as a password may.
pub(crate) const SHOWN: [&str; 3] =
    ["canary-client-secret-7f3a9c51", "canary-refresh-token-2be60d88", "canary pass word 90ac 41"];

/// The secrets that a request carried.
pub(crate) fn secrets() -> Vec<Secret> {
    SHOWN.iter().map(|text| Secret::new((*text).to_owned())).collect()
}

/// The bytes as text, where they are some.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// The first line, and what is behind it.
pub(crate) fn headed(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at(end);
    Some((text(line)?, rest.get(1..)?))
}

/// An answer as it stands on the wire, as far as it is read: `status`, a line each header, an empty line, the body.
pub(crate) fn answer(bytes: &[u8]) -> Option<Response<Vec<u8>>> {
    let (status, mut rest) = headed(bytes)?;
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() = status.trim().parse::<u16>().ok()?.try_into().ok()?;
    loop {
        let (line, behind) = headed(rest)?;
        rest = behind;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        answer.headers_mut().append(name, HeaderValue::from_bytes(value.trim().as_bytes()).ok()?);
    }
    *answer.body_mut() = rest.to_vec();
    Some(answer)
}

/// Nothing of the secrets the host holds stands in a text.
pub(crate) fn hides(text: impl Display) {
    let text = text.to_string();
    for secret in SHOWN {
        assert!(!shows(&text, secret), "a secret is shown: {text}");
    }
}

/// Whether a text shows a run of a secret.
pub(crate) fn shows(text: &str, secret: &str) -> bool {
    text.as_bytes().windows(RUN).any(|run| secret.as_bytes().windows(RUN).any(|own| own == run))
}

/// Foreign text that may be shown: not long, one line, nothing that turns its direction.
pub(crate) fn is_plain(text: &str, most: usize) {
    assert!(text.chars().count() <= most, "longer than {most}: {text}");
    let moves =
        |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    assert!(!text.chars().any(moves), "{text:?}");
}
