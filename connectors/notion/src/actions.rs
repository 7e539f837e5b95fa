//! What a scenario does with Notion, after the capabilities of <https://developers.notion.com/reference/capabilities>. No
//! action needs a scope: Notion allows what the operator set at the connection, and there is no asking for less.

use jackfield_sdk::{Action, Manifest};

const NOT_LESS: &str = "Notion cannot be asked for this alone: the registered connection says what is allowed.";

/// Adds the actions to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    manifest
        .action(Action::read("search", "Find pages and databases").description(NOT_LESS).post("api", "/v1/search"))
        .action(
            Action::read("read-content", "Read pages and databases")
                .description(NOT_LESS)
                .get("api", "/v1/pages/**")
                .get("api", "/v1/blocks/**")
                .get("api", "/v1/databases/*")
                .get("api", "/v1/data_sources/*")
                .post("api", "/v1/databases/*/query")
                .post("api", "/v1/data_sources/*/query"),
        )
        .action(
            Action::write("update-content", "Change pages and databases")
                .description(NOT_LESS)
                .request(&["PATCH"], "api", "/v1/pages/*")
                .request(&["PATCH", "DELETE"], "api", "/v1/blocks/*")
                .request(&["PATCH"], "api", "/v1/databases/*")
                .request(&["PATCH"], "api", "/v1/data_sources/*"),
        )
        .action(
            Action::write("insert-content", "Add pages and databases")
                .description(NOT_LESS)
                .post("api", "/v1/pages")
                .post("api", "/v1/databases")
                .post("api", "/v1/data_sources")
                .request(&["PATCH"], "api", "/v1/blocks/*/children"),
        )
        .action(Action::read("read-comments", "Read comments").description(NOT_LESS).get("api", "/v1/comments"))
        .action(Action::write("write-comments", "Write comments").description(NOT_LESS).post("api", "/v1/comments"))
        .action(
            Action::read("read-users", "Read who is in the workspace")
                .description(NOT_LESS)
                .get("api", "/v1/users")
                .get("api", "/v1/users/*"),
        )
}
