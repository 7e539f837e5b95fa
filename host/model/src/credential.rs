//! Credentials: what proves a connection. They leave this type only through `Secret::expose` and the sealed form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// What proves a connection.
#[derive(Debug)]
pub enum Credential {
    /// OAuth 2 tokens.
    Tokens(TokenSet),
    /// Secret fields a person typed, by field key.
    Fields(SecretFields),
}

/// Secret values by field key.
pub type SecretFields = BTreeMap<String, Secret>;

/// An access token and what came with it.
#[derive(Debug)]
pub struct TokenSet {
    /// Placed on calls.
    pub access_token: Secret,
    /// Shown to the provider to refresh. Never crosses the sandbox or the API (REF-7).
    pub refresh_token: Option<Secret>,
    /// Secret fields the method asked for beside the tokens.
    pub fields: SecretFields,
}

/// A sealed form that cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the opened record holds no credential this version knows")]
pub struct UnknownForm;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form<'a> {
    Tokens { access: Text<'a>, refresh: Option<Text<'a>>, fields: BTreeMap<Text<'a>, Text<'a>> },
    Fields(BTreeMap<Text<'a>, Text<'a>>),
}

type Text<'a> = std::borrow::Cow<'a, str>;

fn borrowed(fields: &SecretFields) -> BTreeMap<Text<'_>, Text<'_>> {
    fields.iter().map(|(key, value)| (key.as_str().into(), value.expose().into())).collect()
}

fn owned(fields: BTreeMap<Text<'_>, Text<'_>>) -> SecretFields {
    fields.into_iter().map(|(key, value)| (key.into_owned(), Secret::new(value.into_owned()))).collect()
}

impl Credential {
    /// The bytes to seal. Wiped when dropped; given to the sealer and nobody else.
    pub fn to_sealable(&self) -> Zeroizing<Vec<u8>> {
        let form = match self {
            Self::Tokens(tokens) => Form::Tokens {
                access: tokens.access_token.expose().into(),
                refresh: tokens.refresh_token.as_ref().map(|token| token.expose().into()),
                fields: borrowed(&tokens.fields),
            },
            Self::Fields(fields) => Form::Fields(borrowed(fields)),
        };
        Zeroizing::new(serde_json::to_vec(&form).unwrap_or_default())
    }

    /// Reads what was sealed.
    pub fn from_sealable(bytes: &[u8]) -> Result<Self, UnknownForm> {
        match serde_json::from_slice(bytes).map_err(|_| UnknownForm)? {
            Form::Tokens { access, refresh, fields } => Ok(Self::Tokens(TokenSet {
                access_token: Secret::new(access.into_owned()),
                refresh_token: refresh.map(|token| Secret::new(token.into_owned())),
                fields: owned(fields),
            })),
            Form::Fields(fields) => Ok(Self::Fields(owned(fields))),
        }
    }

    /// Every secret text in it, for masking echoes.
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::Tokens(tokens) => {
                let token = std::iter::once(&tokens.access_token);
                token.chain(&tokens.refresh_token).chain(tokens.fields.values()).collect()
            }
            Self::Fields(fields) => fields.values().collect(),
        }
    }

    /// A secret field.
    pub fn field(&self, key: &str) -> Option<&Secret> {
        match self {
            Self::Tokens(tokens) => tokens.fields.get(key),
            Self::Fields(fields) => fields.get(key),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_credential_survives_its_sealed_form() {
        let tokens = TokenSet {
            access_token: Secret::new("a\"t".into()),
            refresh_token: Some(Secret::new("rt".into())),
            fields: SecretFields::from([("k".into(), Secret::new("v".into()))]),
        };
        let bytes = Credential::Tokens(tokens).to_sealable();
        let Credential::Tokens(back) = Credential::from_sealable(&bytes).unwrap() else { panic!("tokens expected") };
        assert_eq!(back.access_token.expose(), "a\"t");
        assert_eq!(back.refresh_token.unwrap().expose(), "rt");
        assert_eq!(back.fields.get("k").unwrap().expose(), "v");
    }

    #[test]
    fn garbage_is_no_credential() {
        assert!(matches!(Credential::from_sealable(b"{}"), Err(UnknownForm)));
    }
}
