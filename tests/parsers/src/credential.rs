//! What is inside the envelopes of credentials.

use jackfield_model::credential::Credential;

/// A credential reads the same when it is sealed again, and prints nothing of itself.
pub fn credential(bytes: &[u8]) {
    let Ok(read) = Credential::from_sealable(bytes) else { return };
    let written = read.to_sealable();
    let again = Credential::from_sealable(&written);
    assert!(again.as_ref().is_ok_and(|again| *again.to_sealable() == *written));
    let printed = format!("{read:?}");
    for secret in read.secrets() {
        // Names of fields and tokens are printed; what they hold is not.
        let text = secret.expose();
        if text.is_empty() {
            continue;
        }
        let named = printed.replace("[secret]", "").contains(text);
        let names = written.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
        assert!(!text.starts_with("canary-") || !named || names > 1, "{printed}");
    }
    if let Credential::Tokens(tokens) = &read {
        let led = read.led_by(&tokens.name);
        assert!(led.is_some_and(|led| led.secrets().len() == read.secrets().len()));
    }
}
