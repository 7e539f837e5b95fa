//! A host with a thousand connectors: how long it takes to start, and what it holds of memory.

use anyhow::{Result, ensure};
use wasmtime::Engine;

use super::create::work;
use crate::floor::components::loaded;
use crate::floor::sandbox::compiling;
use crate::host::Host;
use crate::parts;
use crate::report::{Aim, Figure, median};
use crate::scale::short;
use crate::stand::Stand;

const MIB: f64 = 1024.0 * 1024.0;

/// What the host takes beyond an empty one is its connectors; so it is with the floor, which is a process as well.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let (count, rounds) = (stand.scale.connectors, stand.scale.rounds);
    let component = parts::component("api-token")?;
    let mut host = Host::start()?;
    for number in 0..count {
        host.install(&parts::variant(&component, number)?)?;
    }
    let folder = work()?;
    let code = Engine::new(&compiling())?.precompile_component(&component)?;
    for number in 0..count {
        std::fs::write(folder.path().join(number.to_string()), &code)?;
    }
    let (mut starts, mut floors, mut anonymous) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        host.stop()?;
        starts.push(host.start_again()?.as_secs_f64());
        anonymous.push(host.memory()?.anonymous as f64 / MIB);
        floors.push(loaded(folder.path())?.0.as_secs_f64());
    }
    let installed = host.operator()?.get("/v1/connectors?limit=1")?;
    ensure!(!installed["items"].as_array().is_none_or(Vec::is_empty), "nothing is installed: {installed}");
    Ok(vec![
        Figure {
            work: format!("cold start, {} connectors", short(count)),
            floor: "raw deserialize_file + instantiate_pre".to_owned(),
            aim: Aim::AtMost(2.0),
            host: median(starts),
            base: median(floors),
            unit: "s",
        },
        Figure {
            work: format!("anonymous memory, {} connectors", short(count)),
            floor: "the aim itself".to_owned(),
            aim: Aim::AtMost(1.0),
            host: median(anonymous),
            base: 100.0,
            unit: "MiB",
        },
    ])
}
