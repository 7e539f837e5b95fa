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

/// The tokens of one grant: an access token, what came with it, and further ones where a method has several.
#[derive(Debug)]
pub struct TokenSet {
    /// What the method calls this token; empty where it has one only.
    pub name: String,
    /// Placed on calls.
    pub access_token: Secret,
    /// Shown to the provider to refresh. Never crosses the sandbox or the API (REF-7).
    pub refresh_token: Option<Secret>,
    /// Secret fields the method asked for beside the tokens.
    pub fields: SecretFields,
    /// The other tokens of the grant, in the manifest's order.
    pub further: Vec<NamedToken>,
}

/// One of several tokens of a grant, each refreshed on its own.
#[derive(Debug)]
pub struct NamedToken {
    /// What the method calls it.
    pub name: String,
    /// Placed on calls.
    pub access_token: Secret,
    /// Shown to the provider to refresh this token.
    pub refresh_token: Option<Secret>,
}

/// A sealed form that cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the opened record holds no credential this version knows")]
pub struct UnknownForm;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form<'a> {
    Tokens {
        #[serde(default, skip_serializing_if = "str::is_empty")]
        name: Text<'a>,
        access: Text<'a>,
        refresh: Option<Text<'a>>,
        fields: BTreeMap<Text<'a>, Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        further: Vec<Further<'a>>,
    },
    Fields(BTreeMap<Text<'a>, Text<'a>>),
}

#[derive(Serialize, Deserialize)]
struct Further<'a> {
    name: Text<'a>,
    access: Text<'a>,
    refresh: Option<Text<'a>>,
}

type Text<'a> = std::borrow::Cow<'a, str>;

fn borrowed(fields: &SecretFields) -> BTreeMap<Text<'_>, Text<'_>> {
    fields.iter().map(|(key, value)| (key.as_str().into(), value.expose().into())).collect()
}

fn owned(fields: BTreeMap<Text<'_>, Text<'_>>) -> SecretFields {
    fields.into_iter().map(|(key, value)| (key.into_owned(), Secret::new(value.into_owned()))).collect()
}

impl<'a> Further<'a> {
    fn of(token: &'a NamedToken) -> Self {
        Self {
            name: token.name.as_str().into(),
            access: token.access_token.expose().into(),
            refresh: token.refresh_token.as_ref().map(|token| token.expose().into()),
        }
    }

    fn into_token(self) -> NamedToken {
        NamedToken {
            name: self.name.into_owned(),
            access_token: Secret::new(self.access.into_owned()),
            refresh_token: self.refresh.map(|token| Secret::new(token.into_owned())),
        }
    }
}

impl TokenSet {
    /// The one token of a grant that has no other.
    pub fn single(access_token: Secret, refresh_token: Option<Secret>) -> Self {
        Self { name: String::new(), access_token, refresh_token, fields: SecretFields::new(), further: Vec::new() }
    }

    /// The same grant with the named token in the first place; none where it has no such token.
    #[must_use]
    pub fn led_by(mut self, name: &str) -> Option<Self> {
        if self.name == name {
            return Some(self);
        }
        let other = self.further.iter_mut().find(|token| token.name == name)?;
        std::mem::swap(&mut self.name, &mut other.name);
        std::mem::swap(&mut self.access_token, &mut other.access_token);
        std::mem::swap(&mut self.refresh_token, &mut other.refresh_token);
        Some(self)
    }

    /// A copy, for a call that is led by another token; wiped like the original.
    fn copy(&self) -> Self {
        let copied = |secret: &Secret| Secret::new(secret.expose().to_owned());
        let further = self.further.iter().map(|token| NamedToken {
            name: token.name.clone(),
            access_token: copied(&token.access_token),
            refresh_token: token.refresh_token.as_ref().map(copied),
        });
        Self {
            name: self.name.clone(),
            access_token: copied(&self.access_token),
            refresh_token: self.refresh_token.as_ref().map(copied),
            fields: self.fields.iter().map(|(key, value)| (key.clone(), copied(value))).collect(),
            further: further.collect(),
        }
    }

    /// Every access and refresh token.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let further =
            self.further.iter().flat_map(|token| std::iter::once(&token.access_token).chain(&token.refresh_token));
        std::iter::once(&self.access_token).chain(&self.refresh_token).chain(further)
    }
}

impl Credential {
    /// The bytes to seal. Wiped when dropped; given to the sealer and nobody else.
    pub fn to_sealable(&self) -> Zeroizing<Vec<u8>> {
        let form = match self {
            Self::Tokens(tokens) => Form::Tokens {
                name: tokens.name.as_str().into(),
                access: tokens.access_token.expose().into(),
                refresh: tokens.refresh_token.as_ref().map(|token| token.expose().into()),
                fields: borrowed(&tokens.fields),
                further: tokens.further.iter().map(Further::of).collect(),
            },
            Self::Fields(fields) => Form::Fields(borrowed(fields)),
        };
        Zeroizing::new(serde_json::to_vec(&form).unwrap_or_default())
    }

    /// Reads what was sealed.
    pub fn from_sealable(bytes: &[u8]) -> Result<Self, UnknownForm> {
        match serde_json::from_slice(bytes).map_err(|_| UnknownForm)? {
            Form::Tokens { name, access, refresh, fields, further } => Ok(Self::Tokens(TokenSet {
                name: name.into_owned(),
                access_token: Secret::new(access.into_owned()),
                refresh_token: refresh.map(|token| Secret::new(token.into_owned())),
                fields: owned(fields),
                further: further.into_iter().map(Further::into_token).collect(),
            })),
            Form::Fields(fields) => Ok(Self::Fields(owned(fields))),
        }
    }

    /// A copy led by one of several tokens; none where it has no such token.
    pub fn led_by(&self, name: &str) -> Option<Self> {
        let Self::Tokens(tokens) = self else { return None };
        tokens.copy().led_by(name).map(Self::Tokens)
    }

    /// Every secret text in it, for masking echoes.
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::Tokens(tokens) => tokens.secrets().chain(tokens.fields.values()).collect(),
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
            fields: SecretFields::from([("k".into(), Secret::new("v".into()))]),
            ..TokenSet::single(Secret::new("a\"t".into()), Some(Secret::new("rt".into())))
        };
        let bytes = Credential::Tokens(tokens).to_sealable();
        let Credential::Tokens(back) = Credential::from_sealable(&bytes).unwrap() else { panic!("tokens expected") };
        assert_eq!(back.access_token.expose(), "a\"t");
        assert_eq!(back.refresh_token.unwrap().expose(), "rt");
        assert_eq!(back.fields.get("k").unwrap().expose(), "v");
    }

    #[test]
    fn several_tokens_are_sealed_in_one_credential_and_any_may_lead() {
        let user = NamedToken {
            name: "user".into(),
            access_token: Secret::new("at-u".into()),
            refresh_token: Some(Secret::new("rt-u".into())),
        };
        let mut tokens = TokenSet::single(Secret::new("at-b".into()), None);
        tokens.name = "bot".into();
        tokens.further.push(user);
        let credential = Credential::Tokens(tokens);
        assert_eq!(credential.secrets().len(), 3);
        let Credential::Tokens(back) = Credential::from_sealable(&credential.to_sealable()).unwrap() else {
            panic!("tokens expected")
        };
        let back = back.led_by("user").unwrap();
        assert_eq!((back.access_token.expose(), back.refresh_token.as_ref().unwrap().expose()), ("at-u", "rt-u"));
        let back = back.led_by("bot").unwrap();
        assert_eq!((back.access_token.expose(), back.refresh_token.is_none()), ("at-b", true));
        assert!(back.led_by("").is_none());
    }

    #[test]
    fn what_was_sealed_before_tokens_had_names_is_read() {
        let old = br#"{"tokens":{"access":"a","refresh":null,"fields":{}}}"#;
        let Credential::Tokens(tokens) = Credential::from_sealable(old).unwrap() else { panic!("tokens expected") };
        assert_eq!((tokens.name.as_str(), tokens.access_token.expose(), tokens.further.len()), ("", "a", 0));
    }

    #[test]
    fn garbage_is_no_credential() {
        assert!(matches!(Credential::from_sealable(b"{}"), Err(UnknownForm)));
    }
}
