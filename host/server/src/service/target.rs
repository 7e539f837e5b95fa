//! Targets: what a fresh connection points at — found out once its credential is stored, and chosen by a person where
//! there are several.

use std::{collections::BTreeMap, time::Instant};

use jackfield_model::{
    connection::Connection,
    credential::Credential,
    failure::{Advice, Failure},
    id::{ConnectionId, TenantId},
    target::{Target, Targeting},
};
use jackfield_runtime::Hook;
use jackfield_store::StoreError;

use super::{ResolveError, Service, VerifyError, fields, outcome, resolve::Party, verify::Answer};

/// Why no target was taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TargetError {
    /// It cannot be worked with.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Nothing is to be chosen.
    #[error("the connection waits for no choice: it points at {0}")]
    NotOpen(String),
    /// None of its choices.
    #[error("`{given}` is none of its targets: choose among {known}")]
    Unknown {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// It was taken, and could not be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A connection after its targets were asked for.
pub(super) enum Pointed {
    /// It points where it should: go on.
    At(Box<Party>),
    /// A person has to choose first: this is how it stands.
    Open(Box<Connection>),
    /// It could not be found out.
    Unknown(Box<Party>, Answer),
}

impl Service {
    /// Chooses one of the targets of a connection that waits for it, and verifies the connection.
    pub async fn choose_target(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        given: &str,
        by: &str,
    ) -> Result<Connection, TargetError> {
        let connection = self.connection(tenant, id).await?.ok_or(ResolveError::NotFound)?;
        chosen(&connection, given)?;
        let party = self.party(connection).await?;
        // Asked again of what is stored then: of two who choose, one does.
        self.take_target(&party, by, |found| chosen(found, given).cloned()).await?;
        Ok(self.verify(tenant, id, by).await?)
    }

    /// Finds out what a stored connection points at, where its connector has the hook and nobody asked yet.
    pub(super) async fn point(
        &self,
        mut party: Party,
        credential: &Credential,
        by: &str,
    ) -> Result<Pointed, VerifyError> {
        match party.connection.target {
            Targeting::None if party.has_hook(Hook::Discover.name()) => {}
            Targeting::None | Targeting::Chosen { .. } => return Ok(Pointed::At(Box::new(party))),
            Targeting::Open { .. } => return Ok(Pointed::Open(Box::new(party.connection))),
        }
        let started = Instant::now();
        let mut targets = match self.targets(&party, credential).await {
            Ok(targets) => targets,
            Err(failure) => {
                return Ok(Pointed::Unknown(Box::new(party), Answer::failed(failure, started.elapsed())));
            }
        };
        if targets.len() > 1 {
            return Ok(Pointed::Open(Box::new(self.offer_targets(&party, targets, by).await?)));
        }
        if let Some(target) = targets.pop() {
            party.connection = self.take_target::<ResolveError>(&party, by, |_| Ok(target.clone())).await?;
        }
        Ok(Pointed::At(Box::new(party)))
    }

    /// Points a connection that is not stored yet, for reauthorizing: at what the old one points at, or at the only one.
    pub(super) async fn point_again(
        &self,
        party: &mut Party,
        credential: &Credential,
        old: &Connection,
    ) -> Result<(), Failure> {
        if !party.has_hook(Hook::Discover.name()) {
            return Ok(());
        }
        let mut targets = self.targets(party, credential).await?;
        let same = old.target.chosen().and_then(|id| targets.iter().position(|target| target.id == id));
        let target = match (same, old.target.chosen()) {
            (Some(place), _) => targets.swap_remove(place),
            (None, None) if targets.len() == 1 => targets.swap_remove(0),
            _ => {
                let sentence = "What this connection points at is not among what the new consent reaches: choose it there, or connect anew.";
                return Err(Failure::new(Advice::Misconfigured, "target-gone", sentence));
            }
        };
        point_at(&mut party.connection, target);
        Ok(())
    }

    /// What the connector says there is; at least one, and each with values that the connection's fields take.
    async fn targets(&self, party: &Party, credential: &Credential) -> Result<Vec<Target>, Failure> {
        let context = party.context(Hook::Discover, Some(credential), self.parts.outbound.egress(), self.now());
        let context = context.map_err(|denial| Failure::new(Advice::Misconfigured, denial.rule, &denial.message))?;
        let found = self.parts.runtime.discover(context).await.result.map_err(|error| {
            tracing::warn!(connector = %party.connector.name, kind = error.kind(), "discover did not succeed");
            outcome::of_call(&error)
        })?;
        let targets = found.into_iter().map(|target| held_to_fields(party, target)).collect::<Result<Vec<_>, _>>()?;
        if targets.is_empty() {
            let sentence = "The account has nothing that this connection could point at.";
            return Err(Failure::new(Advice::Misconfigured, "no-target", sentence));
        }
        Ok(targets)
    }

    async fn take_target<E: From<StoreError> + From<ResolveError>>(
        &self,
        party: &Party,
        by: &str,
        choose: impl Fn(&Connection) -> Result<Target, E>,
    ) -> Result<Connection, E> {
        let Connection { tenant, id, .. } = party.connection;
        let connections = self.store().connections();
        let amended = connections.amend::<E>(tenant, id, |connection, change| {
            let target = choose(connection)?;
            let note = Some(target.label.clone());
            point_at(connection, target);
            connection.updated_at = self.now();
            Ok(self.tell(change, connection, "pointed", by, note)?)
        });
        Ok(amended.await?.ok_or(ResolveError::NotFound)?.record)
    }

    async fn offer_targets(&self, party: &Party, choices: Vec<Target>, by: &str) -> Result<Connection, ResolveError> {
        let note = Some(format!("one of {} targets has to be chosen", choices.len()));
        let Connection { tenant, id, .. } = party.connection;
        let connections = self.store().connections();
        let amended = connections.amend::<StoreError>(tenant, id, |connection, change| {
            connection.target = Targeting::Open { choices: choices.clone() };
            connection.updated_at = self.now();
            self.tell(change, connection, "target-wanted", by, note.clone())
        });
        Ok(amended.await?.ok_or(ResolveError::NotFound)?.record)
    }
}

fn point_at(connection: &mut Connection, target: Target) {
    connection.fields.extend(target.fields);
    connection.target = Targeting::Chosen { id: target.id, label: target.label };
}

fn chosen<'a>(connection: &'a Connection, given: &str) -> Result<&'a Target, TargetError> {
    match &connection.target {
        Targeting::None => Err(TargetError::NotOpen("nothing that could be chosen".into())),
        Targeting::Chosen { label, .. } => Err(TargetError::NotOpen(label.clone())),
        Targeting::Open { choices } => {
            choices.iter().find(|target| target.id == given).ok_or_else(|| TargetError::Unknown {
                given: given.chars().take(64).collect(),
                known: choices.iter().map(|target| target.id.as_str()).collect::<Vec<_>>().join(", "),
            })
        }
    }
}

/// A provider's value is held to its field like one that was typed: above all one that names a host.
fn held_to_fields(party: &Party, mut target: Target) -> Result<Target, Failure> {
    let refused = |message: String| Failure::new(Advice::Misconfigured, "target-field", &message);
    let mut held = BTreeMap::new();
    for (key, value) in std::mem::take(&mut target.fields) {
        let mut declared = party.manifest().fields_of(&party.method).filter(|field| !field.secret);
        let field = declared.find(|field| field.key == key).ok_or_else(|| {
            refused(format!("A target sets the field `{key}`, which the connector does not declare as a public one."))
        })?;
        let value = fields::found_out(field, &value)
            .map_err(|message| refused(format!("The provider named a value the field cannot have: {message}.")))?;
        held.insert(key, value);
    }
    Ok(Target { fields: held, ..target })
}
