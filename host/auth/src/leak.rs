//! Whether a text carries part of a secret: the check before anything foreign is shown or kept.

use jackfield_model::secret::Secret;

/// A run this long of a secret counts as the secret.
const RUN: usize = 12;
/// A whole secret this short is looked for as it is.
const SHORTEST: usize = 4;

/// Whether `text` equals a secret, contains a whole one, or shares a run of twelve bytes with one.
pub(crate) fn carries(text: &str, secret: &Secret) -> bool {
    let (text, secret) = (text.as_bytes(), secret.expose().as_bytes());
    if secret.is_empty() {
        return false;
    }
    if text == secret {
        return true;
    }
    let whole = secret.len() >= SHORTEST && contains(text, secret);
    whole || text.windows(RUN).any(|run| contains(secret, run))
}

/// Whether `text` carries part of any of the secrets.
pub(crate) fn carries_any<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> bool {
    secrets.into_iter().any(|secret| carries(text, secret))
}

/// Whether `text` shares a run of twelve bytes with any of the secrets: for words of a provider that the host works with,
/// where a short secret may be one of them by chance.
pub(crate) fn shares_run<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> bool {
    secrets.into_iter().any(|secret| text.as_bytes().windows(RUN).any(|run| contains(secret.expose().as_bytes(), run)))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_whole_secrets_are_found() {
        let secret = Secret::new("0123456789abcdefghij".into());
        for text in ["0123456789abcdefghij", "x 456789abcdefg y", "token 0123456789abcdefghij!"] {
            assert!(carries(text, &secret), "{text}");
        }
        for text in ["", "0123456789a", "something else entirely"] {
            assert!(!carries(text, &secret), "{text}");
        }
        assert!(carries("pin 9876", &Secret::new("9876".into())));
        assert!(!carries("anything", &Secret::new(String::new())));
    }
}
