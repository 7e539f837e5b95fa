//! Filling a store: as many connections like one that was made through the API, written through the store's own doors.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jackfield_model::connection::Connection;
use jackfield_model::credential::Credential;
use jackfield_model::id::ConnectionId;
use jackfield_store::{Change, KeyRing, Options, Store};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::load::Dice;

/// What the engine keeps in memory while it is filled: the indexes are written all over their ranges. The host that is measured
/// has its own bound.
const CACHE: u64 = 3 * 1024 * 1024 * 1024;
/// Connections of one change.
const BATCH: usize = 200;
/// Changes on their way at once.
const AHEAD: usize = 8;

/// Writes connections like `template` until there are `count`, and answers every id.
pub(crate) fn fill(data: &Path, keyring: &Path, (tenant, template): (&str, &str), count: usize) -> Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open_with(data, KeyRing::load(keyring)?, Options { cache_bytes: CACHE }).await?;
        let found = store.connections().open(tenant.parse()?, template.parse()?).await?;
        let (connection, credential) = found.context("the template")?;
        let like = Arc::new((connection.record, credential.context("the template's credential")?));
        let mut ids = vec![template.to_owned()];
        let mut writing = JoinSet::new();
        let mut next = 1;
        while next < count || !writing.is_empty() {
            while next < count && writing.len() < AHEAD {
                let numbers = next..count.min(next + BATCH);
                next = numbers.end;
                let made: Vec<Connection> = numbers.map(|number| varied(&like.0, number)).collect();
                ids.extend(made.iter().map(|connection| connection.id.to_string()));
                writing.spawn(write(store.clone(), made, Arc::clone(&like)));
            }
            writing.join_next().await.context("nothing is written")???;
        }
        ensure!(ids.len() == count, "{} connections instead of {count}", ids.len());
        Ok(ids)
    })
}

async fn write(store: Store, made: Vec<Connection>, like: Arc<(Connection, Credential)>) -> Result<()> {
    let mut change = Change::new();
    for connection in &made {
        store.connections().create(&mut change, connection, &like.1).await?;
    }
    Ok(store.commit(change).await?)
}

/// Another connection of another person's, made a moment after the one before it.
fn varied(like: &Connection, number: usize) -> Connection {
    let at = like.created_at + SignedDuration::from_millis(i64::try_from(number).unwrap_or(i64::MAX));
    let mut dice = Dice::of(number);
    let random = u128::from_be_bytes(std::array::from_fn(|_| dice.below(256) as u8));
    let mut connection = like.clone();
    connection.id = ConnectionId::new(at, random);
    connection.name = format!("Service {number}");
    connection.end_user = Some(format!("user-{}", number / 3));
    connection.created_at = at;
    connection.updated_at = at;
    if let Some(account) = &mut connection.account {
        account.id = format!("account-{number}");
        account.label = format!("Account {number}");
    }
    connection
}
