//! The end of a connection: revoked at the provider, gone here.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::cli::{
    demo::{playbill::Playbill, scenery::Scenery},
    host::HostError,
    output::text,
};

/// Deletes a connection; how revoking went.
pub(super) async fn delete(scenery: &Scenery, playbill: &mut Playbill, through: &str, id: &str) -> Result<Value> {
    let host = scenery.application.host()?;
    let before = scenery.provider.counts().revocations;
    let answer = host.delete(&["v1", "connections", id]).await?;
    let gone = host.get(&["v1", "connections", id]).await;
    let gone = matches!(gone, Err(HostError::Refused(problem)) if problem.status == 404);
    ensure!(gone, "the connection {id} is still there after it was deleted");
    let revoked = scenery.provider.counts().revocations - before;
    let outcome = match answer.pointer("/revocation") {
        Some(Value::String(word)) => word.clone(),
        Some(other) => text(other, "/outcome"),
        None => "-".to_owned(),
    };
    playbill.tell("deleted", &format!("Deleted the {through} connection: revocation {outcome}, and the provider counted {revoked} revoked tokens. Its credential is gone here."));
    Ok(answer.pointer("/revocation").cloned().unwrap_or_default())
}
