//! Masking of what a provider echoes, in every way a secret may be written.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use jackfield_model::mask::{MASK, Masker};
use jackfield_model::secret::Secret;

use crate::given::{self, SHOWN};

/// No spelling of a secret is left in any text, wherever it stands; what shows none stays as it is.
pub fn masking(bytes: &[u8]) {
    let secrets = given::secrets();
    let masker = Masker::new(&secrets);
    let masked = masker.bytes(bytes);
    readable(&masked);
    if !masked.windows(MASK.len()).any(|window| window == MASK.as_bytes()) {
        assert_eq!(masked, bytes);
    }
    let at = bytes.len() / 2;
    let (before, behind) = bytes.split_at(at);
    for secret in SHOWN {
        let raw = secret.as_bytes();
        let percent: String = raw.iter().map(|byte| format!("%{byte:02X}")).collect();
        let escaped: String = raw.iter().map(|byte| format!("\\u{byte:04x}")).collect();
        let spellings = [
            secret.to_owned(),
            percent,
            escaped,
            HEXLOWER.encode(raw),
            HEXUPPER.encode(raw),
            BASE64.encode(raw),
            BASE64URL_NOPAD.encode(raw),
        ];
        for spelling in spellings {
            let told = [before, b" ", spelling.as_bytes(), b" ", behind].concat();
            let masked = masker.bytes(&told);
            let left = masked.windows(spelling.len()).any(|window| window == spelling.as_bytes());
            assert!(!left, "{}", String::from_utf8_lossy(&masked));
            readable(&masked);
        }
    }
    let own = Secret::new(String::from_utf8_lossy(bytes).into_owned());
    let own = Masker::new([&own]);
    let echoed = own.text(own_text(bytes));
    assert!(bytes.len() < 12 || own_text(bytes).len() < 12 || echoed.contains(MASK), "{echoed}");
}

fn own_text(bytes: &[u8]) -> &str {
    given::text(bytes).unwrap_or_default()
}

/// The plain secrets are in no text that was masked.
fn readable(masked: &[u8]) {
    let text = String::from_utf8_lossy(masked);
    for secret in SHOWN {
        assert!(!given::shows(&text, secret), "{text}");
    }
}
