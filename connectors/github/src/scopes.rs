//! GitHub's scopes in words, and how its answers write them.

use jackfield_sdk::{Manifest, Scope};

/// Adds the scopes to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    let repositories = ["public_repo", "repo:status", "repo_deployment", "repo:invite"];
    manifest
        .scope(Scope::new("read:user", "Read your profile", "See your profile, private parts included."))
        .scope(Scope::new(
            "user:email",
            "Read your email addresses",
            "See your email addresses, private ones included.",
        ))
        .scope(
            Scope::new("user", "Change your profile", "See and change your profile; follow people.")
                .implies(&["read:user", "user:email"]),
        )
        .scope(
            Scope::new("repo", "All your repositories", "See and change public and private repositories.")
                .implies(&repositories),
        )
        .scope(Scope::new("public_repo", "Your public repositories", "See and change public repositories."))
        .scope(Scope::new("repo:status", "Commit statuses", "See and set commit statuses, without the code."))
        .scope(Scope::new("repo_deployment", "Deployments", "See and set deployment statuses, without the code."))
        .scope(Scope::new("repo:invite", "Invitations", "Accept and decline invitations to repositories."))
        .scope(Scope::new("gist", "Write gists", "Create and change gists."))
        .scope(Scope::new("read:org", "Read your organizations", "See your organizations and teams."))
}

/// The scopes of the `X-OAuth-Scopes` header: a comma and a space between them; empty means none.
pub(crate) fn granted(header: &str) -> Vec<String> {
    header.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn granted_scopes_are_read_from_the_header() {
        assert_eq!(granted("repo, user:email"), ["repo", "user:email"]);
        assert_eq!(granted(""), Vec::<String>::new());
    }
}
