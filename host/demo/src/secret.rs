//! A secret the provider hands to its starter: it neither prints nor serializes.

use std::fmt;

/// A client secret or an API token. The provider plays a foreign service, so this is not the host's
/// own secret type; what is exposed goes into that one at once.
#[derive(Clone)]
pub struct DemoSecret(String);

impl DemoSecret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DemoSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secret = DemoSecret::new("very-secret".into());
        assert_eq!(format!("{secret:?} {secret:#?}"), "[secret] [secret]");
    }
}
