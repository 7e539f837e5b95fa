//! The way back: placeholders a hook returned become what they stand for, each only where its kind may stand.

use std::collections::BTreeMap;

use jackfield_model::{mask::Masker, secret::Secret};

use super::{Kind, PREFIX, ReadingRules, Table, misplaced};
use crate::egress::{Denial, shown};

/// What a hook found in a token response.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadTokens {
    /// Placed on calls.
    pub access_token: Secret,
    /// Shown to refresh.
    pub refresh_token: Option<Secret>,
    /// The value that tells the end, as the provider wrote it; read by the method's `expiry`.
    pub expires: Option<String>,
    /// The granted scope, as the provider wrote it.
    pub scope: Option<String>,
    /// Public values, by declared key.
    pub kept: BTreeMap<String, String>,
}

/// What a hook claims, in placeholders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Claimed {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) expires: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) kept: Vec<(String, String)>,
    pub(crate) extras: Vec<(String, String)>,
}

/// Refuses text of a guest in which a placeholder stands.
pub(crate) fn forbid(place: &str, text: &str) -> Result<(), Denial> {
    if text.contains(PREFIX) { Err(misplaced(place)) } else { Ok(()) }
}

impl Table {
    /// Takes claims apart. A client secret or refresh token never becomes what is placed on calls.
    pub(crate) fn read(
        &self,
        claimed: &Claimed,
        rules: &ReadingRules,
        client_secret: Option<&Secret>,
    ) -> Result<ReadTokens, Denial> {
        if !claimed.extras.is_empty() {
            return Err(Denial::new(
                "extras-unknown",
                "the token response's `extras` are not known to this host: the connector's author leaves them empty",
            ));
        }
        let access =
            self.take("access-token", &claimed.access_token, &[Kind::AccessToken, Kind::IdToken, Kind::Other])?;
        if client_secret.is_some_and(|secret| secret == access)
            || self.of_kind(Kind::RefreshToken).any(|refresh| refresh == access)
        {
            return Err(wrong_kind("access-token", "a client secret or refresh token"));
        }
        let refresh = claimed
            .refresh_token
            .as_ref()
            .map(|text| self.take("refresh-token", text, &[Kind::RefreshToken, Kind::Other]))
            .transpose()?;
        let secrets =
            [Kind::AccessToken, Kind::RefreshToken, Kind::IdToken].into_iter().flat_map(|kind| self.of_kind(kind));
        let masker = Masker::new(secrets.chain([access]).chain(refresh).chain(client_secret));
        let public = Public { table: self, masker: &masker };
        Ok(ReadTokens {
            expires: claimed
                .expires
                .as_ref()
                .map(|text| public.take("expires", text, &[Kind::Expires, Kind::Other], 64))
                .transpose()?,
            scope: claimed.scope.as_ref().map(|text| public.take("scope", text, &[Kind::Scope], 8192)).transpose()?,
            kept: claimed
                .kept
                .iter()
                .map(|(key, text)| Ok((key.clone(), public.kept(key, text, rules)?)))
                .collect::<Result<_, Denial>>()?,
            access_token: copy(access),
            refresh_token: refresh.map(copy),
        })
    }

    fn take(&self, place: &str, placeholder: &str, kinds: &[Kind]) -> Result<&Secret, Denial> {
        let forged = || {
            Denial::new(
                "placeholder-forged",
                format!(
                    "`{place}` is no placeholder of this token response: the connector's author returns one it was shown"
                ),
            )
        };
        let held = self.held.get(placeholder).ok_or_else(forged)?;
        if !kinds.contains(&held.kind) {
            return Err(wrong_kind(place, "a value that the manifest declares as something else"));
        }
        Ok(&held.text)
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Secret> {
        self.held.values().filter(move |held| held.kind == kind).map(|held| &held.text)
    }
}

/// Places that become public: no secret may end there.
struct Public<'a> {
    table: &'a Table,
    masker: &'a Masker,
}

impl Public<'_> {
    fn take(&self, place: &str, placeholder: &str, kinds: &[Kind], most: usize) -> Result<String, Denial> {
        let text = self.table.take(place, placeholder, kinds)?.expose();
        self.check(place, text)?;
        if text.len() > most {
            return Err(Denial::new(
                "public-value",
                format!("the value returned as `{place}` has more than {most} bytes"),
            ));
        }
        Ok(text.to_owned())
    }

    fn kept(&self, key: &str, given: &str, rules: &ReadingRules) -> Result<String, Denial> {
        if !rules.keeps(key) {
            return Err(Denial::new(
                "kept-value",
                format!(
                    "`{}` is not declared as kept from the token response: the connector's author adds it to `keep`, and the operator approves that version",
                    shown(key)
                ),
            ));
        }
        let text = match self.table.shown.get(key) {
            Some(value) if value == given => value,
            _ => self.table.take(key, given, &[Kind::Other, Kind::Expires, Kind::Scope])?.expose(),
        };
        self.check(key, text)?;
        if !rules.may_keep(key, text) {
            return Err(Denial::new(
                "kept-value",
                format!(
                    "the value returned for `{}` does not match its approved pattern or has more than 128 bytes",
                    shown(key)
                ),
            ));
        }
        Ok(text.to_owned())
    }

    fn check(&self, place: &str, text: &str) -> Result<(), Denial> {
        let hidden = self.masker.text(text);
        if hidden == text { Ok(()) } else { Err(wrong_kind(place, "a value that also fills a secret part")) }
    }
}

fn wrong_kind(place: &str, what: &str) -> Denial {
    Denial::new(
        "placeholder-kind",
        format!(
            "`{}` was given {what}: the connector's author returns the placeholder that belongs there",
            shown(place)
        ),
    )
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_owned())
}
