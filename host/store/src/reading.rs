//! The readings of stored bytes one by one, without a store around them: for whoever tries them with bytes that no store
//! wrote. A store itself reads through its repositories.

use jackfield_model::{
    audit::AuditLine,
    connection::Connection,
    event::Told,
    message::Message,
    person::{PageSession, Reached},
    tenant::Tenant,
    timeline::Event,
    uses::Use,
    webhook::Webhook,
};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    BadBackup, Choice, Digest, Held, KeyRing, Revocation, SealError, SignIn, api_keys, authorizations, brand_files,
    clients, connectors,
    error::Unreadable,
    idempotency, journal, record,
    schema::{
        API_KEY, AUDIT, AUTHORIZATION, BRAND_FILE, CHOICE, CLIENT, CONNECTION, CONNECTOR, CONTACT, DIGEST, DIGEST_HELD,
        IDEMPOTENCY, JOURNAL, Kind, MESSAGE, OUTBOX, PAGE_SESSION, REVOCATION, SESSION, SIGN_IN, TENANT, TIMELINE, USE,
        WEBHOOK,
    },
    seal::{
        self, Context, Key, Scope, parse_ring,
        stream::{HEADER, LENGTH, Opener, frame_length},
    },
    sessions,
};

/// Reads a record and writes it anew.
type Again = fn(Kind, &[u8]) -> Result<Vec<u8>, Unreadable>;

/// Every kind whose value is a record, and what it holds.
const RECORDS: [(Kind, Again); 23] = [
    (API_KEY, again::<api_keys::Stored>),
    (AUDIT, again::<AuditLine>),
    (AUTHORIZATION, again::<authorizations::Stored>),
    (BRAND_FILE, again::<brand_files::Head>),
    (CHOICE, again::<Choice>),
    (CLIENT, again::<clients::Stored>),
    (CONNECTION, again::<Connection>),
    (CONNECTOR, again::<connectors::Head>),
    (CONTACT, again::<Reached>),
    (DIGEST, again::<Digest>),
    (DIGEST_HELD, again::<Held>),
    (IDEMPOTENCY, again::<idempotency::Stored>),
    (JOURNAL, again::<journal::Stored>),
    (MESSAGE, again::<Message>),
    (OUTBOX, again::<Told>),
    (PAGE_SESSION, again::<PageSession>),
    (REVOCATION, again::<Revocation>),
    (SESSION, again::<sessions::Stored>),
    (SIGN_IN, again::<SignIn>),
    (TENANT, again::<Tenant>),
    (TIMELINE, again::<Event>),
    (USE, again::<Use>),
    (WEBHOOK, again::<Webhook>),
];

fn again<T: Serialize + DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let key = kind.key(&[]);
    let read = record::decode::<T>(kind, &key, bytes)?;
    let written = record::encode(kind, &key, read.revision, &read.record);
    written.map_err(|_| crate::error::unreadable(&key, crate::Cause::Damaged))
}

/// The kinds whose value is a record.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    RECORDS.iter().map(|(kind, _)| kind.name)
}

/// The value of a record as it is written after it was read; none where values of that kind are no records.
pub fn record(kind: &str, bytes: &[u8]) -> Option<Result<Vec<u8>, Unreadable>> {
    let (kind, again) = RECORDS.iter().find(|(known, _)| known.name == kind)?;
    Some(again(*kind, bytes))
}

/// The place that envelopes are opened in here.
const PLACE: Context<'static> =
    Context { scope: Scope::Operator, kind: "reading", record: "one", field: "value", generation: 1 };

/// Seals bytes with the ring's primary key, for a place of its own.
pub fn sealed(ring: &KeyRing, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let (id, key) = ring.primary_key()?;
    seal::seal(id, key, &PLACE, plain)
}

/// Opens an envelope in that place.
pub fn envelope(ring: &KeyRing, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let key: &Key = ring.get(seal::key_id(bytes)?)?;
    seal::open(key, &PLACE, bytes)
}

/// The text of a key ring's file; else the line that is not as it was written, and what was expected there.
pub fn key_ring(text: &str) -> Result<KeyRing, (usize, &'static str)> {
    parse_ring(text)
}

/// A key ring as its file has it.
pub fn key_ring_text(ring: &KeyRing) -> Zeroizing<String> {
    ring.to_text()
}

/// A backup of these frames, sealed as a backup is, whatever is in them; the last is marked as such.
pub fn backup(ring: &KeyRing, frames: &[&[u8]]) -> Result<Vec<u8>, SealError> {
    let mut sealer = seal::Sealer::begin(ring)?;
    let mut bytes = sealer.header().to_vec();
    for (index, frame) in frames.iter().enumerate() {
        bytes.extend(sealer.frame(frame.to_vec(), index + 1 == frames.len())?);
    }
    Ok(bytes)
}

/// The frames of a backup, each opened and none looked into: what `backup` makes a backup of.
pub fn frames(ring: &KeyRing, bytes: &[u8]) -> Result<Vec<Zeroizing<Vec<u8>>>, BadBackup> {
    let (header, mut rest) = bytes.split_first_chunk::<HEADER>().ok_or(BadBackup::Cut)?;
    let mut opener = Opener::begin(ring, header)?;
    let mut frames = Vec::new();
    while let Some((mark, after)) = rest.split_first_chunk::<LENGTH>() {
        let (length, last) = frame_length(*mark).ok_or(BadBackup::Changed)?;
        let (sealed, after) = after.split_at_checked(length).ok_or(BadBackup::Cut)?;
        frames.push(opener.frame(sealed, last)?);
        rest = after;
    }
    Ok(frames)
}
