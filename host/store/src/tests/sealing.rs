//! The suite `sealing`: every kind of sealed value changed, cut, moved to every other place and put back from an older version; salts,
//! nonces, commitment, known answers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::{collections::HashSet, sync::Arc};

use jackfield_suite::{Slice, Suite};

use super::{
    answers, frozen, put_back, rotated,
    sample::{self, secret},
    telling,
};
use crate::{
    KeyRing, Store,
    components::Components,
    engine::{Engine, Pair, memory::Memory},
    seal::{self, Context, Key, KeyId, Scope},
};

/// Kinds of records whose whole value is an envelope.
const SEALED: [&str; 10] = [
    "authorization-secret",
    "choice-secret",
    "client-secret",
    "credential",
    "data-key",
    "host-key",
    "idempotency-answer",
    "journal-part",
    "revocation-secret",
    "webhook-secret",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_opens_whole_in_its_place_and_nowhere_else() {
    let mut suite = Suite::named("sealing");
    let stored = Stored::everything();
    flipped_and_cut(&mut suite, &stored).await;
    moved(&mut suite, &stored).await;
    committed(&mut suite);
    put_back::older_versions(&mut suite).await;
    answers::known(&mut suite);
    boundaries(&mut suite);
    unique(&mut suite, Slice::asked().of(100_000, 10_000_000));
    rotated::under_kills(&mut suite, Slice::asked().of(10, 200)).await;
    suite.finish();
}

/// The pairs of a store that holds everything, and a place for its ring.
struct Stored {
    pairs: Vec<Pair>,
    folder: tempfile::TempDir,
}

impl Stored {
    fn everything() -> Self {
        Self { pairs: frozen::pairs(), folder: tempfile::tempdir().unwrap() }
    }

    /// The places of sealed values.
    fn sealed(&self) -> Vec<usize> {
        let kind = |key: &[u8]| String::from_utf8_lossy(key).split('/').next().unwrap().to_owned();
        (0..self.pairs.len()).filter(|place| SEALED.contains(&kind(&self.pairs[*place].0).as_str())).collect()
    }

    fn name(&self, place: usize) -> String {
        String::from_utf8(self.pairs[place].0.clone()).unwrap()
    }

    /// Whether the value at a place opens when it is this one.
    async fn opens(&self, place: usize, value: Vec<u8>) -> bool {
        let key = self.pairs[place].0.clone();
        let mut pairs = self.pairs.clone();
        pairs[place].1 = value;
        let engine: Arc<dyn Engine> = Arc::new(Memory::holding(pairs));
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let components = Components::open(&folder.path().join("components")).unwrap();
        match Store::over(engine, components, frozen::ring(folder.path())).await {
            Ok(store) => read(&store, std::str::from_utf8(&key).unwrap()).await,
            Err(_) => false,
        }
    }
}

/// Reads what a sealed value holds, as the host does.
async fn read(store: &Store, key: &str) -> bool {
    let (kind, rest) = key.split_once('/').unwrap();
    let tenant = sample::tenant().id;
    match kind {
        "host-key" => true,
        "data-key" if rest.starts_with("operator") => client(store).await,
        "data-key" | "credential" => {
            let opened = store.connections().open(tenant, sample::connection_id(1)).await;
            opened.is_ok_and(|found| found.is_some_and(|(_, credential)| credential.is_some()))
        }
        "client-secret" => client(store).await,
        "authorization-secret" if rest.starts_with(&sample::authorization().id.to_string()) => {
            store.authorizations().take_state(&secret("state")).await.is_ok_and(|claim| claim.is_some())
        }
        "authorization-secret" => {
            store.authorizations().take_ticket(&secret("ticket")).await.is_ok_and(|claim| claim.is_some())
        }
        "choice-secret" => store.choices().credential(&sample::choice(2)).await.is_ok(),
        "journal-part" => {
            let pending = store.journal().pending().await.unwrap();
            pending.items.len() == 1 && pending.unreadable.is_empty()
        }
        "revocation-secret" => store.revocations().credential(&sample::revocation(1)).await.is_ok(),
        "webhook-secret" => {
            let webhook = store.webhooks().get(tenant, telling::webhook().id).await.unwrap().unwrap();
            store.webhooks().secret(&webhook, 1).await.is_ok_and(|found| found.is_some())
        }
        "idempotency-answer" => {
            let deed = sample::deed(store);
            store.idempotency().answered(&deed).await.is_ok_and(|found| found.is_some())
        }
        other => panic!("{other} is sealed, and nothing here reads it"),
    }
}

async fn client(store: &Store) -> bool {
    store.clients().secret(sample::client().id).await.is_ok_and(|found| found.is_some())
}

async fn flipped_and_cut(suite: &mut Suite, stored: &Stored) {
    let mut flips = 0u64;
    for place in stored.sealed() {
        let (name, whole) = (stored.name(place), stored.pairs[place].1.clone());
        suite.check(format!("{name} opens as it is"), stored.opens(place, whole.clone()).await);
        let mut opened = Vec::new();
        for byte in 0..whole.len() {
            let mut changed = whole.clone();
            changed[byte] ^= 0x40;
            flips += 1;
            if stored.opens(place, changed).await {
                opened.push(byte);
            }
        }
        suite.case(format!("{name}, each byte flipped"), none(&opened, "flipped, and it opens"));
        for cut in [0, 4, 6, whole.len() / 2, whole.len() - 1] {
            suite.check(format!("{name}, cut at {cut}"), !stored.opens(place, whole[..cut].to_vec()).await);
        }
    }
    suite.figure("flipped_bytes", flips);
}

fn none(found: &[usize], wrong: &str) -> Result<(), String> {
    if found.is_empty() { Ok(()) } else { Err(format!("{wrong}: {found:?}")) }
}

async fn moved(suite: &mut Suite, stored: &Stored) {
    let places = stored.sealed();
    for from in &places {
        for to in places.iter().filter(|to| *to != from) {
            let opens = stored.opens(*to, stored.pairs[*from].1.clone()).await;
            suite.check(format!("{} in the place of {}", stored.name(*from), stored.name(*to)), !opens);
        }
    }
}

fn place() -> Context<'static> {
    Context { scope: Scope::Operator, kind: "credential", record: "conn_1", field: "credential", generation: 3 }
}

/// An envelope opens under one key only, whatever its commitment is made to say.
fn committed(suite: &mut Suite) {
    /// Where the salt and the commitment are: behind magic, version, algorithm and key id.
    const SALT: std::ops::Range<usize> = 22..54;
    const COMMITMENT: std::ops::Range<usize> = 54..86;
    let (id, key, other) = (KeyId::random().unwrap(), Key::random().unwrap(), Key::random().unwrap());
    let sealed = seal::seal(id, &key, &place(), b"a refresh token").unwrap();
    let theirs = seal::seal(id, &other, &place(), b"a refresh token").unwrap();
    suite.check("commitment: another key is refused", seal::open(&other, &place(), &sealed).is_err());
    let mut forged = sealed.clone();
    forged[COMMITMENT].copy_from_slice(&theirs[COMMITMENT]);
    suite.check("commitment: another key's commitment, its own key", seal::open(&key, &place(), &forged).is_err());
    suite.check("commitment: another key's commitment, that key", seal::open(&other, &place(), &forged).is_err());
    forged[SALT].copy_from_slice(&theirs[SALT]);
    suite.check("commitment: another key's salt and commitment", seal::open(&other, &place(), &forged).is_err());
}

/// No two places encode alike, however the same letters are spread over them.
fn boundaries(suite: &mut Suite) {
    let letters = "ab/|a";
    let mut seen = HashSet::new();
    let mut ambiguous = Vec::new();
    for first in 0..=letters.len() {
        for second in first..=letters.len() {
            let context = Context {
                scope: Scope::Operator,
                kind: &letters[..first],
                record: &letters[first..second],
                field: &letters[second..],
                generation: 0,
            };
            let (id, key) = (KeyId::random().unwrap(), Key::random().unwrap());
            let sealed = seal::seal(id, &key, &context, b"x").unwrap();
            for (kind, record, field) in &seen {
                let other: (&String, &String, &String) = (kind, record, field);
                let other = Context { kind: other.0, record: other.1, field: other.2, ..context };
                if seal::open(&key, &other, &sealed).is_ok() {
                    ambiguous.push(first);
                }
            }
            seen.insert((context.kind.to_owned(), context.record.to_owned(), context.field.to_owned()));
        }
    }
    suite.case("no place encodes like another", none(&ambiguous, "opened in another place"));
}

/// Salts and nonces of one key, all of them at once.
fn unique(suite: &mut Suite, count: usize) {
    let (id, key) = (KeyId::random().unwrap(), Key::random().unwrap());
    let (mut salts, mut nonces) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for _ in 0..count {
        let sealed = seal::seal(id, &key, &place(), b"").unwrap();
        let salt: [u8; 16] = sealed[22..38].try_into().unwrap();
        let nonce: [u8; 12] = sealed[86..98].try_into().unwrap();
        salts.push(salt);
        nonces.push(nonce);
    }
    suite.check("no salt repeats", distinct(salts));
    suite.check("no nonce repeats", distinct(nonces));
    suite.figure("envelopes", count);
}

fn distinct<T: Ord>(mut all: Vec<T>) -> bool {
    all.sort_unstable();
    all.windows(2).all(|pair| pair[0] != pair[1])
}

#[tokio::test]
async fn every_sealed_kind_is_in_the_suite() {
    let stored = Stored::everything();
    let is_sealed = |value: &[u8]| value.starts_with(b"JFSE");
    let kinds = stored.pairs.iter().filter(|(_, value)| is_sealed(value));
    let kinds: std::collections::BTreeSet<String> =
        kinds.map(|(key, _)| String::from_utf8_lossy(key).split('/').next().unwrap().to_owned()).collect();
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), SEALED);
    drop(KeyRing::generate().unwrap());
}
