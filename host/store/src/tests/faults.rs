//! The suite `store-faults`: every change of a script fails at each of its points; nothing is acknowledged that is not kept, nothing is there
//! by half, and the next start goes on.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::{path::Path, sync::Arc};

use jackfield_suite::Suite;

use super::sample;
use crate::{
    Change, Health, KeyRing, Store, StoreError,
    components::Components,
    engine::{Engine, Fault},
    sled_engine::{Point, SledEngine},
};

const CACHE: u64 = 8 * 1024 * 1024;
/// A connection is made, given another credential, and deleted: three steps each.
const STEPS: u128 = 9;
/// How many changes the steps are: the first makes its tenant's data key as well.
const CHANGES: u32 = 10;

async fn open(folder: &Path) -> (Store, Arc<SledEngine>) {
    let engine = Arc::new(SledEngine::open(&folder.join("records"), CACHE).unwrap());
    let components = Components::open(&folder.join("components")).unwrap();
    let ring = KeyRing::load(&folder.join("keyring")).unwrap();
    (Store::over(Arc::clone(&engine) as Arc<dyn Engine>, components, ring).await.unwrap(), engine)
}

/// One step of the script.
async fn step(store: &Store, step: u128) -> Result<(), StoreError> {
    let (number, stage) = (step / 3 + 1, step % 3);
    let wanted = sample::connection(number);
    let mut change = Change::new();
    let found = store.connections().get(wanted.tenant, wanted.id).await?;
    match (stage, found) {
        (0, _) => {
            store.connections().create(&mut change, &wanted, &sample::tokens("rt-1")).await?;
            store.timeline().append(&mut change, &sample::event(&wanted, number))?;
        }
        (1, Some(mut found)) => {
            store.connections().put_credential(&mut change, &mut found, &sample::tokens("rt-2")).await?;
        }
        (_, Some(found)) => store.connections().delete(&mut change, &found),
        (_, None) => {}
    }
    store.commit(change).await
}

/// How many steps of a connection's three are to be seen, all of each or nothing of it.
async fn seen(store: &Store, number: u128) -> Result<u128, String> {
    let wanted = sample::connection(number);
    let opened = store.connections().open(wanted.tenant, wanted.id).await.map_err(|error| error.to_string())?;
    let told = store.timeline().list(wanted.tenant, wanted.id, None, 9).await.map_err(|error| error.to_string())?;
    let listed = store.connections().every(None, 99).await.map_err(|error| error.to_string())?;
    let is_listed = listed.items.iter().any(|one| one.id == wanted.id);
    match opened {
        None if is_listed => Err(format!("{number} is listed and not there")),
        None => Ok(if told.items.is_empty() { 0 } else { 3 }),
        Some(_) if told.items.is_empty() || !is_listed => Err(format!("{number} is there by half")),
        Some((found, Some(credential))) => {
            let token = format!("rt-{}", found.version);
            let whole = sample::refresh_token(&credential) == token;
            if whole {
                Ok(u128::from(found.version))
            } else {
                Err(format!("{number} has another version's credential"))
            }
        }
        Some((_, None)) => Err(format!("{number} has no credential")),
    }
}

async fn at_point(point: Point, number: u32) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    drop(KeyRing::create(&folder.path().join("keyring"), &folder.path().join("records")).unwrap());
    let (store, engine) = open(folder.path()).await;
    engine.trip(point, number);
    let mut acknowledged = 0;
    let mut refused = Vec::new();
    for next in 0..STEPS {
        match step(&store, next).await {
            Ok(()) if refused.is_empty() => acknowledged += 1,
            Ok(()) => return Err(format!("step {next} was acknowledged after a fault")),
            Err(error) => refused.push(error),
        }
    }
    let clean = |error: &StoreError| matches!(error, StoreError::ReadOnly(Fault::Io));
    if refused.is_empty() || !refused.iter().all(clean) {
        return Err(format!("refused with {refused:?}"));
    }
    if store.health() != Health::ReadOnly(Fault::Io) {
        return Err(format!("it is {:?}", store.health()));
    }
    // It still reads all there is.
    for number in 1..=STEPS / 3 {
        seen(&store, number).await.map_err(|wrong| format!("while it only reads: {wrong}"))?;
    }
    drop((store, engine));
    recovered(folder.path(), acknowledged).await
}

/// What was acknowledged is there after the next start, with at most the one step more that failed, and the rest can be done.
async fn recovered(folder: &Path, acknowledged: u128) -> Result<(), String> {
    let (store, _engine) = open(folder).await;
    let mut done = 0;
    for number in 1..=STEPS / 3 {
        done += seen(&store, number).await?;
    }
    if done != acknowledged && done != acknowledged + 1 {
        return Err(format!("{acknowledged} steps were acknowledged, and {done} are to be seen"));
    }
    for next in done..STEPS {
        step(&store, next).await.map_err(|error| format!("it does not go on: {error}"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_fails_anywhere_is_refused_and_the_next_start_goes_on() {
    let mut suite = Suite::named("store-faults");
    for point in [Point::Apply, Point::Flush, Point::Sync] {
        for number in 1..=CHANGES {
            suite.case(format!("{point:?} of change {number}"), at_point(point, number).await);
        }
    }
    suite.finish();
}
