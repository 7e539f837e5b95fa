//! Refreshes a second, each with its three durable steps, beside the same three commits of the engine and its wrapper alone.

use std::sync::Arc;

use anyhow::Result;
use serde_json::json;

use super::by_turns;
use super::create::{RECORD, WRITERS, work};
use crate::api::text;
use crate::floor::durable;
use crate::host::{Host, Tenant};
use crate::load::{self, Scripts};
use crate::parts;
use crate::report::{Aim, Figure};
use crate::stand::Stand;

/// What a refresh has to have on disk, one after another: that it asks, what was answered, what holds now.
const STEPS: usize = 3;

/// Refreshing connections that a provider refused.
pub(crate) fn row(stand: &mut Stand) -> Result<Vec<Figure>> {
    let scale = stand.scale;
    let issuer = format!("http://{}", stand.upstream()?);
    let host = Host::start()?;
    host.install(&parts::component("openid-connect")?)?;
    let tenant = host.tenant()?;
    let ids = imported(&host, &tenant, &issuer)?;
    let address = host.process()?.address;
    let scripts = reports(Arc::new(ids), tenant.key.clone());
    let folder = work()?;
    let mut round = 0;
    let (rate, base) = by_turns(
        scale.rounds,
        || Ok(load::run(address, WRITERS, scale.round, &scripts)?.rate),
        || {
            round += 1;
            durable::rate(&folder.path().join(round.to_string()), WRITERS, RECORD, STEPS, scale.round)
        },
    )?;
    Ok(vec![Figure {
        work: format!("refresh, durable, {WRITERS} clients"),
        floor: format!("sled + durability wrapper, {STEPS} commits of {RECORD} bytes in a row"),
        aim: Aim::AtLeast(0.7),
        host: rate,
        base,
        unit: "/s",
    }])
}

fn imported(host: &Host, tenant: &Tenant, issuer: &str) -> Result<Vec<String>> {
    let client = json!({ "connector": "openid-connect", "client_id": "bench", "client_secret": "s".repeat(32), "fields": { "issuer": issuer } });
    host.operator()?.post("/v1/clients", &client)?;
    let mut api = host.api(&tenant.key)?;
    (0..WRITERS)
        .map(|number| {
            let tokens = json!({ "access_token": "a".repeat(600), "refresh_token": "r".repeat(200) });
            let body = json!({ "connector": "openid-connect", "method": "code", "end_user": format!("user-{number}"),
                "actions": ["sign-in", "stay-connected"], "tokens": tokens });
            text(&api.post("/v1/connections/import", &body)?, "id")
        })
        .collect()
}

/// Each client reports the newest version of its own connection as refused, again and again.
fn reports(ids: Arc<Vec<String>>, key: String) -> Scripts {
    Arc::new(move |number| {
        let (id, key) = (ids[number].clone(), key.clone());
        Box::new(move |out, last| {
            let version =
                serde_json::from_slice::<serde_json::Value>(last).ok().and_then(|seen| seen["version"].as_u64());
            // No connection has had so many: the first report is of whatever there is.
            let body = format!("{{\"version\":{}}}", version.unwrap_or(1));
            let request = format!(
                "POST /v1/connections/{id}/unauthorized HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            out.extend_from_slice(request.as_bytes());
        })
    })
}
