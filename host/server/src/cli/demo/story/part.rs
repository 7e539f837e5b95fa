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
    let said = text(&answer, "/revocation/message");
    let counted = if revoked == 0 { "" } else { " The provider itself counted the revocation." };
    playbill
        .tell("deleted", &format!("Deleted the {through} connection: its credential is gone here. {said}{counted}"));
    Ok(answer.pointer("/revocation").cloned().unwrap_or_default())
}
