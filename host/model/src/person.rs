//! People: who looks at the pages, and how they are reached.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    connection::Connection,
    id::{PageSessionId, TenantId},
};

/// How long a sign-in link works, in seconds.
pub const SIGN_IN_SECONDS: i64 = 5 * 60;
/// How long a page session lives without being used, in seconds.
pub const PAGE_IDLE_SECONDS: i64 = 60 * 60;
/// How long a page session lives at most, in seconds.
pub const PAGE_SECONDS: i64 = 12 * 60 * 60;

/// What somebody is to the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A person of a tenant: their own connections and the shared ones.
    EndUser,
    /// Who looks after a tenant: all of its connections, its brand, webhooks, clients and audit lines.
    Administrator,
    /// Who runs the host: connectors, tenants and keys; no tenant's connections.
    Operator,
}

/// Somebody who is signed in to the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they are.
    pub role: Role,
    /// Their tenant; none for operators.
    pub tenant: Option<TenantId>,
    /// The application's own id of an end user or administrator, or an operator's name at the identity provider.
    pub subject: String,
    /// What they are called, where it is known.
    pub name: Option<String>,
}

impl Person {
    /// How they appear as the author of a change, in timelines and the audit log.
    pub fn author(&self) -> String {
        let role = match self.role {
            Role::EndUser => "end-user",
            Role::Administrator => "administrator",
            Role::Operator => "operator",
        };
        format!("{role}:{}", self.subject)
    }

    /// Whether they see a connection: an administrator each of the tenant's, an end user their own and the shared ones.
    pub fn may_see(&self, connection: &Connection) -> bool {
        self.may_change(connection) || (self.is_of(connection) && connection.end_user.is_none())
    }

    /// Whether they may change it: what everybody works with is the administrators' to change.
    pub fn may_change(&self, connection: &Connection) -> bool {
        let theirs = match self.role {
            Role::EndUser => connection.end_user.as_ref() == Some(&self.subject),
            Role::Administrator => true,
            Role::Operator => false,
        };
        theirs && self.is_of(connection)
    }

    fn is_of(&self, connection: &Connection) -> bool {
        self.role != Role::Operator && self.tenant == Some(connection.tenant)
    }
}

/// A sign-in to the pages, from its link to its end. Found by a keyed hash of its token, which is never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSession {
    /// Its id.
    pub id: PageSessionId,
    /// Whose it is.
    pub person: Person,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// When it ends, whatever is done with it.
    pub expires_at: Timestamp,
}

/// How an end user is reached, as the application says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Where mail reaches them; none: no mail is sent.
    #[schemars(example = &"ada@example.com")]
    pub email: Option<String>,
    /// What they are called.
    #[schemars(example = &"Ada")]
    pub name: Option<String>,
    /// The language they read, by tag (BCP 47); none: the brand's first.
    #[schemars(example = &"en")]
    pub language: Option<String>,
}

/// What is known of how an end user is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The person, by the application's own id.
    pub end_user: String,
    /// What the application said.
    pub contact: Contact,
    /// Since when their mail server refuses the address for good; none while mail arrives. Another contact clears it.
    pub bouncing_since: Option<Timestamp>,
    /// When the application said so.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn people_see_what_is_theirs_and_change_no_more_than_that() {
        let mut connection = sample::connection();
        let person = |role, tenant, subject: &str| Person { role, tenant, subject: subject.to_owned(), name: None };
        let own = Some(connection.tenant);
        let other = Some(TenantId::new(jiff::Timestamp::UNIX_EPOCH, 99));
        let may = |connection: &Connection, role, tenant, subject| {
            let person = person(role, tenant, subject);
            (person.may_see(connection), person.may_change(connection))
        };
        for (end_user, ada, bob) in [(Some("ada"), (true, true), (false, false)), (None, (true, false), (true, false))]
        {
            connection.end_user = end_user.map(str::to_owned);
            assert_eq!(may(&connection, Role::EndUser, own, "ada"), ada);
            assert_eq!(may(&connection, Role::EndUser, own, "bob"), bob);
            assert_eq!(may(&connection, Role::Administrator, own, "eve"), (true, true));
            for role in [Role::EndUser, Role::Administrator] {
                assert_eq!(may(&connection, role, other, "ada"), (false, false));
            }
            assert_eq!(may(&connection, Role::Operator, None, "ada"), (false, false));
            assert_eq!(may(&connection, Role::Operator, own, "ada"), (false, false));
        }
    }
}
