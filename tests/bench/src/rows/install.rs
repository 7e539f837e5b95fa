//! Installing a connector, beside compiling it and nothing more.

use std::time::Instant;

use anyhow::Result;
use wasmtime::Engine;

use super::by_turns;
use crate::floor::sandbox::compiling;
use crate::host::Host;
use crate::parts;
use crate::report::{Aim, Figure};
use crate::stand::Stand;

/// The host inspects it, compiles it in a process of its own, and reads its manifest twice.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let component = parts::component("api-token")?;
    let host = Host::start()?;
    let mut api = host.operator()?;
    let engine = Engine::new(&compiling())?;
    let mut number = 0;
    let (took, base) = by_turns(
        scale.rounds * 2 + 1,
        || {
            number += 1;
            let variant = parts::variant(&component, number)?;
            let begun = Instant::now();
            api.upload(&variant)?;
            Ok(begun.elapsed().as_secs_f64() * 1000.0)
        },
        || {
            let begun = Instant::now();
            engine.precompile_component(&component)?;
            Ok(begun.elapsed().as_secs_f64() * 1000.0)
        },
    )?;
    Ok(vec![Figure {
        work: "install a connector".to_owned(),
        floor: "raw compile".to_owned(),
        aim: Aim::AtMost(1.3),
        host: took,
        base,
        unit: "ms",
    }])
}
