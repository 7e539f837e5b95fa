//! Signatures of Standard Webhooks: HMAC-SHA-256 over id, moment and body, one for each secret that is good.

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use jackfield_model::{id::MessageId, secret::Secret};
use jiff::Timestamp;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// A secret from random bytes, as it is shown.
pub(in crate::service) fn secret(random: [u8; 32]) -> Secret {
    Secret::new(format!("{PREFIX}{}", BASE64.encode(&random)))
}

/// The value of `webhook-signature`: a signature for each secret, the present one's first.
pub(in crate::service) fn signatures(secrets: &[Secret], id: MessageId, at: Timestamp, body: &str) -> String {
    let signed = format!("{id}.{}.{body}", at.as_second());
    let each = secrets.iter().filter_map(|secret| {
        let key = BASE64.decode(secret.expose().strip_prefix(PREFIX)?.as_bytes()).ok()?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
        Some(format!("v1,{}", BASE64.encode(tag.as_ref())))
    });
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn each_secret_signs_id_moment_and_body() {
        let (one, other) = (|| secret([1; 32]), secret([2; 32]));
        let id: MessageId = "msg_01KAMVJ5D0Q4Z8N6T2R7W3X9YB".parse().unwrap();
        let at = Timestamp::from_second(1_760_000_000).unwrap();
        let both = signatures(&[one(), other], id, at, "{}");
        let parts: Vec<&str> = both.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts.first().copied(), Some(signatures(&[one()], id, at, "{}").as_str()));
        assert_ne!(parts.first(), parts.get(1));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let tag = BASE64.decode(parts.first().unwrap().strip_prefix("v1,").unwrap().as_bytes()).unwrap();
        hmac::verify(&key, format!("{id}.1760000000.{{}}").as_bytes(), &tag).unwrap();
        assert_ne!(signatures(&[one()], id, at, "{} "), signatures(&[one()], id, at, "{}"));
    }
}
