//! Connect sessions and authorization requests: the records between "Add" and "connected".

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    id::{AuthorizationId, ClientId, ConnectionId, SessionId, TenantId},
    origin::Origin,
    scope::ScopeSet,
};

/// How long a link works, in seconds.
pub const SESSION_SECONDS: i64 = 30 * 60;
/// How long an authorization request lives, in seconds (ST-1).
pub const AUTHORIZATION_SECONDS: i64 = 10 * 60;
/// How long a returned code waits, sealed, for completion, in seconds.
pub const PARKED_SECONDS: i64 = 2 * 60;
/// How long the credential of another account waits, sealed, for a choice, in seconds.
pub const CHOICE_SECONDS: i64 = 10 * 60;

/// A link for one end user to make or mend one connection. Found by a keyed hash of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The connector to connect through; none where the person picks a service.
    pub connector: Option<String>,
    /// What the connection is for.
    pub actions: BTreeSet<String>,
    /// What the person picks among: connectors, and what each would be for. Empty: every connector that is set up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub offers: BTreeMap<String, BTreeSet<String>>,
    /// The person it was made for, by the application's own id.
    pub end_user: String,
    /// The connection to reauthorize, where it is not a new one.
    pub connection: Option<ConnectionId>,
    /// Field values the application knows already.
    pub fields: BTreeMap<String, String>,
    /// Where the person goes afterwards; one of the tenant's registered URLs.
    pub return_url: String,
    /// The origin of the window that opened the link and is told how it went; one of the tenant's registered origins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opener: Option<Origin>,
    /// How far it is.
    pub stage: Stage,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

impl ConnectSession {
    /// What a connection through a connector would be for; none where this session is not for that connector.
    pub fn actions_for(&self, connector: &str) -> Option<BTreeSet<String>> {
        match &self.connector {
            Some(own) => (own == connector).then(|| self.actions.clone()),
            None if self.offers.is_empty() => Some(BTreeSet::new()),
            None => self.offers.get(connector).cloned(),
        }
    }
}

/// How far a connect session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "at")]
#[allow(clippy::large_enum_variant, reason = "one a session, read and written whole")]
pub enum Stage {
    /// The link was made.
    Open,
    /// The person is at the provider, or typed what is parked.
    Parked {
        /// What waits for completion.
        authorization: AuthorizationId,
    },
    /// Another account than the connection's consented; its credential waits, sealed, until the application chooses.
    Choosing {
        /// Whose the connection is.
        expected: Option<Account>,
        /// Who consented.
        given: Account,
        /// Until when it waits.
        until: Timestamp,
    },
    /// The application finished it.
    Completed {
        /// The connection made or mended.
        connection: ConnectionId,
    },
    /// It ended without a connection.
    Ended {
        /// A stable code: `denied`, `expired`, `provider-error`, …
        code: String,
    },
}

/// A one-time record between the authorization request and its completion.
/// Verifier, nonce and code are sealed beside it; state, cookie and ticket are kept as keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Its id; names the cookie.
    pub id: AuthorizationId,
    /// The session it serves.
    pub session: SessionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The connector, by name: part of the redirect URI.
    pub connector: String,
    /// The installed component's digest at the start.
    pub digest: String,
    /// The auth method.
    pub method: String,
    /// The client; none where the method needs none.
    pub client: Option<ClientId>,
    /// The person it was made for.
    pub end_user: String,
    /// The name the connection will have.
    pub name: String,
    /// Public field values.
    pub fields: BTreeMap<String, String>,
    /// Chosen actions.
    pub actions: BTreeSet<String>,
    /// The connection there was already that the person took instead of making one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<ConnectionId>,
    /// Requested scopes.
    pub scopes: ScopeSet,
    /// Where the provider's issuer and endpoints were when it started (ST-8).
    pub endpoints: Option<Endpoints>,
    /// The redirect URI, byte for byte (CORE-2).
    pub redirect_uri: Option<String>,
    /// Keyed hash of the browser cookie's value (ST-2).
    pub cookie_hash: String,
    /// Keyed hash of the ticket, once parked.
    pub ticket_hash: Option<String>,
    /// Public values of the callback that the manifest keeps.
    pub kept: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// The provider's endpoints, recorded once and used unchanged afterwards (ST-8, ST-9).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// The issuer identifier, where one announces them.
    pub issuer: Option<String>,
    /// Authorization endpoint.
    pub authorize: Option<String>,
    /// Token endpoint.
    pub token: String,
    /// Where refreshing differs.
    pub refresh: Option<String>,
    /// RFC 7009 endpoint.
    pub revoke: Option<String>,
    /// OpenID Connect userinfo endpoint.
    pub userinfo: Option<String>,
    /// Where the issuer's keys are.
    pub jwks: Option<String>,
    /// Whether callbacks must carry `iss` (RFC 9207).
    pub iss_in_callback: bool,
    /// ID token signing algorithms the issuer announces.
    pub id_token_algorithms: BTreeSet<String>,
}
