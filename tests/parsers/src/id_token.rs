//! ID tokens and the keys they are verified with (OpenID Connect Core 3.1.3.7, RFC 7517).

use std::collections::BTreeSet;

use jackfield_auth::id_token::{Expected, IdTokenError, KeySet, check};
use jackfield_model::secret::Secret;
use jiff::Timestamp;
use serde_json::Value;

use crate::given;

/// What the issuer of the cases publishes. Its private keys signed the tokens below once and are kept nowhere.
const KEYS: &str = concat!(
    r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"ec","#,
    r#""x":"-gG8hhjgHE9FPm84DDTWICPK9XEJm8Fh75L__2MRJms","y":"7us9mWbsPJVcGVyGLFkuG_X53PTB0sjVLvKh_R-GpMY"},"#,
    r#"{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"Okvz9GtMoIpI1nWxgXWmD0kSsksjcDwotwJGDWooq1Q"},"#,
    r#"{"kty":"RSA","kid":"rsa","e":"AQAB","n":"w2vF1rU5axROu-Mlc1_-LtO0MwlDlBQfRsh-vz4hCIORxq6igzr50D80NNlbZWOs3_9Wb8cYesLwzcOT1G5SifdPSAxol8pzlWrl"#,
    r#"GFDYaoWL-RBCgLnOxM5S_cyHbESVyLUFp52YDIE81E_T-y7EB7dWkxoZdPS6W69WxAwwaOE-z0MghJ-kE4iHvkW-ZiesKKYpKLad"#,
    r#"AEITdf_wDt7K-dWas-qwPRR4N4VWq7Q3vm5DkuCah-WKU0q5GkoQru5HRdzB7f7b--q1pVhjDxlJIu2Gupdppi1812dPLKF-dUtA"#,
    r#"l9SS-bqU_1Y4uRx5LbCZzudqxZz3Ot810dEfKhx7nQ"}]}"#,
);
/// Signed with the key `ec`.
const BY_CURVE: &str = concat!(
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIn0.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzdWIiOiJ1c2VyLTEiLCJhdWQi",
    "OiJjbGllbnQtMSIsImV4cCI6MTc3MjM2NjcwMCwiaWF0IjoxNzcyMzY2NDAwLCJub25jZSI6Im5vbmNlLTEifQ.TGHT4a-YHAlGw",
    "bo7WtpoR73qfRTOCpS-sm2b8N6DHafIj_Sy9YE1PApWH0SMEsE5uytyrbN4Ghx9eYvc_C53tA"
);
/// Signed with the key `rsa`.
const BY_RSA: &str = concat!(
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzdWIiOiJ1c2VyLTEiLCJhdWQ",
    "iOiJjbGllbnQtMSIsImV4cCI6MTc3MjM2NjcwMCwiaWF0IjoxNzcyMzY2NDAwLCJub25jZSI6Im5vbmNlLTEifQ.D39EMJXAWOhc",
    "1Je_I53IFV7rVAGR1aRsLk67-m59bqYmCLFp6lojQJzhyJy5lwHCecTf2MG80_UR7JUFZVTCGMusSKpmygcqtKOmzI9gkNWVTP1p",
    "fomt2DJKxMMNNTtWY2zePplfR6VK8r8zWYvUJckPv-bgLCtGXJSc6G9UsXQyixfKC7TJ4RWH9AQXU4wnNWbqn74xy6vzxly-5ZWZ",
    "l_XbYkqHwrsuDptzR-UY9zHQlVQjGzoTL79MfwuskVHXs_LKPw9xk6kkEyIqW5gCA-fYZVOJ3YvL51Ol048uaeCCui8NrygsSMta",
    "wJCKGzP0Pf3wifZhyLD0-Y3wXDgbrg"
);
/// Signed with the key `ed`.
const BY_EDWARDS: &str = concat!(
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzdWIiOiJ1c2VyLTEiLCJhdWQi",
    "OiJjbGllbnQtMSIsImV4cCI6MTc3MjM2NjcwMCwiaWF0IjoxNzcyMzY2NDAwLCJub25jZSI6Im5vbmNlLTEifQ.IsnVMg4utrVgT",
    "T4QxBUDSK474jOAdsTryDJj-FS68sKm2qIth8kwDY1pqgHILQHMcRv_gNJzVlnB0sGgNS9GBg"
);
/// The coordinate that knows the key `ec` again.
const CURVE_X: &str = "-gG8hhjgHE9FPm84DDTWICPK9XEJm8Fh75L__2MRJms";

fn algorithms() -> BTreeSet<String> {
    ["ES256", "RS256", "EdDSA"].into_iter().map(str::to_owned).collect()
}

fn verdict(token: &str, keys: &KeySet, nonce: &str) -> Result<String, IdTokenError> {
    let (algorithms, nonce) = (algorithms(), Secret::new(nonce.to_owned()));
    let now = Timestamp::from_second(1_772_366_400).unwrap_or_default();
    let expected = Expected {
        issuer: "https://as.example",
        client_id: "client-1",
        nonce: Some(&nonce),
        access_token: None,
        algorithms: &algorithms,
        now,
    };
    check(&Secret::new(token.to_owned()), keys, &expected).map(|identity| identity.subject)
}

/// Nobody is believed whose words the issuer did not sign, whatever is changed about a token.
pub fn id_token(bytes: &[u8]) {
    let Some(token) = given::text(bytes) else { return };
    let keys = KeySet::read(KEYS.as_bytes()).unwrap_or_default();
    assert_eq!(keys.len(), 3);
    match verdict(token, &keys, "nonce-1") {
        Ok(subject) => {
            assert_eq!(subject, "user-1");
            let signed = |token: &str| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
            assert!([BY_CURVE, BY_RSA, BY_EDWARDS].iter().any(|genuine| signed(genuine) == signed(token)), "{token}");
            assert_eq!(verdict(token, &keys, "nonce-2"), Err(IdTokenError::Nonce));
            assert_eq!(verdict(token, &KeySet::default(), "nonce-1"), Err(IdTokenError::KeyMiss));
        }
        Err(error) => assert!(error.to_string().len() < 100),
    }
}

/// A key set has at most a hundred keys, and verifies with none it does not hold.
pub fn key_set(bytes: &[u8]) {
    let Ok(keys) = KeySet::read(bytes) else { return };
    assert!(keys.len() <= 100);
    let document = serde_json::from_slice::<Value>(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok();
    let all = document.as_ref().and_then(|document| document.get("keys")?.as_array());
    let ours = all.into_iter().flatten().filter_map(|key| key.get("x")?.as_str()).any(|x| x == CURVE_X);
    match verdict(BY_CURVE, &keys, "nonce-1") {
        Ok(subject) => assert!(ours && subject == "user-1"),
        Err(error) => assert!(matches!(error, IdTokenError::KeyMiss | IdTokenError::Signature), "{error:?}"),
    }
}
