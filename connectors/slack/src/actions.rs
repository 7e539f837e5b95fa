//! What a scenario does with Slack. The scopes an action needs say whose token its requests take: the bot's or the person's.

use jackfield_sdk::{Action, Manifest};

/// Adds the actions to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    manifest
        .action(
            Action::write("post-message", "Send messages").needs(&["chat:write"]).post("api", "/api/chat.postMessage"),
        )
        .action(
            Action::read("list-channels", "List public channels")
                .needs(&["channels:read"])
                .get("api", "/api/conversations.list"),
        )
        .action(
            Action::read("read-channels", "Read public channels")
                .needs(&["channels:history"])
                .get("api", "/api/conversations.history"),
        )
        .action(Action::read("list-people", "List people").needs(&["users:read"]).get("api", "/api/users.list"))
        .action(
            Action::read("find-person", "Find a person by e-mail address")
                .needs(&["users:read.email"])
                .get("api", "/api/users.lookupByEmail"),
        )
        .action(
            Action::write("upload-file", "Upload files")
                .needs(&["files:write"])
                .get("api", "/api/files.getUploadURLExternal")
                .post("api", "/api/files.completeUploadExternal"),
        )
        .action(
            Action::write("post-as-you", "Send messages as you")
                .needs(&["user/chat:write"])
                .post("api", "/api/chat.postMessage"),
        )
        .action(
            Action::read("search", "Search messages").needs(&["user/search:read"]).get("api", "/api/search.messages"),
        )
        .action(
            Action::write("set-status", "Set your status")
                .needs(&["user/users.profile:write"])
                .post("api", "/api/users.profile.set"),
        )
}
