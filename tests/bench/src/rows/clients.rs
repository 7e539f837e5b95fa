//! One client against two at once: what a lock would show.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;

use super::{by_turns, lease::plain};
use crate::load::{self, Scripts};
use crate::report::{Aim, Figure};
use crate::stand::Stand;

/// How much more two clients get than one, beside how much more plain axum gives two.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let site = stand.few()?;
    let floor = plain(site)?;
    let host = site.host.process()?.address;
    let works = [
        ("read a connection", site.request("GET", "/v1/connections/{id}", "")),
        ("lease", site.request("POST", "/v1/connections/{id}/lease", "{}")),
    ];
    let beside = site.drawn(&site.request("POST", "/v1/connections/{id}/lease", "{}"));
    let mut figures = Vec::new();
    for (name, request) in works {
        let scripts = site.drawn(&request);
        let (gain, base) =
            by_turns(scale.rounds, || gain(host, scale.round, &scripts), || gain(floor.address, scale.round, &beside))?;
        figures.push(Figure {
            work: format!("two clients against one: {name}"),
            floor: "plain axum's own gain".to_owned(),
            aim: Aim::AtLeast(0.8),
            host: gain,
            base,
            unit: "×",
        });
    }
    Ok(figures)
}

fn gain(address: SocketAddr, length: Duration, scripts: &Scripts) -> Result<f64> {
    let one = load::run(address, 1, length, scripts)?.rate;
    Ok(load::run(address, 2, length, scripts)?.rate / one)
}
