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
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::failure::FailureView;

/// A connection.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Connection")]
pub(in crate::api) struct ConnectionView<'a> {
    /// Its id, for as long as it exists: reauthorizing keeps it.
    id: ConnectionId,
    /// Whose it is.
    tenant: TenantId,
    /// The connector it goes through.
    #[schemars(example = &"github")]
    connector: &'a str,
    /// The connector's auth method it was made with.
    #[schemars(example = &"oauth-app")]
    method: &'a str,
    /// The registration at the provider it was made with; null where the method needs none.
    client: Option<ClientId>,
    /// The person it belongs to, by the application's own id; null where the whole tenant uses it.
    #[schemars(example = &"user-42")]
    end_user: Option<&'a str>,
    /// What people call it.
    #[schemars(example = &"GitHub of octocat")]
    name: &'a str,
    /// How it stands.
    status: Status,
    /// Why it does not work, where it does not.
    #[schemars(extend("examples" = [null]))]
    failure: Option<FailureView<'a>>,
    /// Who it is at the provider, as verify last found.
    account: Option<AccountView<'a>>,
    /// The settings it was made with, without the secret ones.
    #[schemars(example = json!({ "base_url": "https://api.example.com" }))]
    fields: &'a BTreeMap<String, String>,
    /// What it was made for.
    #[schemars(example = ["list-repositories"])]
    actions: &'a BTreeSet<String>,
    /// Its permissions as the provider names them.
    scopes: ScopesView<'a>,
    /// Counts its credentials: a lease carries it, and a refused one is reported by it.
    #[schemars(example = 3)]
    version: u64,
    /// What it points at, or the choices a person has to make one of; null where its connector knows no targets.
    #[schemars(extend("examples" = [null]))]
    target: Option<TargetView<'a>>,
    /// Its tokens, where it has several; the first is the one used unless another is named.
    #[schemars(extend("examples" = [[]]))]
    tokens: Vec<TokenView<'a>>,
    /// When the token ends that ends first; null where nobody knows.
    access_expires: Option<Expiry>,
    /// When the permission itself ends.
    grant_expires: Option<Expiry>,
    /// The last verify; null before the first.
    verification: Option<VerificationView<'a>>,
    /// The tenant's other connections to the same account; where a single connection was made, chosen or read.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_account: Option<Vec<ConnectionId>>,
    /// In how many places applications say that they use it.
    #[schemars(example = 2)]
    uses: u32,
    /// When it was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
}

/// An identity at the provider.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub(in crate::api) struct AccountView<'a> {
    /// The provider's own stable id of it.
    #[schemars(example = &"583231")]
    id: &'a str,
    /// What a person recognises.
    #[schemars(example = &"octocat")]
    label: &'a str,
    /// A picture.
    #[schemars(extend("format" = "uri"), example = &"https://avatars.example.com/u/583231")]
    avatar: Option<&'a str>,
}

/// Scopes, by the provider's names.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConnectionScopes")]
struct ScopesView<'a> {
    /// What was asked for.
    #[schemars(example = ["read:user", "repo"])]
    requested: &'a ScopeSet,
    /// What was granted.
    #[schemars(example = ["read:user", "repo"])]
    granted: &'a ScopeSet,
    /// Whether the provider itself said what it granted.
    stated: bool,
}

/// What the connection points at there, or what it could point at.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[schemars(rename = "Target")]
enum TargetView<'a> {
    /// A person has to choose, with `POST /v1/connections/{id}/target`.
    Open {
        /// What there is to choose from.
        choices: Vec<ChoiceView<'a>>,
    },
    /// Chosen.
    Chosen {
        /// Its id at the provider.
        #[schemars(example = &"us6")]
        id: &'a str,
        /// What people call it.
        #[schemars(example = &"North Wind")]
        label: &'a str,
    },
}

/// One choice of a target.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TargetChoice")]
struct ChoiceView<'a> {
    /// Its id at the provider.
    #[schemars(example = &"us6")]
    id: &'a str,
    /// What people call it.
    #[schemars(example = &"North Wind")]
    label: &'a str,
    /// What it is.
    #[schemars(example = &"Data centre us6")]
    description: &'a str,
}

/// One of several tokens.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Token")]
struct TokenView<'a> {
    /// Its name in the manifest.
    #[schemars(example = &"user")]
    name: &'a str,
    /// When it ends; null where nobody knows.
    expires: Option<Expiry>,
    /// Whether its grant is gone, so that the connection has to be reauthorized for it.
    lost: bool,
    /// Why its last refresh failed; null when it did not.
    #[schemars(extend("examples" = [null]))]
    failure: Option<FailureView<'a>>,
}

/// A verify: whether the provider accepted the credential.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Verification")]
struct VerificationView<'a> {
    /// When.
    at: Timestamp,
    /// Who asked: an API key's id, or a part of the host.
    #[schemars(example = &"key_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")]
    by: &'a str,
    /// How long the provider took, in milliseconds.
    #[schemars(example = 120)]
    latency_ms: u64,
    /// What it refused with; null where it accepted.
    #[schemars(extend("examples" = [null]))]
    failure: Option<FailureView<'a>>,
}

/// One line of a timeline.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(in crate::api) struct EventView<'a> {
    /// Its id.
    id: EventId,
    /// When.
    at: Timestamp,
    /// Who caused it: an API key's id, or a part of the host.
    #[schemars(example = &"key_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")]
    by: &'a str,
    /// What happened, as a word. New ones may come.
    #[schemars(example = &"created")]
    kind: &'a str,
    /// How the connection stood afterwards.
    status: Status,
    /// More about it, for a person.
    #[schemars(example = &"connected as octocat")]
    note: Option<&'a str>,
}

impl ConnectionView<'_> {
    /// With the tenant's other connections to the same account.
    pub(in crate::api) fn beside(mut self, others: Vec<ConnectionId>) -> Self {
        self.same_account = Some(others);
        self
    }
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
            same_account: None,
            uses: connection.uses,
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
            step: None,
            refresh: RefreshState::Idle,
            upkeep: jackfield_model::upkeep::Upkeep::default(),
            tokens: vec![],
            target: Targeting::None,
            verification: None,
            uses: 0,
            said: jackfield_model::notice::Said::default(),
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
            "uses": 0,
            "created_at": "1970-01-01T00:00:00Z",
            "updated_at": "1970-01-01T00:00:00Z",
        });
        assert_eq!(serde_json::to_value(ConnectionView::from(&connection())).unwrap(), expected);
    }
}
