//! A page of a list with few and with many connections, and what a host with many is when nobody asks anything.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::report::{Aim, Figure, median};
use crate::scale::{Scale, short};
use crate::stand::{Site, Stand};

const MIB: f64 = 1024.0 * 1024.0;
/// Pages of one round.
const PAGES: usize = 300;

/// A page of fifty at many connections, beside the same at few.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let few = page(stand.few()?, scale)?;
    let many = page(stand.many()?, scale)?;
    Ok(vec![Figure {
        work: format!("list a page, {} stored", short(scale.many)),
        floor: format!("the same at {}", short(scale.few)),
        aim: Aim::AtMost(1.5),
        host: many,
        base: few,
        unit: "ms",
    }])
}

/// Start-up and memory at many connections.
pub(crate) fn standing(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let site = stand.many()?;
    let mut took = Vec::new();
    for _ in 0..scale.rounds.min(3) {
        site.host.stop()?;
        took.push(site.host.start_again()?.as_secs_f64());
    }
    page(site, scale)?;
    let resident = site.host.memory()?.resident as f64 / MIB;
    let stored = short(scale.many);
    let own = |work: String, host, base, unit| Figure {
        work,
        floor: "the aim itself".to_owned(),
        aim: Aim::AtMost(1.0),
        host,
        base,
        unit,
    };
    Ok(vec![
        own(format!("start-up, {stored} stored"), median(took), 2.0, "s"),
        own(format!("resident, {stored} stored"), resident, 400.0, "MiB"),
    ])
}

/// The median time of a page somewhere in the middle, in milliseconds.
fn page(site: &Site, scale: Scale) -> Result<f64> {
    let mut api = site.host.api(&site.tenant.key)?;
    let mut path = "/v1/connections?limit=50".to_owned();
    let mut took = Vec::new();
    for number in 0..PAGES {
        let begun = Instant::now();
        let answer = api.get(&path)?;
        took.push(milliseconds(begun.elapsed()));
        // From page to page, and from the beginning again.
        path = match answer.get("next_cursor").and_then(|next| next.as_str()) {
            Some(next) if number % 20 != 19 => format!("/v1/connections?limit=50&cursor={next}"),
            _ => "/v1/connections?limit=50".to_owned(),
        };
    }
    Ok(median(took.split_off(scale.rounds)))
}

fn milliseconds(length: Duration) -> f64 {
    length.as_secs_f64() * 1000.0
}
