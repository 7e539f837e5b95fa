//! What one call may do, settled before it begins and never changed: whose it is, where it may go, with what.

use std::{collections::BTreeMap, sync::Arc};

use jackfield_model::{
    client::Client,
    connector::Connector,
    credential::Credential,
    id::{ConnectionId, TenantId},
    manifest::{BodyFormat, Manifest, Method},
    mask::Masker,
    scope::ScopeSet,
    secret::Secret,
    session::Endpoints,
};
use jiff::Timestamp;

use crate::{
    breaker::Caller,
    egress::{
        Denial, EgressSettings, Gate, PlacedSecret, Placements, PublicValues, Requests, allowed_origins,
        allowed_requests, placements, public_values,
    },
    hook::Hook,
    redact::ReadingRules,
};

/// Whom an ID token named, as a public value: what `UserInfo` must say too (OpenID Connect Core 5.3.2).
const SUBJECT: &str = "issuer.subject";

/// What a call is made of, in the words of the model.
#[derive(Debug, Clone, Copy)]
pub struct CallInput<'a> {
    /// The exported function to be called: its declared requests are the ones it may make.
    pub hook: Hook,
    /// Whose it is.
    pub tenant: TenantId,
    /// The connection; none before it exists.
    pub connection: Option<ConnectionId>,
    /// The person it belongs to; none where it is shared.
    pub end_user: Option<&'a str>,
    /// The connector, approved.
    pub connector: &'a Connector,
    /// The auth method.
    pub method: &'a Method,
    /// The client, where the method has one.
    pub client: Option<&'a Client>,
    /// Its secret: masked wherever it shows, never placed.
    pub client_secret: Option<&'a Secret>,
    /// Public field values and kept ones.
    pub fields: &'a BTreeMap<String, String>,
    /// The endpoints recorded when it was connected.
    pub endpoints: Option<&'a Endpoints>,
    /// Whom the issuer's ID token named; none where none did.
    pub subject: Option<&'a str>,
    /// What proves the connection; none where the call needs none.
    pub credential: Option<&'a Credential>,
    /// The scopes the provider granted.
    pub granted: &'a ScopeSet,
    /// The time.
    pub now: Timestamp,
}

/// The immutable context of one call.
#[derive(Debug)]
pub struct CallContext {
    pub(crate) tenant: TenantId,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) caller: Caller,
    pub(crate) connector: String,
    pub(crate) digest: String,
    pub(crate) hook: Hook,
    pub(crate) method: String,
    pub(crate) granted: Vec<String>,
    pub(crate) values: PublicValues,
    pub(crate) gate: Arc<Gate>,
    pub(crate) masker: Arc<Masker>,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) secrets_in_query: bool,
    pub(crate) reading: ReadingRules,
    pub(crate) now: Timestamp,
}

impl CallContext {
    /// Settles a call. Nothing runs before the operator approved this very component.
    pub fn new(input: CallInput<'_>, egress: &Arc<EgressSettings>) -> Result<Self, Denial> {
        let connector = input.connector;
        if !connector.is_approved() {
            let message = format!(
                "`{}` is not approved: nothing of it runs before the operator approves what it asks for",
                connector.name
            );
            return Err(Denial::new("not-approved", message));
        }
        let manifest = &connector.manifest;
        let mut values = public_values(manifest, input.method, input.fields, input.client, input.endpoints);
        values.extend(input.subject.map(|subject| (SUBJECT.to_owned(), subject.to_owned())));
        let gate = gate(manifest, &input, &values, egress)?;
        let oauth2 = input.method.kind.oauth2();
        Ok(Self {
            tenant: input.tenant,
            connection: input.connection,
            caller: Caller::of(input.tenant, input.end_user, input.connection),
            connector: connector.name.clone(),
            digest: connector.digest.clone(),
            hook: input.hook,
            method: input.method.id.clone(),
            granted: input.granted.iter().cloned().collect(),
            masker: Arc::new(masker(&input, &gate.placements)),
            values,
            gate: Arc::new(gate),
            client_secret: input.client_secret.map(|secret| Secret::new(secret.expose().to_owned())),
            secrets_in_query: oauth2.is_some_and(|oauth2| matches!(oauth2.request.body, BodyFormat::Query(_))),
            reading: oauth2.map(|oauth2| ReadingRules::of(&oauth2.response)).unwrap_or_default(),
            now: input.now,
        })
    }
}

fn gate(
    manifest: &Manifest,
    input: &CallInput<'_>,
    values: &PublicValues,
    egress: &Arc<EgressSettings>,
) -> Result<Gate, Denial> {
    let placements = match (input.hook, input.credential) {
        // A plan gets its secrets by holes; only a connection handle has a credential placed.
        (Hook::Verify | Hook::Discover, Some(credential)) => placements(manifest, input.method, credential, values)?,
        _ => Placements::default(),
    };
    Ok(Gate {
        connector: manifest.name.clone(),
        origins: allowed_origins(manifest, values, input.endpoints, egress)?,
        requests: Requests::Declared(allowed_requests(manifest.requests_of(input.hook.name()), values)?),
        placements,
        egress: Arc::clone(egress),
    })
}

/// Everything secret that this call could meet again in an answer.
fn masker(input: &CallInput<'_>, placements: &Placements) -> Masker {
    let credential = input.credential.map(Credential::secrets).unwrap_or_default();
    let placed = placements.secrets().iter().map(PlacedSecret::secret);
    Masker::new(credential.into_iter().chain(input.client_secret).chain(placed))
}
