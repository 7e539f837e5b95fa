//! What a scenario does with Facebook: the permissions each action needs, and its requests.

use jackfield_sdk::{Action, Manifest};

/// Adds the actions to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    manifest
        .action(Action::read("read-profile", "Read your profile").needs(&["public_profile"]).get("graph", "/v25.0/me"))
        .action(
            Action::read("read-email", "Read your email address")
                .description("Facebook answers it as the field `email` of your profile.")
                .needs(&["email"])
                .get("graph", "/v25.0/me"),
        )
        .action(Action::read("list-posts", "List your posts").needs(&["user_posts"]).get("graph", "/v25.0/me/posts"))
        .action(
            Action::read("list-photos", "List your photos").needs(&["user_photos"]).get("graph", "/v25.0/me/photos"),
        )
        .action(
            Action::read("list-pages", "List the pages you manage")
                .description("Facebook's answer holds an access token for each page.")
                .needs(&["pages_show_list"])
                .get("graph", "/v25.0/me/accounts"),
        )
        .action(
            Action::read("read-advertising", "Read your advertising")
                .needs(&["ads_read"])
                .get("graph", "/v25.0/me/adaccounts")
                .get("graph", "/v25.0/*/insights"),
        )
}
