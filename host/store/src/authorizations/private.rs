//! The secret part of an authorization request, and its bytes for sealing.

use std::{borrow::Cow, collections::BTreeMap};

use jackfield_model::{credential::SecretFields, secret::Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What must not be read at rest between the start of an authorization and its completion.
#[derive(Debug, Default)]
pub struct AuthorizationSecrets {
    /// PKCE `code_verifier` (RFC 7636).
    pub verifier: Option<Secret>,
    /// `nonce` of the ID token.
    pub nonce: Option<Secret>,
    /// The authorization code, while it is parked.
    pub code: Option<Secret>,
    /// Secret fields a person typed.
    pub fields: SecretFields,
}

#[derive(Serialize, Deserialize)]
struct Form<'a> {
    verifier: Option<Cow<'a, str>>,
    nonce: Option<Cow<'a, str>>,
    code: Option<Cow<'a, str>>,
    fields: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

fn shown(secret: Option<&Secret>) -> Option<Cow<'_, str>> {
    secret.map(|secret| secret.expose().into())
}

fn hidden(text: Option<Cow<'_, str>>) -> Option<Secret> {
    text.map(|text| Secret::new(text.into_owned()))
}

impl AuthorizationSecrets {
    pub(super) fn to_sealable(&self) -> Zeroizing<Vec<u8>> {
        let form = Form {
            verifier: shown(self.verifier.as_ref()),
            nonce: shown(self.nonce.as_ref()),
            code: shown(self.code.as_ref()),
            fields: self.fields.iter().map(|(key, value)| (key.as_str().into(), value.expose().into())).collect(),
        };
        Zeroizing::new(serde_json::to_vec(&form).unwrap_or_default())
    }

    pub(super) fn from_sealable(bytes: &[u8]) -> Option<Self> {
        let form: Form<'_> = serde_json::from_slice(bytes).ok()?;
        let fields = form.fields.into_iter().map(|(key, value)| (key.into_owned(), Secret::new(value.into_owned())));
        Some(Self {
            verifier: hidden(form.verifier),
            nonce: hidden(form.nonce),
            code: hidden(form.code),
            fields: fields.collect(),
        })
    }
}
