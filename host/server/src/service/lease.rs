//! Leases: a credential handed to a caller, good for a stated time.

use std::{collections::BTreeMap, sync::Arc};

use jackfield_model::{
    connection::{Connection, TokenState},
    credential::Credential,
    id::{ConnectionId, TenantId},
    manifest::{MethodKind, Pair, PairError},
    secret::Secret,
    status::Status,
};
use jackfield_runtime::egress::public_values;
use jackfield_store::StoreError;
use jiff::{SignedDuration, Timestamp};

use super::{RefreshError, ResolveError, Service, refresh::known, resolve::Party};

/// The longest validity that may be asked for, in seconds.
const MIN_VALID_LIMIT: u64 = 24 * 60 * 60;

/// What a caller wants.
#[derive(Debug, Clone, Copy)]
pub struct LeaseAsk<'a> {
    /// How many seconds it must still be good for.
    pub min_valid: u64,
    /// Which of several tokens; none is the first.
    pub token: Option<&'a str>,
}

/// What a caller gets.
#[derive(Debug)]
pub enum LeasedCredential {
    /// An access token.
    Token(Secret),
    /// A name and a password (RFC 7617).
    Basic(Pair),
    /// Secret fields by key.
    Fields(BTreeMap<String, Secret>),
}

/// A lease.
#[derive(Debug)]
pub struct Lease {
    /// The credential.
    pub credential: LeasedCredential,
    /// Which of several tokens it is; none where the connection has one credential.
    pub token: Option<String>,
    /// Which credential of the connection it is; report a 401 by it.
    pub version: u64,
    /// When it ends; none where nobody knows.
    pub expires_at: Option<Timestamp>,
}

/// Why no lease was given.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LeaseError {
    /// It cannot be worked with.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Its status forbids it.
    #[error("the connection is {0}: reauthorize it")]
    Unusable(Status),
    /// Too much validity asked for.
    #[error("`min_valid` is at most {MIN_VALID_LIMIT} seconds")]
    MinValid,
    /// It had to be refreshed, and was not.
    #[error("the token is over and could not be refreshed: {0}")]
    Refresh(Arc<RefreshError>),
    /// Its name and password cannot be used: the connector's declaration of them changed.
    #[error("the name and password of this connection {0}: reauthorize it")]
    Pair(#[from] PairError),
    /// It has no token of that name, or lost it.
    #[error(transparent)]
    Token(RefreshError),
    /// The provider's tokens never last that long.
    #[error("the provider's tokens do not last as long as `min_valid`: the fresh one lasts {left} seconds")]
    TooShort {
        /// How long the fresh token lasts, in seconds.
        left: i64,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Hands out the credential, good for at least `min_valid` seconds; refreshes where less remains.
    pub async fn lease(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        asked: LeaseAsk<'_>,
        by: &str,
    ) -> Result<Lease, LeaseError> {
        let LeaseAsk { min_valid, token } = asked;
        if min_valid > MIN_VALID_LIMIT {
            return Err(LeaseError::MinValid);
        }
        let wanted = SignedDuration::from_secs(i64::try_from(min_valid).unwrap_or(i64::MAX));
        let found = self.store().connections().open(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        let (connection, credential) = (found.0.record, found.1);
        if !connection.status.is_usable() {
            return Err(LeaseError::Unusable(connection.status));
        }
        let name = token.unwrap_or(connection.first_token()).to_owned();
        let state = usable(&connection, &name)?;
        // What is nearly over may be so when it arrives (REF-4), however little is asked for.
        let enough = wanted.max(Self::margin(&connection, &state));
        let now = self.now();
        let known = !connection.upkeep.has_no_known_end(now);
        let (party, credential, state) = if known && state.covers(now, enough) {
            let credential = credential.ok_or(ResolveError::NoCredential)?;
            (self.party(connection).await?, credential, state)
        } else {
            self.renewed(&connection, &name, wanted, by).await?
        };
        let credential = handed_out(&party, credential, &name)?;
        // Revealing a credential is written before it is answered.
        self.revealed(tenant, by, "connection.leased", id.to_string()).await?;
        Ok(Lease {
            credential,
            token: Some(name).filter(|name| !name.is_empty()),
            version: party.connection.version,
            expires_at: state.access.map(|expiry| expiry.at),
        })
    }

    /// The connection after a refresh, and its token, where that is good for as long as it was wanted for or at least works.
    async fn renewed(
        &self,
        connection: &Connection,
        name: &str,
        wanted: SignedDuration,
        by: &str,
    ) -> Result<(Party, Credential, TokenState), LeaseError> {
        let refreshed = self.refresh_from(connection, name, by).await;
        let (party, credential) = self.resolve(connection.tenant, connection.id).await?;
        let state = usable(&party.connection, name)?;
        let now = self.now();
        if !state.covers(now, wanted) {
            let left = state.access.map_or(0, |expiry| expiry.at.duration_since(now).as_secs());
            match refreshed {
                Ok(_) => return Err(LeaseError::TooShort { left }),
                // A provider's bad hour is no reason to withhold a token that still works; `expires_at` says how long.
                Err(_) if left > 0 && party.connection.status.is_usable() => {}
                Err(error) => return Err(LeaseError::Refresh(Arc::new(error))),
            }
        }
        Ok((party, credential, state))
    }
}

/// What the caller gets of a credential.
fn handed_out(party: &Party, credential: Credential, token: &str) -> Result<LeasedCredential, LeaseError> {
    Ok(match (credential, &party.method.kind) {
        (Credential::Tokens(tokens), _) => {
            let tokens = tokens.led_by(token).ok_or(ResolveError::NoCredential)?;
            LeasedCredential::Token(tokens.access_token)
        }
        (Credential::Fields(fields), MethodKind::Basic(basic)) => {
            let values = public_values(party.manifest(), &party.method, &party.connection.fields, None, None);
            LeasedCredential::Basic(basic.pair(&values, &fields)?)
        }
        (Credential::Fields(fields), _) => LeasedCredential::Fields(fields),
    })
}

/// The named token, if it is there and its grant is not gone.
fn usable(connection: &Connection, token: &str) -> Result<TokenState, LeaseError> {
    let state = known(connection, token).map_err(LeaseError::Token)?;
    let lost = state.lost && !connection.tokens.is_empty();
    if lost { Err(LeaseError::Token(RefreshError::TokenLost(state.name))) } else { Ok(state) }
}
