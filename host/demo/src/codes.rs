//! Authorization codes: oxide-auth's map of them, with an end and a memory of those already spent.
//!
//! `AuthMap` forgets a code when it is taken out, so a replay looks like a typing error. RFC 6749
//! section 4.1.2 asks for more: what was issued for the code the first time is to be revoked.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use oxide_auth::primitives::authorizer::{AuthMap, Authorizer};
use oxide_auth::primitives::grant::Grant;

use crate::ambient::Ambient;
use crate::ledger::Family;

/// How long a code lives.
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);

/// The codes on their way, and those already spent.
pub(crate) struct Codes {
    ambient: Ambient,
    waiting: AuthMap<Ambient>,
    ends: HashMap<String, SystemTime>,
    spent: HashMap<String, Family>,
}

impl Codes {
    pub(crate) fn new(ambient: Ambient) -> Self {
        Self { waiting: AuthMap::new(ambient.clone()), ambient, ends: HashMap::new(), spent: HashMap::new() }
    }

    /// Remembers what was issued for a code.
    pub(crate) fn spend(&mut self, code: &str, family: Family) {
        self.spent.insert(code.to_owned(), family);
    }

    /// What was issued for this code before, if anything.
    pub(crate) fn spent_on(&self, code: &str) -> Option<Family> {
        self.spent.get(code).copied()
    }
}

impl Authorizer for Codes {
    fn authorize(&mut self, grant: Grant) -> Result<String, ()> {
        let code = self.waiting.authorize(grant)?;
        self.ends.insert(code.clone(), self.ambient.now() + LIFETIME);
        Ok(code)
    }

    fn extract(&mut self, code: &str) -> Result<Option<Grant>, ()> {
        let grant = self.waiting.extract(code)?;
        let alive = self.ends.remove(code).is_some_and(|end| self.ambient.now() < end);
        Ok(grant.filter(|_| alive))
    }
}
