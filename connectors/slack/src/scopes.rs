//! Slack's scopes in words (<https://docs.slack.dev/reference/scopes>): those of the bot, and those of the person, who is named
//! in their ids, because both lists have the same strings.

use jackfield_sdk::{Manifest, Scope};

/// The scope list of the person.
pub(crate) const PERSON: &str = "user";

/// Whose scopes an answer lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Bot,
    Person,
}

/// Adds the scopes to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    manifest
        .scope(Scope::new("chat:write", "Send messages", "Send messages as the app, in channels it is a member of."))
        .scope(Scope::new("channels:read", "See public channels", "See the public channels of the workspace."))
        .scope(Scope::new(
            "channels:history",
            "Read public channels",
            "Read messages in public channels the app was added to.",
        ))
        .scope(Scope::new("users:read", "See people", "See the people of the workspace."))
        .scope(
            Scope::new("users:read.email", "See e-mail addresses", "See the e-mail addresses of the people.")
                .implies(&["users:read"]),
        )
        .scope(Scope::new("files:write", "Upload files", "Upload, change and delete files as the app."))
        .scope(person("user/chat:write", "Send messages as you", "Send messages in your name."))
        .scope(person("user/search:read", "Search", "Search what you can see in the workspace."))
        .scope(person("user/users.profile:write", "Change your profile", "Change your profile and your status."))
}

fn person(id: &str, title: &str, description: &str) -> Scope {
    Scope::new(id, title, description).in_list(PERSON)
}

/// The granted scopes: those of the `x-oauth-scopes` header for its list, and what is known of the other.
pub(crate) fn granted(header: &str, list: List, known: &[String]) -> Vec<String> {
    let of_person = |id: &str| id.starts_with("user/");
    let stated = header.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    let stated = stated.map(|scope| match list {
        List::Bot => scope.to_owned(),
        List::Person => format!("{PERSON}/{scope}"),
    });
    let other = known.iter().filter(|id| of_person(id) != (list == List::Person)).cloned();
    stated.chain(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_speaks_for_its_own_list() {
        let known = ["chat:write".to_owned(), "user/search:read".to_owned()];
        assert_eq!(
            granted("users:read, chat:write", List::Bot, &known),
            ["users:read", "chat:write", "user/search:read"]
        );
        assert_eq!(granted("chat:write", List::Person, &known), ["user/chat:write", "chat:write"]);
        assert_eq!(granted("", List::Bot, &[]), Vec::<String>::new());
    }
}
