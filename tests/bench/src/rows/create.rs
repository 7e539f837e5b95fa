//! Connections made a second, each durable before it is answered, beside the engine and its durability wrapper alone.

use std::sync::Arc;

use anyhow::Result;
use tempfile::TempDir;

use super::by_turns;
use crate::floor::durable;
use crate::host::token_connection;
use crate::load::{self, Scripts};
use crate::report::{Aim, Figure, target};
use crate::stand::Stand;

/// Who writes at once, here and at the floor.
pub(crate) const WRITERS: usize = 64;
/// A connection's record and its sealed credential together, in bytes, as they are written for these rows.
pub(crate) const RECORD: usize = 2_200;

/// Making connections.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let upstream = stand.upstream()?;
    let site = stand.few()?;
    let body = token_connection(&format!("http://{upstream}")).to_string();
    let scripts: Scripts = load::same(site.request("POST", "/v1/connections", &body));
    let host = site.host.process()?.address;
    let folder = work()?;
    let mut round = 0;
    let (rate, base) = by_turns(
        scale.rounds,
        || Ok(load::run(host, WRITERS, scale.round, &Arc::clone(&scripts))?.rate),
        || {
            round += 1;
            durable::rate(&folder.path().join(round.to_string()), WRITERS, RECORD, 1, scale.round)
        },
    )?;
    Ok(vec![Figure {
        work: format!("create, durable, {WRITERS} clients"),
        floor: format!("sled + durability wrapper, one commit of {RECORD} bytes"),
        aim: Aim::AtLeast(0.7),
        host: rate,
        base,
        unit: "/s",
    }])
}

/// A folder on the disk that the host's store is on.
pub(crate) fn work() -> Result<TempDir> {
    let work = target().join("bench");
    std::fs::create_dir_all(&work)?;
    Ok(tempfile::tempdir_in(work)?)
}
