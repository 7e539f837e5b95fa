//! What a scenario does with GitHub: the scopes each action needs, smallest first, and its requests.

use jackfield_sdk::{Action, Manifest};

/// Adds the actions to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    manifest
        .action(Action::read("read-profile", "Read your profile").needs(&["read:user"]).get("api", "/user"))
        .action(Action::write("update-profile", "Change your profile").needs(&["user"]).request(
            &["PATCH"],
            "api",
            "/user",
        ))
        .action(
            Action::read("read-emails", "Read your email addresses").needs(&["user:email"]).get("api", "/user/emails"),
        )
        .action(
            Action::read("list-repositories", "List your repositories")
                .description("GitHub cannot limit this to reading: its scope also allows changes.")
                .needs(&["repo"])
                .get("api", "/user/repos"),
        )
        .action(
            Action::read("list-issues", "List issues")
                .needs(&["public_repo"])
                .needs(&["repo"])
                .get("api", "/repos/*/*/issues")
                .get("api", "/repos/*/*/issues/*"),
        )
        .action(
            Action::write("create-issue", "Create issues")
                .needs(&["public_repo"])
                .needs(&["repo"])
                .post("api", "/repos/*/*/issues"),
        )
        .action(
            Action::write("comment-on-issue", "Comment on issues")
                .needs(&["public_repo"])
                .needs(&["repo"])
                .post("api", "/repos/*/*/issues/*/comments"),
        )
        .action(
            Action::write("write-gists", "Write gists")
                .needs(&["gist"])
                .request(&["GET", "POST"], "api", "/gists")
                .request(&["GET", "PATCH", "DELETE"], "api", "/gists/*"),
        )
        .action(
            Action::read("list-organizations", "List your organizations").needs(&["read:org"]).get("api", "/user/orgs"),
        )
}
