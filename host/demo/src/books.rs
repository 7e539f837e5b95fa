//! All that changes while the provider runs, behind one lock.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use url::Url;

use crate::ambient::{Ambient, NoRandomness};
use crate::clients::Clients;
use crate::codes::Codes;
use crate::counts::Counts;
use crate::ledger::Ledger;
use crate::params::Params;
use crate::people::Login;

/// How long a consent page may stay open.
const PAGE_LIFETIME: Duration = Duration::from_mins(10);

/// Items beyond this are refused; the demo is not a place to keep things.
pub(crate) const MOST_ITEMS: usize = 1000;

/// Clients, codes, tokens, open pages, items and counts.
pub(crate) struct Books {
    pub(crate) clients: Clients,
    pub(crate) codes: Codes,
    pub(crate) ledger: Ledger,
    pub(crate) api_tokens: HashMap<String, Login>,
    pub(crate) items: Vec<String>,
    pub(crate) counts: Counts,
    ambient: Ambient,
    pages: HashMap<String, (Params, SystemTime)>,
}

impl Books {
    pub(crate) fn new(issuer: Url, ambient: &Ambient, lifetime: Duration) -> Self {
        Self {
            clients: Clients::new(issuer),
            codes: Codes::new(ambient.clone()),
            ledger: Ledger::new(ambient.clone(), lifetime),
            api_tokens: HashMap::new(),
            items: vec!["Read the house rules".into(), "Patch a cable".into()],
            counts: Counts::default(),
            ambient: ambient.clone(),
            pages: HashMap::new(),
        }
    }

    /// Keeps an authorization request while its consent page is open; gives the page's ticket.
    pub(crate) fn open_page(&mut self, request: Params) -> Result<String, NoRandomness> {
        let now = self.ambient.now();
        let ticket = self.ambient.draw()?;
        self.pages.retain(|_, (_, ends)| now < *ends);
        self.pages.insert(ticket.clone(), (request, now + PAGE_LIFETIME));
        Ok(ticket)
    }

    /// Takes the authorization request of a page, once.
    pub(crate) fn close_page(&mut self, ticket: &str) -> Option<Params> {
        let (request, ends) = self.pages.remove(ticket)?;
        (self.ambient.now() < ends).then_some(request)
    }
}
