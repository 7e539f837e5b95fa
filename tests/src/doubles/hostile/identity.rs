//! ID tokens that are not what they should be: other claims, other headers, other signatures or none.

use std::sync::Arc;

use anyhow::{Context, Result};
use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::Desk;
use crate::doubles::keys::unsigned;

/// How a forged ID token is signed.
#[derive(Clone, Debug)]
pub enum Signature {
    /// By the issuer's own key.
    Right,
    /// Not at all: nothing stands behind the second dot.
    Missing,
    /// By somebody else's key.
    Foreign,
    /// By HMAC under these bytes.
    Symmetric(Vec<u8>),
    /// By HMAC under what is published of the issuer's key.
    Published,
    /// By HMAC under the secret that the client showed in the same request, as OpenID Connect Core 1.0 section 10.1 has it.
    Shown,
}

/// A change of header and claims.
pub(super) type Change = Arc<dyn Fn(&mut Value, &mut Value) + Send + Sync>;

impl Desk {
    /// The ID token with these claims, forged where it is to be; `shown` is the secret that the client authenticated with.
    pub(super) fn id_token(
        &self,
        mut claims: Value,
        forged: Option<(&Change, &Signature)>,
        shown: Option<&str>,
    ) -> Result<String> {
        let mut header = json!({ "alg": "RS256", "kid": "own", "typ": "JWT" });
        let Some((change, signature)) = forged else { return self.key.signed_under(&header, &claims) };
        change(&mut header, &mut claims);
        let message = unsigned(&header, &claims);
        let symmetric = |key: &[u8]| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes());
            format!("{message}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
        };
        match signature {
            Signature::Right => self.key.signed_under(&header, &claims),
            Signature::Foreign => self.foreign.signed_under(&header, &claims),
            Signature::Missing => Ok(format!("{message}.")),
            Signature::Symmetric(key) => Ok(symmetric(key)),
            Signature::Shown => Ok(symmetric(shown.context("the client showed no secret")?.as_bytes())),
            Signature::Published => Ok(symmetric(self.key.published().to_string().as_bytes())),
        }
    }
}
