//! A host with a thousand connectors: how long it takes to start, what it holds of memory, and what the start leaves to the
//! first call of each.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use wasmtime::Engine;

use super::create::work;
use crate::api::{Api, text};
use crate::floor::components::loaded;
use crate::floor::sandbox::compiling;
use crate::host::{Host, token_connection};
use crate::parts;
use crate::process::Memory;
use crate::report::{Aim, Figure, median};
use crate::scale::short;
use crate::stand::Stand;

const MIB: f64 = 1024.0 * 1024.0;
const FLOOR: &str = "raw deserialize_file + instantiate_pre";

/// What the host takes beyond an empty one is its connectors; so it is with the floor, which is a process as well.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let (count, rounds) = (stand.scale.connectors, stand.scale.rounds);
    let component = parts::component("api-token")?;
    let mut host = Host::start()?;
    let install = |number| host.install(&parts::variant(&component, number)?);
    let names = (0..count).map(install).collect::<Result<Vec<_>>>()?;
    let code = Engine::new(&compiling())?.precompile_component(&component)?;
    let folder = work()?;
    for number in 0..count {
        std::fs::write(folder.path().join(number.to_string()), &code)?;
    }
    let (mut starts, mut floors, mut anonymous) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        host.stop()?;
        starts.push(host.start_again()?.as_secs_f64());
        anonymous.push(mebibytes(host.memory()?));
        floors.push(loaded(folder.path())?.0.as_secs_f64());
    }
    let installed = host.operator()?.get("/v1/connectors?limit=1")?;
    ensure!(!installed["items"].as_array().is_none_or(Vec::is_empty), "nothing is installed: {installed}");
    let of = short(count);
    let mut figures = vec![
        Figure {
            work: format!("cold start, {of} connectors"),
            floor: FLOOR.to_owned(),
            aim: Aim::AtMost(2.0),
            host: median(starts),
            base: median(floors),
            unit: "s",
        },
        Figure {
            work: format!("anonymous memory, {of} connectors"),
            floor: "the aim itself".to_owned(),
            aim: Aim::AtMost(1.0),
            host: median(anonymous),
            base: 100.0,
            unit: "MiB",
        },
    ];
    figures.extend(first_calls(stand, &mut host, &names, &folder)?);
    Ok(figures)
}

/// What the start left: how much longer the first call of each takes than its second, and what is held once all were called.
fn first_calls(stand: &mut Stand, host: &mut Host, names: &[String], folder: &TempDir) -> Result<[Figure; 2]> {
    let tenant = host.tenant()?;
    let connections = connect(&mut host.api(&tenant.key)?, names, &format!("http://{}", stand.upstream()?))?;
    host.stop()?;
    host.start_again()?;
    let first = verify(&mut host.api(&tenant.key)?, &connections)?;
    let held = mebibytes(host.memory()?);
    let second = verify(&mut host.api(&tenant.key)?, &connections)?;
    let (whole, floor_held) = loaded(folder.path())?;
    let alone = loaded(work()?.path())?.0;
    let of = short(names.len());
    Ok([
        Figure {
            work: format!("first call beyond the second, of {of} connectors"),
            floor: format!("{FLOOR} of one"),
            aim: Aim::AtMost(10.0),
            host: first - second,
            base: whole.saturating_sub(alone).as_secs_f64() * 1e3 / names.len() as f64,
            unit: "ms",
        },
        Figure {
            work: format!("anonymous memory, {of} connectors, each called"),
            floor: format!("{FLOOR} of all"),
            aim: Aim::AtMost(2.0),
            host: held,
            base: mebibytes(floor_held),
            unit: "MiB",
        },
    ])
}

/// A connection of each connector; their ids.
fn connect(api: &mut Api, connectors: &[String], provider: &str) -> Result<Vec<String>> {
    let connected = |connector: &String| {
        let mut wanted = token_connection(provider);
        wanted["connector"] = connector.as_str().into();
        text(&api.post("/v1/connections", &wanted)?, "id")
    };
    connectors.iter().map(connected).collect()
}

/// Verifies each connection once, one after another; the median of what it takes, in milliseconds.
fn verify(api: &mut Api, connections: &[String]) -> Result<f64> {
    let verified = |id: &String| {
        let begun = Instant::now();
        let answer = api.post(&format!("/v1/connections/{id}/verify"), &json!({}))?;
        let took = begun.elapsed().as_secs_f64() * 1e3;
        ensure!(answer["verification"]["failure"].is_null(), "it does not verify: {answer}");
        Ok(took)
    };
    Ok(median(connections.iter().map(verified).collect::<Result<_>>()?))
}

fn mebibytes(memory: Memory) -> f64 {
    memory.anonymous as f64 / MIB
}
