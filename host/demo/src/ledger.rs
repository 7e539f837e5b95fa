//! The tokens: rotation, a memory of spent refresh tokens, and revocation of a whole family.
//!
//! An oxide-auth `Issuer` of our own, because its `TokenMap` forgets a refresh token when it is used
//! and so cannot tell a stolen one from a mistyped one. A *family* is everything that stems from one
//! consent; a refresh token that comes twice ends its family (RFC 9700 section 4.14.2). Access tokens
//! end by the clock; refresh tokens do not.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use oxide_auth::primitives::generator::TagGrant;
use oxide_auth::primitives::grant::Grant;
use oxide_auth::primitives::issuer::{IssuedToken, Issuer, RefreshedToken, TokenType};

use crate::ambient::Ambient;

/// Where oxide-auth asks for an end and there is none: 130 years after 1970.
const NO_END: Duration = Duration::from_hours(130 * 365 * 24);

/// Everything that stems from one consent, or from one client credentials request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Family(u64);

/// What a presented refresh token turns out to be.
pub(crate) enum Refreshable {
    Live(Box<Grant>),
    Spent { family: Family, client_id: String },
    Unknown,
}

struct Access {
    family: Family,
    grant: Grant,
    ends: SystemTime,
}

struct Refresh {
    family: Family,
    spent: bool,
}

/// Every token that is, and every refresh token that was.
pub(crate) struct Ledger {
    ambient: Ambient,
    lifetime: Duration,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// The grant of each living family, with the scope as the person allowed it.
    families: HashMap<Family, Grant>,
    opened: u64,
}

impl Ledger {
    pub(crate) fn new(ambient: Ambient, lifetime: Duration) -> Self {
        Self { ambient, lifetime, access: HashMap::new(), refresh: HashMap::new(), families: HashMap::new(), opened: 0 }
    }

    /// An access token that nothing renews, as client credentials get it (RFC 6749 section 4.4.3).
    pub(crate) fn issue_access(&mut self, grant: Grant) -> Result<String, ()> {
        let family = self.open(&grant);
        self.put_access(family, grant).map(|(token, _)| token)
    }

    /// The grant behind a live access token.
    pub(crate) fn access(&self, token: &str) -> Option<&Grant> {
        let found = self.access.get(token)?;
        (self.ambient.now() < found.ends).then_some(&found.grant)
    }

    /// Which family a live access token belongs to.
    pub(crate) fn family(&self, access_token: &str) -> Option<Family> {
        self.access.get(access_token).map(|found| found.family)
    }

    /// What a presented refresh token is.
    pub(crate) fn refreshable(&self, token: &str) -> Refreshable {
        let known = self.refresh.get(token).and_then(|found| Some((found, self.families.get(&found.family)?)));
        match known {
            None => Refreshable::Unknown,
            Some((found, grant)) if found.spent => {
                Refreshable::Spent { family: found.family, client_id: grant.client_id.clone() }
            }
            Some((_, grant)) => {
                Refreshable::Live(Box::new(Grant { until: (SystemTime::UNIX_EPOCH + NO_END).into(), ..grant.clone() }))
            }
        }
    }

    /// The client a token was issued to, if there is such a token.
    pub(crate) fn client_of(&self, token: &str) -> Option<&str> {
        let family = self.refresh.get(token).map(|found| found.family).or_else(|| self.family(token))?;
        let grant = self.families.get(&family)?;
        Some(&grant.client_id)
    }

    /// Ends one access token; or, given a refresh token, its whole family (RFC 7009 section 2.1).
    pub(crate) fn revoke(&mut self, token: &str) {
        match self.refresh.get(token).map(|found| found.family) {
            Some(family) => self.revoke_family(family),
            None => {
                self.access.remove(token);
            }
        }
    }

    /// Ends every token of a family.
    pub(crate) fn revoke_family(&mut self, family: Family) {
        self.access.retain(|_, found| found.family != family);
        self.refresh.retain(|_, found| found.family != family);
        self.families.remove(&family);
    }

    fn open(&mut self, grant: &Grant) -> Family {
        self.opened = self.opened.wrapping_add(1);
        let family = Family(self.opened);
        self.families.insert(family, grant.clone());
        family
    }

    fn put_access(&mut self, family: Family, grant: Grant) -> Result<(String, SystemTime), ()> {
        let now = self.ambient.now();
        let ends = now + self.lifetime;
        let token = self.ambient.tag(0, &grant)?;
        self.access.retain(|_, found| now < found.ends);
        self.access.insert(token.clone(), Access { family, grant, ends });
        Ok((token, ends))
    }

    fn put_refresh(&mut self, family: Family, grant: &Grant) -> Result<String, ()> {
        let token = self.ambient.tag(0, grant)?;
        let entry = Refresh { family, spent: false };
        self.refresh.insert(token.clone(), entry);
        Ok(token)
    }
}

impl Issuer for Ledger {
    fn issue(&mut self, grant: Grant) -> Result<IssuedToken, ()> {
        let family = self.open(&grant);
        let refresh = self.put_refresh(family, &grant)?;
        let (token, ends) = self.put_access(family, grant)?;
        Ok(IssuedToken { token, refresh: Some(refresh), until: ends.into(), token_type: TokenType::Bearer })
    }

    /// Rotates: the old refresh token is spent, its access tokens live on until they end.
    fn refresh(&mut self, refresh: &str, grant: Grant) -> Result<RefreshedToken, ()> {
        let used = self.refresh.get_mut(refresh).filter(|found| !found.spent);
        let used = used.ok_or(())?;
        used.spent = true;
        let family = used.family;
        let refresh = self.put_refresh(family, &grant)?;
        let (token, ends) = self.put_access(family, grant)?;
        Ok(RefreshedToken { token, refresh: Some(refresh), until: ends.into(), token_type: TokenType::Bearer })
    }

    fn recover_token<'a>(&'a self, token: &'a str) -> Result<Option<Grant>, ()> {
        Ok(self.access(token).cloned())
    }

    fn recover_refresh<'a>(&'a self, token: &'a str) -> Result<Option<Grant>, ()> {
        Ok(match self.refreshable(token) {
            Refreshable::Live(grant) => Some(*grant),
            Refreshable::Spent { .. } | Refreshable::Unknown => None,
        })
    }
}
