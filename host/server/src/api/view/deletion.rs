//! The end of a connection as JSON: how the provider took it.

use jackfield_model::{id::ConnectionId, status::Status};
use schemars::JsonSchema;
use serde::Serialize;

use crate::service::{Deletion, RevocationOutcome};

/// What became of a deleted connection's credential at the provider.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deletion")]
pub(in crate::api) struct DeletionView<'a> {
    /// How the provider took it.
    revocation: RevocationView<'a>,
    /// The other connections to the same account that may have ended with it, as they stand now.
    twins: Vec<TwinView>,
}

/// Another connection to the same account, which lives on the same grant.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Twin")]
struct TwinView {
    /// Its id.
    id: ConnectionId,
    /// How it stands now.
    status: Status,
}

/// What became of a credential at the provider.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Revocation")]
struct RevocationView<'a> {
    /// `revoked`, `unsupported`, `instructions`, `queued`, `failed` or `kept`.
    #[schemars(example = &"revoked")]
    outcome: &'static str,
    /// For a person: what happened, why not, or what to do at the provider.
    #[schemars(example = &"The credential is no longer good at the provider.")]
    message: &'a str,
    /// Where a person can do it, for `instructions`.
    #[schemars(extend("format" = "uri"), example = &"https://github.com/settings/applications")]
    url: Option<&'a str>,
}

impl<'a> From<&'a Deletion> for DeletionView<'a> {
    fn from(deletion: &'a Deletion) -> Self {
        let (outcome, message, url): (_, &str, _) = match &deletion.revocation {
            RevocationOutcome::Revoked => ("revoked", "The credential is no longer good at the provider.", None),
            RevocationOutcome::Unsupported => {
                ("unsupported", "The provider cannot revoke it from here; it is gone here.", None)
            }
            RevocationOutcome::Instructions(guide) => ("instructions", &guide.text, guide.url.as_deref()),
            RevocationOutcome::Queued(why) => ("queued", why, None),
            RevocationOutcome::Failed(why) => ("failed", why, None),
            RevocationOutcome::Kept => {
                ("kept", "The provider was not asked: other connections to the same account use the grant.", None)
            }
        };
        let twins = deletion.twins.iter().map(|twin| TwinView { id: twin.id, status: twin.status }).collect();
        Self { revocation: RevocationView { outcome, message, url }, twins }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_deletion_says_how_the_provider_took_it() {
        let view =
            |revocation| serde_json::to_value(DeletionView::from(&Deletion { revocation, twins: vec![] })).unwrap();
        let revoked = view(RevocationOutcome::Revoked);
        assert_eq!(revoked.pointer("/revocation/outcome").unwrap(), "revoked");
        let queued = json!({"revocation": {"outcome": "queued", "message": "timeout", "url": null}, "twins": []});
        assert_eq!(view(RevocationOutcome::Queued("timeout".into())), queued);
    }
}
