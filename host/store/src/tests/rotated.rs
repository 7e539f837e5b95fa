//! The key ring rotated under load, and the process killed at a moment of it: everything is readable, with the ring in the file.
//!
//! The test runs itself once more as the process that is killed, after a line it said and not after a time.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::{collections::BTreeMap, path::Path};

use jackfield_suite::Suite;

use super::{killed, sample};
use crate::{Change, HeldKeyRing, KeyRing, Store};

/// How many tenants there are, each with a data key of its own.
const TENANTS: u128 = 150;
const WRITERS: u128 = 3;

/// The process that is killed. Does nothing unless the suite starts it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the suite `sealing`"]
async fn rotator() {
    let Some(folder) = killed::folder() else { return };
    let store = killed::open(&folder).await;
    let taken = store.connections().every(None, usize::MAX).await.unwrap().items.len();
    let first = (taken as u128 + 1) * WRITERS;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            for round in 0.. {
                write(&store, first + round * WRITERS + writer).await;
            }
        });
    }
    loop {
        let path = folder.join("keyring");
        let ring = KeyRing::load(&path).unwrap().with_new_primary().unwrap();
        killed::say("written", 0, 0);
        HeldKeyRing::load(&path).unwrap().replace(&ring).unwrap();
        killed::say("replaced", 0, 0);
        store.take_key_ring(ring).await.unwrap();
        killed::say("taken", 0, 0);
        store.rewrap().await.unwrap();
        killed::say("rewrapped", 0, 0);
        let status = store.key_ring_status().await.unwrap();
        let mut ring = KeyRing::load(&path).unwrap();
        for (id, wrapped) in status.wrapped {
            if wrapped == 0 && id != status.primary {
                ring = ring.without(id).unwrap();
            }
        }
        HeldKeyRing::load(&path).unwrap().replace(&ring).unwrap();
        killed::say("retired", 0, 0);
        store.take_key_ring(ring).await.unwrap();
    }
}

async fn write(store: &Store, number: u128) {
    let mut connection = sample::connection(number);
    connection.tenant = sample::tenant_id(tenant_of(number).into());
    let mut change = Change::new();
    store.connections().create(&mut change, &connection, &sample::tokens(&format!("rt-{number}"))).await.unwrap();
    store.commit(change).await.unwrap();
    killed::say("ack", number, tenant_of(number));
}

fn tenant_of(number: u128) -> u64 {
    u64::try_from(number % TENANTS).unwrap()
}

/// Kills it so many times, each at another of its lines, and looks at what is left.
pub(super) async fn under_kills(suite: &mut Suite, kills: usize) {
    let folder = killed::fresh();
    let mut acknowledged = BTreeMap::new();
    let mut rotations = 0;
    for kill in 0..kills {
        // The steps of a rotation by turns, further and further into it.
        let step = match kill % 5 {
            0 => "written",
            1 => "replaced",
            2 => "taken",
            3 => "rewrapped",
            _ => "retired",
        };
        rotations += rotate_until_killed(folder.path(), step, 1 + kill % 3, &mut acknowledged);
        suite.case(format!("killed when a ring was {step}"), everything_opens(folder.path(), &acknowledged).await);
    }
    suite.figure("kills_under_rotation", kills);
    suite.figure("rotations", rotations);
    suite.figure("acknowledgements", acknowledged.len());
}

fn rotate_until_killed(folder: &Path, step: &str, times: usize, acknowledged: &mut BTreeMap<u128, u64>) -> usize {
    let said = killed::until_killed("tests::rotated::rotator", folder, step, times);
    acknowledged.extend(said.iter().filter(|said| said.what == "ack").map(|said| (said.number, said.beside)));
    said.iter().filter(|said| said.what == "rewrapped").count()
}

async fn everything_opens(folder: &Path, acknowledged: &BTreeMap<u128, u64>) -> Result<(), String> {
    let ring = KeyRing::load(&folder.join("keyring")).map_err(|error| error.to_string())?;
    let store = Store::open(&folder.join("data"), ring).await.map_err(|error| error.to_string())?;
    for (number, tenant) in acknowledged {
        let found = store.connections().open(sample::tenant_id((*tenant).into()), sample::connection_id(*number)).await;
        let found = found.map_err(|error| format!("{number}: {error}"))?;
        let Some((_, Some(credential))) = found else { return Err(format!("{number} was acknowledged and is gone")) };
        if sample::refresh_token(&credential) != format!("rt-{number}") {
            return Err(format!("{number} has another's credential"));
        }
    }
    let status = store.key_ring_status().await.map_err(|error| error.to_string())?;
    if status.unreadable > 0 { Err(format!("{} keys cannot be read", status.unreadable)) } else { Ok(()) }
}
