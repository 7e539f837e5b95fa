//! Proxied requests a second at 64 connections, beside a bare proxy and nginx, before the same upstream.

use std::net::SocketAddr;

use anyhow::Result;

use crate::floor::nginx::Nginx;
use crate::floor::upstream::SIZES;
use crate::load::{self, Scripts};
use crate::process::Process;
use crate::report::{Aim, Figure, median};
use crate::scale::Scale;
use crate::stand::{Site, Stand};

const CONNECTIONS: usize = 64;

struct Medians {
    host: f64,
    bare: f64,
    nginx: f64,
}

/// Both sizes.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let upstream = stand.upstream()?;
    let site = stand.few()?;
    let bare = Process::own(&["bare-proxy", &upstream.to_string()])?;
    let nginx = Nginx::start(upstream)?;
    let mut figures = Vec::new();
    for (path, size) in SIZES {
        let medians = measured(site, scale, (bare.address, nginx.process.address), path)?;
        figures.extend(told(&medians, size));
    }
    Ok(figures)
}

fn told(medians: &Medians, size: usize) -> Vec<Figure> {
    let size_text = format!("{} KB", size / 1024);
    let figure = |work: &str, floor: &str, aim, host, base| Figure {
        work: format!("{work}, {size_text}, {CONNECTIONS} clients"),
        floor: floor.to_owned(),
        aim: Aim::AtLeast(aim),
        host,
        base,
        unit: "/s",
    };
    let mut figures = vec![figure("proxy", "bare hyper proxy", 0.75, medians.host, medians.bare)];
    if size > 1024 {
        figures.push(figure("proxy", "nginx", 1.0, medians.host, medians.nginx));
    } else {
        figures.push(figure("(the floor: bare hyper proxy)", "nginx", 0.9, medians.bare, medians.nginx));
    }
    figures
}

fn measured(site: &Site, scale: Scale, (bare, nginx): (SocketAddr, SocketAddr), path: &str) -> Result<Medians> {
    let host = site.host.process()?.address;
    let through = site.drawn(&site.request("GET", &format!("/v1/connections/{{id}}/proxy{path}"), ""));
    let plain = load::same(site.request("GET", path, ""));
    let rate = |address, scripts: &Scripts| Ok(load::run(address, CONNECTIONS, scale.round, scripts)?.rate);
    let warm: Result<f64> = rate(host, &through);
    warm?;
    let (mut hosts, mut bares, mut nginxes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        hosts.push(rate(host, &through)?);
        bares.push(rate(bare, &plain)?);
        nginxes.push(rate(nginx, &plain)?);
    }
    Ok(Medians { host: median(hosts), bare: median(bares), nginx: median(nginxes) })
}
