//! What an API says about a token in `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3).

use http::{HeaderMap, HeaderValue, StatusCode, header::WWW_AUTHENTICATE};
use jackfield_auth::bearer::{Challenge, Verdict, challenges, verdict};

/// Every line is a header. What was read reads the same when it is written plainly.
pub fn www_authenticate(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append(WWW_AUTHENTICATE, value);
    }
    let found = challenges(&headers);
    for challenge in &found {
        is_token(&challenge.scheme);
        challenge.parameters.keys().for_each(|name| is_token(name));
        again(challenge);
    }
    for status in [200, 400, 401, 403, 500] {
        let Ok(status) = StatusCode::from_u16(status) else { continue };
        match verdict(status, &headers) {
            Verdict::InvalidToken { stated } => {
                assert_eq!(status, StatusCode::UNAUTHORIZED);
                let error =
                    |challenge: &Challenge| challenge.parameters.get("error").is_some_and(|e| e == "invalid_token");
                assert!(!stated || found.iter().any(error));
            }
            Verdict::InsufficientScope(scopes) => {
                assert!(status.is_client_error());
                assert!(scopes.iter().all(|scope| !scope.is_empty() && !scope.contains([' ', '\t'])));
            }
            Verdict::Unrelated => {}
        }
    }
}

fn is_token(text: &str) {
    assert!(!text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_uppercase()), "{text}");
    assert!(jackfield_model::header::is_token(text), "{text}");
}

fn again(challenge: &Challenge) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let parameters: Vec<String> =
        challenge.parameters.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    let written = format!("{} {}", challenge.scheme, parameters.join(", "));
    let Ok(value) = HeaderValue::from_bytes(written.as_bytes()) else { return };
    if written.len() <= 8 * 1024 {
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, value)]);
        assert_eq!(challenges(&headers), std::slice::from_ref(challenge), "{written}");
    }
}
