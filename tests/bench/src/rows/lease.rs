//! Leases a second at 64 connections, beside plain axum that answers the same bytes.

use anyhow::Result;

use super::by_turns;
use crate::load;
use crate::process::Process;
use crate::report::{Aim, Figure};
use crate::scale::{Scale, short};
use crate::stand::{Site, Stand};

const CONNECTIONS: usize = 64;

/// With few connections stored.
pub(crate) fn few(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    measured(stand.few()?, scale, scale.few, Aim::AtLeast(0.65))
}

/// With many.
pub(crate) fn many(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    measured(stand.many()?, scale, scale.many, Aim::AtLeast(0.5))
}

fn measured(site: &Site, scale: Scale, stored: usize, aim: Aim) -> Result<Vec<Figure>> {
    let floor = plain(site)?;
    let scripts = site.drawn(&site.request("POST", "/v1/connections/{id}/lease", "{}"));
    let host = site.host.process()?.address;
    load::run(host, CONNECTIONS, scale.round, &scripts)?;
    let (rate, base) = by_turns(
        scale.rounds,
        || Ok(load::run(host, CONNECTIONS, scale.round, &scripts)?.rate),
        || Ok(load::run(floor.address, CONNECTIONS, scale.round, &scripts)?.rate),
    )?;
    Ok(vec![Figure {
        work: format!("lease, {CONNECTIONS} clients, {} stored", short(stored)),
        floor: "plain axum, same bytes".to_owned(),
        aim,
        host: rate,
        base,
        unit: "/s",
    }])
}

/// Plain axum with the answer of one lease.
pub(crate) fn plain(site: &Site) -> Result<Process> {
    let id = &site.ids[0];
    let answer =
        site.host.api(&site.tenant.key)?.post(&format!("/v1/connections/{id}/lease"), &serde_json::json!({}))?;
    let file = site.host.folder().join("lease.json");
    std::fs::write(&file, answer.to_string())?;
    Process::own(&["plain", &file.to_string_lossy()])
}
