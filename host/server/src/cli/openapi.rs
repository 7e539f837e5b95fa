//! `jackfield openapi`: the description of the API, without a running host.

use clap::Args;

use super::Stage;

/// Print the description of the HTTP API (`OpenAPI` 3.1), as a host serves it at /openapi.json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield openapi > openapi.json")]
pub(super) struct OpenApi {}

impl OpenApi {
    #[allow(clippy::unused_self, reason = "a command takes itself; this one has no options")]
    pub(super) fn run(self, stage: &Stage) {
        let description = crate::app::description();
        stage.output.result(&description, |description| format!("{description:#}"));
    }
}
