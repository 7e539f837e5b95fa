//! The application's part: verify, look at permissions, lease, call through the proxy, and outlive an access token.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    cli::{
        demo::{playbill::Playbill, scenery::Scenery},
        host::Host,
        output::text,
    },
    clock::{Clock as _, SystemClock},
};

/// How long after its end a token is certainly over, by the provider's clock too.
const CERTAINLY: Duration = Duration::from_millis(300);
/// The demo's tokens live five seconds: one that lives longer than this is not the demo's.
const LONGEST_LIFE: Duration = Duration::from_mins(1);

/// Verifies, reads the permissions, takes a lease and calls the provider.
pub(super) async fn look(scenery: &Scenery, playbill: &mut Playbill, id: &str) -> Result<()> {
    let host = scenery.application.host()?;
    verify(host, playbill, id).await?;
    permissions(host, playbill, id).await?;
    lease(host, playbill, id).await?;
    let answer = host.get(&["v1", "connections", id, "proxy", "userinfo"]).await?;
    ensure!(answer.pointer("/sub").is_some(), "the provider did not say who this is");
    let said = format!(
        "Called the provider through the proxy, without any token in the application: sub = {}, name = {}.",
        text(&answer, "/sub"),
        text(&answer, "/name")
    );
    playbill.tell("proxied", &said);
    Ok(())
}

async fn verify(host: &Host, playbill: &mut Playbill, id: &str) -> Result<()> {
    let verified = host.post_nothing(&["v1", "connections", id, "verify"]).await?;
    ensure!(
        verified.pointer("/verification/failure").is_none_or(Value::is_null),
        "verify failed: {}",
        text(&verified, "/verification/failure/message")
    );
    let said = format!(
        "Verified in {} ms: the connector asked the provider who this is, and the connection is {}.",
        text(&verified, "/verification/latency_ms"),
        text(&verified, "/status")
    );
    playbill.tell("verified", &said);
    Ok(())
}

async fn permissions(host: &Host, playbill: &mut Playbill, id: &str) -> Result<()> {
    let permissions = host.get(&["v1", "connections", id, "permissions"]).await?;
    let granted = titles(&permissions, "granted", |_| true);
    let allowed = titles(&permissions, "actions", |action| action.pointer("/allowed") == Some(&true.into()));
    playbill.tell("permissions", &format!("Granted: {granted}. With it one may: {allowed}."));
    Ok(())
}

async fn lease(host: &Host, playbill: &mut Playbill, id: &str) -> Result<()> {
    let lease = host.post(&["v1", "connections", id, "lease"], &json!({ "min_valid": 0 })).await?;
    let length = lease.pointer("/credential/token").and_then(Value::as_str).map_or(0, str::len);
    ensure!(length > 0, "the lease holds no token");
    let said = format!(
        "Leased the access token for a program that must have it: {length} characters, version {}, good until {}.",
        text(&lease, "/version"),
        text(&lease, "/expires_at")
    );
    playbill.tell("leased", &said);
    Ok(())
}

/// Waits until the access token has ended and calls again; how the versions went.
pub(super) async fn outlive_the_token(scenery: &Scenery, playbill: &mut Playbill, id: &str) -> Result<Value> {
    let host = scenery.application.host()?;
    let before = host.get(&["v1", "connections", id]).await?;
    let version = number(&before, "/version")?;
    // From here on: the host may refresh ahead of the end, and then the call finds it done.
    let refreshes = scenery.provider.counts().refreshes;
    Playbill::wait("Waiting for the access token to end: it lives five seconds …");
    tokio::time::sleep(left(&before)? + CERTAINLY).await;
    let answer = host.get(&["v1", "connections", id, "proxy", "userinfo"]).await?;
    ensure!(answer.pointer("/sub").is_some(), "the provider did not say who this is");
    let newer = number(&host.get(&["v1", "connections", id]).await?, "/version")?;
    let at_provider = scenery.provider.counts().refreshes - refreshes;
    ensure!(newer > version && at_provider == 1, "the access token ended and was not refreshed exactly once");
    let said = format!(
        "The access token ended. It was refreshed once, and the next call through the proxy was answered: version {version} \
         became {newer}, with a new refresh token in place of the old."
    );
    playbill.tell("refreshed", &said);
    Ok(json!({ "from_version": version, "to_version": newer, "at_provider": at_provider }))
}

/// How long the access token is still good.
fn left(connection: &Value) -> Result<Duration> {
    let end: Timestamp = text(connection, "/access_expires/at").parse().context("the token has no end")?;
    let left = Duration::try_from(end.duration_since(SystemClock.now())).unwrap_or_default();
    ensure!(left < LONGEST_LIFE, "the access token lives longer than the demo's tokens do");
    Ok(left)
}

/// Verifies the API token's connection and uses it.
pub(super) async fn call_api(scenery: &Scenery, playbill: &mut Playbill, id: &str) -> Result<()> {
    let host = scenery.application.host()?;
    verify(host, playbill, id).await?;
    let answer = host.get(&["v1", "connections", id, "proxy", "whoami"]).await?;
    ensure!(answer.pointer("/via") == Some(&"API token".into()), "the API token did not reach the API");
    let said =
        format!("Called the API through the proxy: it knew {} by {}.", text(&answer, "/name"), text(&answer, "/via"));
    playbill.tell("proxied-api", &said);
    Ok(())
}

fn number(value: &Value, pointer: &str) -> Result<u64> {
    value.pointer(pointer).and_then(Value::as_u64).context("the host's answer lacks a number")
}

fn titles(answer: &Value, list: &str, keep: impl Fn(&Value) -> bool) -> String {
    let items = answer.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter(|item| keep(item)).map(|item| text(item, "/title")).collect::<Vec<_>>().join(", ")
}
