//! Notices: whom a change is mailed to. What many connections meet at once is one mail a person and not a flood.

use std::collections::{BTreeMap, btree_map::Entry};

use jackfield_model::{
    connection::Connection,
    event::{EventType, Told},
    id::{ConnectionId, MessageId, TenantId},
    message::{Content, Letter, Message, MessageState},
    notice::Notice,
    status::Status,
    tenant::Tenant,
};
use jackfield_store::{Change, Digest, Held, StoreError, Versioned, if_readable};
use jiff::SignedDuration;

use super::Service;

/// How many notices of a kind about one connector a tenant's people get one by one within the time below.
const ONE_BY_ONE: u32 = 5;
/// For how long further ones are held, to be said in one mail.
const TOGETHER: SignedDuration = SignedDuration::from_mins(15);
/// How many digests one round writes.
const DIGESTS_A_ROUND: usize = 100;

/// Whom to write to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Recipient {
    address: String,
    name: Option<String>,
    language: Option<String>,
    end_user: Option<String>,
}

impl Service {
    /// Stages the mails about a change, or that they are held; answers whether there is anything.
    pub(super) async fn mail_about(
        &self,
        change: &mut Change,
        told: &Told,
        tenant: &Tenant,
    ) -> Result<bool, StoreError> {
        let Some(notice) = told.notice.filter(|_| self.parts.mailer.is_some()) else { return Ok(false) };
        let (connection, connector) = (told.about.connection, &told.about.connector);
        if notice == Notice::Recovered && self.was_held(change, told).await? {
            return Ok(true);
        }
        let letter = letter(told, notice);
        let held = Held { connection, end_user: told.about.end_user.clone(), letter: letter.clone() };
        match self.store().digests().get(tenant.id, connector, notice.word()).await? {
            Some(digest) if digest.said >= ONE_BY_ONE => {
                self.store().digests().hold(change, &digest, &held)?;
                return Ok(true);
            }
            Some(mut digest) => {
                digest.said += 1;
                self.store().digests().update(change, &mut digest)?;
            }
            None => {
                let until = self.now() + TOGETHER;
                let (connector, kind) = (connector.clone(), notice.word().to_owned());
                self.store().digests().begin(change, &Digest { tenant: tenant.id, connector, kind, said: 1, until })?;
            }
        }
        for recipient in self.recipients(tenant, told.about.end_user.as_deref()).await? {
            let message = self.mail_to(tenant.id, recipient, Some(connection), letter.clone())?;
            self.store().messages().insert(change, &message)?;
        }
        Ok(true)
    }

    /// Whether it is not even said yet that the connection broke: then neither is said.
    async fn was_held(&self, change: &mut Change, told: &Told) -> Result<bool, StoreError> {
        let digests = self.store().digests();
        let Some(digest) = digests.get(told.tenant, &told.about.connector, Notice::Broke.word()).await? else {
            return Ok(false);
        };
        if digests.held_of(&digest, told.about.connection).await?.is_none() {
            return Ok(false);
        }
        digests.let_go(change, &digest, told.about.connection);
        Ok(true)
    }

    /// The person a connection belongs to, where mail reaches them; of shared ones, who looks after the tenant.
    async fn recipients(&self, tenant: &Tenant, end_user: Option<&str>) -> Result<Vec<Recipient>, StoreError> {
        let Some(end_user) = end_user else {
            let addresses = tenant.notices.addresses.iter();
            let of =
                |address: &String| Recipient { address: address.clone(), name: None, language: None, end_user: None };
            return Ok(addresses.map(of).collect());
        };
        // One that cannot be read reaches nobody, and keeps nobody else waiting.
        let found = if_readable(self.store().contacts().get(tenant.id, end_user).await)?;
        let reached = found.map(|found| found.record).filter(|reached| reached.bouncing_since.is_none());
        let recipient = reached.and_then(|reached| {
            let (contact, end_user) = (reached.contact, Some(reached.end_user));
            Some(Recipient { address: contact.email?, name: contact.name, language: contact.language, end_user })
        });
        Ok(recipient.into_iter().collect())
    }

    /// Says together what was held, once its time is over.
    pub(super) async fn write_digests(&self) -> Result<(), StoreError> {
        for digest in self.store().digests().over(self.now(), DIGESTS_A_ROUND).await? {
            let held = self.store().digests().held(&digest).await?.items;
            let mut change = Change::new();
            if let Some(tenant) = if_readable(self.tenant(digest.tenant).await)? {
                self.write_digest(&mut change, &tenant, &held).await?;
            }
            self.store().digests().done(&mut change, &digest, &held);
            self.commit_unless_beaten(change).await?;
        }
        Ok(())
    }

    async fn write_digest(
        &self,
        change: &mut Change,
        tenant: &Tenant,
        held: &[Versioned<Held>],
    ) -> Result<(), StoreError> {
        let mut by_person: BTreeMap<Recipient, Vec<&Held>> = BTreeMap::new();
        let mut known: BTreeMap<Option<&str>, Vec<Recipient>> = BTreeMap::new();
        for one in held {
            if !self.is_still_so(tenant.id, one.connection, &one.letter).await? {
                continue;
            }
            let person = one.end_user.as_deref();
            let recipients = match known.entry(person) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.recipients(tenant, person).await?),
            };
            for recipient in recipients.iter() {
                by_person.entry(recipient.clone()).or_default().push(one);
            }
        }
        for (recipient, ones) in by_person {
            let Some(first) = ones.first() else { continue };
            let count = u64::try_from(ones.len()).unwrap_or(u64::MAX);
            let connection = Some(first.connection).filter(|_| count == 1);
            let message = self.mail_to(tenant.id, recipient, connection, Letter { count, ..first.letter.clone() })?;
            self.store().messages().insert(change, &message)?;
        }
        Ok(())
    }

    /// Whether what a letter says of a connection still holds; of one that cannot be read, nothing does.
    pub(super) async fn is_still_so(
        &self,
        tenant: TenantId,
        connection: ConnectionId,
        letter: &Letter,
    ) -> Result<bool, StoreError> {
        let Some(found) = if_readable(self.connection(tenant, connection).await)? else { return Ok(false) };
        Ok(match letter.notice {
            Notice::Ends { .. } => found.status == Status::Expiring && ends_at(&found) == letter.ends_at,
            Notice::Broke => matches!(found.status, Status::NeedsReauthorization | Status::Failing),
            Notice::Recovered => matches!(found.status, Status::Active | Status::Expiring),
        })
    }

    fn mail_to(
        &self,
        tenant: TenantId,
        recipient: Recipient,
        connection: Option<ConnectionId>,
        letter: Letter,
    ) -> Result<Message, StoreError> {
        let event = match letter.notice {
            Notice::Ends { .. } => EventType::Expiring,
            Notice::Broke if letter.advice.as_deref() == Some("reauthorize") => EventType::NeedsReauthorization,
            Notice::Broke => EventType::Failing,
            Notice::Recovered => EventType::Active,
        };
        let Recipient { address, name, language, end_user } = recipient;
        let (at, bits) = self.ordered()?;
        Ok(Message {
            id: MessageId::new(at, bits),
            tenant,
            event,
            connection,
            content: Content::Mail { address, name, language, end_user, letter },
            state: MessageState::Waiting,
            tries: 0,
            attempts: vec![],
            created_at: self.now(),
            next_at: Some(self.now()),
        })
    }
}

fn letter(told: &Told, notice: Notice) -> Letter {
    let about = &told.about;
    Letter {
        notice,
        connector: about.connector.clone(),
        connection: about.name.clone(),
        account: about.account.clone(),
        advice: about.reason.as_ref().map(|reason| reason.advice.clone()),
        ends_at: about.ends_at,
        count: 1,
    }
}

/// The end that was said of a connection.
fn ends_at(connection: &Connection) -> Option<jiff::Timestamp> {
    connection.said.ends.map(|end| end.at)
}
