//! Facebook's permissions in words (<https://developers.facebook.com/docs/permissions>), and which of them somebody granted.

use jackfield_sdk::{Failure, Json, Manifest, Scope};

/// Adds the scopes to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    manifest
        .scope(Scope::new("public_profile", "Your profile", "See your name and picture.").always())
        .scope(Scope::new("email", "Your email address", "See the email address of your account."))
        .scope(Scope::new("user_posts", "Your posts", "See the posts on your timeline."))
        .scope(Scope::new("user_photos", "Your photos", "See photos you uploaded or are tagged in."))
        .scope(Scope::new("pages_show_list", "Your pages", "See the pages you manage."))
        .scope(Scope::new("ads_read", "Your advertising", "See your advertising accounts and how advertisements do."))
}

/// The granted ones of `/me/permissions`; a declined or expired permission is listed too, and is not granted.
pub(crate) fn granted(permissions: &Json) -> Result<Vec<String>, Failure> {
    let mut granted = Vec::new();
    for permission in permissions.list("/data")? {
        if permission.text("/status")? == "granted" {
            granted.push(permission.text("/permission")?);
        }
    }
    Ok(granted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn what_was_declined_is_not_granted() {
        let text = br#"{"data":[{"permission":"email","status":"declined"},{"permission":"public_profile","status":"granted"}]}"#;
        assert_eq!(granted(&Json::read(text).unwrap()).unwrap(), ["public_profile"]);
        assert_eq!(granted(&Json::read(b"{}").unwrap()).unwrap_err().code, "unexpected-answer");
    }
}
