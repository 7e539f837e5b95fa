//! What people who are signed in see of connections, and what is known before one of theirs is deleted.

use jackfield_model::{
    connection::Connection,
    id::{ConnectionId, TenantId},
    manifest::{Method, Revocation},
    person::{Person, Role},
    status::Status,
    uses::Use,
};
use jackfield_store::{Audience, Filter as StoredFilter, StoreError, Wanted};

use super::{
    Service, Turn,
    list::{List, ListError, Page},
};

pub use jackfield_store::Sort;

/// How many places a page names before a connection is deleted.
const USES_NAMED: usize = 20;

/// Which connections a page asks for.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// Through this connector.
    pub connector: Option<String>,
    /// Of this end user; for administrators.
    pub end_user: Option<String>,
    /// With one of these statuses; none means any.
    pub status: Vec<Status>,
    /// With this text in it.
    pub text: Option<String>,
    /// In which order.
    pub sort: Sort,
}

/// How the provider will be told that a connection is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Farewell {
    /// The host asks it to end the grant.
    Asked,
    /// A person ends it there; the sentence says how.
    Told(jackfield_model::manifest::Guide),
    /// It cannot be told.
    Silent,
}

/// What somebody should know before a connection is deleted.
#[derive(Debug, Clone)]
pub struct BeforeDeletion {
    /// In how many places it is used.
    pub count: u32,
    /// Some of them.
    pub uses: Vec<Use>,
    /// Connections that may end with it.
    pub twins: Vec<Connection>,
    /// How its provider is told.
    pub farewell: Farewell,
}

impl Service {
    /// A page of the connections somebody sees.
    pub async fn connections_seen(
        &self,
        person: &Person,
        asked: Looked,
        turn: &Turn,
    ) -> Result<Page<Connection>, ListError> {
        let Some((tenant, audiences)) = audiences(person, asked.end_user.as_deref()) else {
            return Ok(Page { items: vec![], next: None, unreadable: 0 });
        };
        let list = List::of("connections-seen", Some(tenant), &format!("{audiences:?} {asked:?}"));
        let after = self.position(&list, turn)?;
        let filter = StoredFilter {
            connector: asked.connector,
            status: asked.status,
            text: asked.text,
            ..StoredFilter::default()
        };
        let wanted = Wanted { audiences, filter, sort: asked.sort };
        let stored = self.store().connections().sorted(tenant, &wanted, after.as_deref(), turn.limit).await?;
        Ok(self.page(&list, stored, |connection| connection.record))
    }

    /// One connection, where they see it.
    pub async fn connection_seen(&self, person: &Person, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        let Some(tenant) = person.tenant else { return Ok(None) };
        Ok(self.connection(tenant, id).await?.filter(|connection| person.may_see(connection)))
    }

    /// The others through the same connector to the same account that somebody sees.
    pub async fn same_account_seen(
        &self,
        person: &Person,
        connection: &Connection,
    ) -> Result<Vec<Connection>, StoreError> {
        let others = self.store().connections().of_same_account(connection).await?;
        Ok(others.into_iter().map(|other| other.record).filter(|other| person.may_see(other)).collect())
    }

    /// What somebody should know before a connection is deleted.
    pub async fn before_deletion(&self, connection: &Connection) -> Result<BeforeDeletion, StoreError> {
        let uses = self.store().uses().list(connection.tenant, connection.id, None, USES_NAMED).await?.items;
        let connector = self.connector(&connection.connector).await?;
        let method = connector.as_ref().and_then(|connector| connector.manifest.method(&connection.method));
        Ok(BeforeDeletion {
            count: connection.uses,
            uses,
            twins: self.twins(connection).await?,
            farewell: method.map_or(Farewell::Silent, farewell),
        })
    }
}

/// Whose connections somebody lists; none for who has no tenant.
fn audiences(person: &Person, end_user: Option<&str>) -> Option<(TenantId, Vec<Audience>)> {
    let audiences = match (person.role, end_user) {
        (Role::Operator, _) => return None,
        (Role::EndUser, _) => vec![Audience::Of(person.subject.clone()), Audience::Shared],
        (Role::Administrator, Some(user)) => vec![Audience::Of(user.to_owned())],
        (Role::Administrator, None) => vec![Audience::All],
    };
    Some((person.tenant?, audiences))
}

fn farewell(method: &Method) -> Farewell {
    match &method.revocation {
        Revocation::Rfc7009 | Revocation::Hook => Farewell::Asked,
        Revocation::Page(guide) => Farewell::Told(guide.clone()),
        Revocation::None => Farewell::Silent,
    }
}
