//! A connection, its timeline and its end as JSON.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{
    account::Account,
    connection::{Connection, TokenState, Verification},
    expiry::Expiry,
    id::{ClientId, ConnectionId, EventId, TenantId},
    scope::{Grant, ScopeSet},
    status::Status,
    target::{Target, Targeting},
    timeline::Event,
};
use jiff::Timestamp;
use serde::Serialize;

use super::failure::FailureView;

/// A connection.
#[derive(Debug, Serialize)]
pub(in crate::api) struct ConnectionView<'a> {
    id: ConnectionId,
    tenant: TenantId,
    connector: &'a str,
    method: &'a str,
    client: Option<ClientId>,
    end_user: Option<&'a str>,
    name: &'a str,
    status: Status,
    failure: Option<FailureView<'a>>,
    account: Option<AccountView<'a>>,
    fields: &'a BTreeMap<String, String>,
    actions: &'a BTreeSet<String>,
    scopes: ScopesView<'a>,
    version: u64,
    /// What it points at, or the choices a person has to make one of; null where its connector knows no targets.
    target: Option<TargetView<'a>>,
    /// Its tokens, where it has several; the first is the one used unless another is named.
    tokens: Vec<TokenView<'a>>,
    /// When the token ends that ends first; null where nobody knows.
    access_expires: Option<Expiry>,
    /// When the permission itself ends.
    grant_expires: Option<Expiry>,
    verification: Option<VerificationView<'a>>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct AccountView<'a> {
    id: &'a str,
    label: &'a str,
    avatar: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ScopesView<'a> {
    requested: &'a ScopeSet,
    granted: &'a ScopeSet,
    /// Whether the provider itself said what it granted.
    stated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
enum TargetView<'a> {
    Open { choices: Vec<ChoiceView<'a>> },
    Chosen { id: &'a str, label: &'a str },
}

#[derive(Debug, Serialize)]
struct ChoiceView<'a> {
    id: &'a str,
    label: &'a str,
    description: &'a str,
}

#[derive(Debug, Serialize)]
struct TokenView<'a> {
    name: &'a str,
    expires: Option<Expiry>,
    /// Whether its grant is gone, so that the connection has to be reauthorized for it.
    lost: bool,
    /// Why its last refresh failed; null when it did not.
    failure: Option<FailureView<'a>>,
}

#[derive(Debug, Serialize)]
struct VerificationView<'a> {
    at: Timestamp,
    by: &'a str,
    latency_ms: u64,
    failure: Option<FailureView<'a>>,
}

/// One line of a timeline.
#[derive(Debug, Serialize)]
pub(in crate::api) struct EventView<'a> {
    id: EventId,
    at: Timestamp,
    by: &'a str,
    kind: &'a str,
    status: Status,
    note: Option<&'a str>,
}

impl<'a> From<&'a Connection> for ConnectionView<'a> {
    fn from(connection: &'a Connection) -> Self {
        Self {
            id: connection.id,
            tenant: connection.tenant,
            connector: &connection.connector,
            method: &connection.method,
            client: connection.client,
            end_user: connection.end_user.as_deref(),
            name: &connection.name,
            status: connection.status,
            failure: connection.failure.as_ref().map(FailureView::from),
            account: connection.account.as_ref().map(AccountView::from),
            fields: &connection.fields,
            actions: &connection.actions,
            scopes: ScopesView::from(&connection.grant),
            version: connection.version,
            target: TargetView::of(&connection.target),
            tokens: connection.tokens.iter().map(TokenView::from).collect(),
            access_expires: connection.clocks.access,
            grant_expires: connection.clocks.grant,
            verification: connection.verification.as_ref().map(VerificationView::from),
            created_at: connection.created_at,
            updated_at: connection.updated_at,
        }
    }
}

impl<'a> From<&'a Account> for AccountView<'a> {
    fn from(account: &'a Account) -> Self {
        Self { id: &account.id, label: &account.label, avatar: account.avatar.as_deref() }
    }
}

impl<'a> From<&'a Grant> for ScopesView<'a> {
    fn from(grant: &'a Grant) -> Self {
        Self { requested: &grant.requested, granted: &grant.granted, stated: grant.stated }
    }
}

impl<'a> TargetView<'a> {
    fn of(target: &'a Targeting) -> Option<Self> {
        match target {
            Targeting::None => None,
            Targeting::Chosen { id, label } => Some(Self::Chosen { id, label }),
            Targeting::Open { choices } => {
                let choice = |target: &'a Target| ChoiceView {
                    id: &target.id,
                    label: &target.label,
                    description: &target.description,
                };
                Some(Self::Open { choices: choices.iter().map(choice).collect() })
            }
        }
    }
}

impl<'a> From<&'a TokenState> for TokenView<'a> {
    fn from(token: &'a TokenState) -> Self {
        Self {
            name: &token.name,
            expires: token.access,
            lost: token.lost,
            failure: token.failure.as_ref().map(FailureView::from),
        }
    }
}

impl<'a> From<&'a Verification> for VerificationView<'a> {
    fn from(verification: &'a Verification) -> Self {
        Self {
            at: verification.at,
            by: &verification.by,
            latency_ms: verification.latency_ms,
            failure: verification.failure.as_ref().map(FailureView::from),
        }
    }
}

impl<'a> From<&'a Event> for EventView<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            id: event.id,
            at: event.at,
            by: &event.by,
            kind: &event.kind,
            status: event.status,
            note: event.note.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jackfield_model::{
        connection::RefreshState,
        expiry::{Clocks, Source},
        failure::{Advice, Failure},
        session::Endpoints,
    };
    use serde_json::json;

    use super::*;

    fn connection() -> Connection {
        let now = Timestamp::UNIX_EPOCH;
        Connection {
            id: ConnectionId::new(now, 1),
            tenant: TenantId::new(now, 2),
            connector: "tracker".into(),
            method: "consent".into(),
            client: None,
            end_user: Some("u1".into()),
            name: "Mine".into(),
            status: Status::NeedsReauthorization,
            failure: Some(Failure::new(Advice::Reauthorize, "invalid_grant", "Consent again.")),
            account: None,
            subject: Some("internal-subject".into()),
            fields: BTreeMap::new(),
            actions: ["list".to_owned()].into(),
            grant: Grant::new(["read".to_owned()].into(), None),
            endpoints: Some(Endpoints { token: "https://tracker.example/token".into(), ..Endpoints::default() }),
            version: 3,
            clocks: Clocks { access: Some(Expiry { at: now, source: Source::Response }), grant: None },
            refresh: RefreshState::Idle,
            tokens: vec![],
            target: Targeting::None,
            verification: None,
            uses: 0,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn a_connection_looks_like_this() {
        let expected = json!({
            "id": "conn_00000000000000000000000001",
            "tenant": "ten_00000000000000000000000002",
            "connector": "tracker",
            "method": "consent",
            "client": null,
            "end_user": "u1",
            "name": "Mine",
            "status": "needs-reauthorization",
            "failure": {"advice": "reauthorize", "code": "invalid_grant", "message": "Consent again."},
            "account": null,
            "fields": {},
            "actions": ["list"],
            "scopes": {"requested": ["read"], "granted": ["read"], "stated": false},
            "version": 3,
            "target": null,
            "tokens": [],
            "access_expires": {"at": "1970-01-01T00:00:00Z", "source": "response"},
            "grant_expires": null,
            "verification": null,
            "created_at": "1970-01-01T00:00:00Z",
            "updated_at": "1970-01-01T00:00:00Z",
        });
        assert_eq!(serde_json::to_value(ConnectionView::from(&connection())).unwrap(), expected);
    }
}
