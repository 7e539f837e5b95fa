//! The service picker: what a person may connect where the application left it open, and what of it they have already.

use std::{collections::BTreeSet, sync::Arc};

use jackfield_model::{
    connection::Connection, connector::Connector, manifest::Manifest, scope, session::ConnectSession, tenant::Tenant,
};
use jackfield_store::{Audience, Filter, Sort, StoreError, Wanted};

use super::{ConnectPage, LinkError};
use crate::service::{Offer, PAGE_LIMIT, ResolveError, Service};

/// How many connections a person is offered at most, newest first.
const MOST_HAD: usize = 50;
/// How many pages of their own and of shared ones are looked through for those: anybody with the link asks for it.
const MOST_PAGES: usize = 5;

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum LinkPage {
    /// The services to pick among.
    Pick(Box<PickPage>),
    /// The form of one.
    Connect(Box<ConnectPage>),
}

/// What the picker shows.
#[derive(Debug, Clone)]
pub struct PickPage {
    /// The session behind the link.
    pub session: ConnectSession,
    /// In whose name the page speaks.
    pub tenant: Tenant,
    /// What can be connected, by title.
    pub offers: Vec<Offer>,
    /// Connections the person may take instead.
    pub had: Vec<Connection>,
}

impl LinkPage {
    /// In whose name it speaks.
    pub fn tenant(&self) -> &Tenant {
        match self {
            Self::Pick(page) => &page.tenant,
            Self::Connect(page) => &page.tenant,
        }
    }
}

impl Service {
    pub(super) async fn pick_page(&self, session: ConnectSession, tenant: Tenant) -> Result<PickPage, LinkError> {
        let mut offers = self.offers(tenant.id).await?;
        offers.retain(|offer| session.actions_for(&offer.connector.name).is_some());
        let connectors: Vec<&Connector> = offers.iter().map(|offer| &offer.connector).collect();
        let had = self.had(&session, &connectors).await?;
        Ok(PickPage { session, tenant, offers, had })
    }

    /// Connections of this person, or shared in the tenant, that work and may do what they would be made for.
    async fn had(&self, session: &ConnectSession, allowed: &[&Connector]) -> Result<Vec<Connection>, StoreError> {
        let audiences = vec![Audience::Of(session.end_user.clone()), Audience::Shared];
        let wanted = Wanted { audiences, filter: Filter::default(), sort: Sort::Newest };
        let (mut had, mut after) = (vec![], None);
        for _ in 0..MOST_PAGES {
            let page = self.store().connections().sorted(session.tenant, &wanted, after.as_deref(), PAGE_LIMIT).await?;
            let found = page.items.into_iter().map(|connection| connection.record);
            had.extend(found.filter(|connection| fits(session, allowed, connection)));
            after = page.next;
            if after.is_none() || had.len() >= MOST_HAD {
                break;
            }
        }
        had.truncate(MOST_HAD);
        Ok(had)
    }

    /// The connector a session is for once the person has picked, and what the connection is for.
    pub(super) async fn picked(
        &self,
        session: &ConnectSession,
        picked: Option<&str>,
    ) -> Result<(Arc<Connector>, BTreeSet<String>), LinkError> {
        let name = session.connector.as_deref().or(picked);
        let wanted = name.and_then(|name| Some((name, session.actions_for(name)?)));
        let (name, actions) =
            wanted.ok_or_else(|| ResolveError::NoConnector(name.unwrap_or_default().chars().take(64).collect()))?;
        Ok((self.approved(name).await?.record, actions))
    }

    /// Whether a session's person may take a connection there is already.
    pub(super) async fn may_take(
        &self,
        session: &ConnectSession,
        connection: &Connection,
    ) -> Result<Option<Arc<Connector>>, LinkError> {
        let connector = match self.approved(&connection.connector).await {
            Err(ResolveError::Store(error)) => return Err(error.into()),
            Err(_) => return Ok(None),
            Ok(connector) => connector.record,
        };
        let fits = fits(session, &[&connector], connection);
        Ok(fits.then_some(connector))
    }
}

fn fits(session: &ConnectSession, allowed: &[&Connector], connection: &Connection) -> bool {
    let theirs = connection.end_user.as_ref().is_none_or(|owner| *owner == session.end_user);
    let connector = allowed.iter().find(|connector| connector.name == connection.connector);
    theirs
        && connection.status.is_usable()
        && connector.is_some_and(|connector| {
            session
                .actions_for(&connector.name)
                .is_some_and(|actions| allows(&connector.manifest, connection, &actions))
        })
}

/// Whether a connection's grant allows the actions. What a provider cannot limit allows what its owner may.
fn allows(manifest: &Manifest, connection: &Connection, actions: &BTreeSet<String>) -> bool {
    let limits = manifest.method(&connection.method).is_some_and(|method| method.kind.oauth2().is_some());
    let blocked = scope::blocked(manifest, &connection.grant.granted);
    !limits || !blocked.iter().any(|blocked| actions.contains(&blocked.action))
}
