//! What a scenario does with Google: the scopes each action needs, smallest first, and its requests, as the references at
//! <https://developers.google.com/workspace> list them.

use jackfield_sdk::{Action, Manifest};

use crate::scopes::{CALENDARS, DRIVE_READ, EVENTS, EVENTS_READ, FILE, MAIL, MAIL_READ, MAIL_SEND, PROFILE, SIGN_IN};

/// Adds the actions to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    let manifest = manifest
        .action(Action::read("sign-in", "Sign in").needs(&SIGN_IN).get("userinfo", "/v1/userinfo"))
        .action(Action::read("read-profile", "Read your profile").needs(&[PROFILE]).get("userinfo", "/v1/userinfo"));
    drive(calendar(mail(manifest)))
}

fn mail(manifest: Manifest) -> Manifest {
    manifest
        .action(
            Action::read("read-mail", "Read your mail")
                .needs(&[MAIL_READ])
                .needs(&[MAIL])
                .get("gmail", "/gmail/v1/users/me/profile")
                .get("gmail", "/gmail/v1/users/me/labels")
                .get("gmail", "/gmail/v1/users/me/messages")
                .get("gmail", "/gmail/v1/users/me/messages/*")
                .get("gmail", "/gmail/v1/users/me/messages/*/attachments/*")
                .get("gmail", "/gmail/v1/users/me/threads")
                .get("gmail", "/gmail/v1/users/me/threads/*"),
        )
        .action(
            Action::write("send-mail", "Send mail in your name")
                .needs(&[MAIL_SEND])
                .needs(&[MAIL])
                .post("gmail", "/gmail/v1/users/me/messages/send")
                .post("gmail", "/upload/gmail/v1/users/me/messages/send"),
        )
        .action(
            Action::write("sort-mail", "Sort your mail")
                .needs(&[MAIL])
                .post("gmail", "/gmail/v1/users/me/messages/*/modify")
                .post("gmail", "/gmail/v1/users/me/messages/*/trash"),
        )
}

fn calendar(manifest: Manifest) -> Manifest {
    manifest
        .action(
            Action::read("list-calendars", "List your calendars")
                .needs(&[CALENDARS])
                .get("apis", "/calendar/v3/users/me/calendarList"),
        )
        .action(
            Action::read("read-events", "Read events")
                .needs(&[EVENTS_READ])
                .needs(&[EVENTS])
                .get("apis", "/calendar/v3/calendars/*/events")
                .get("apis", "/calendar/v3/calendars/*/events/*"),
        )
        .action(
            Action::write("write-events", "Create and change events")
                .needs(&[EVENTS])
                .post("apis", "/calendar/v3/calendars/*/events")
                .request(&["PUT", "PATCH", "DELETE"], "apis", "/calendar/v3/calendars/*/events/*"),
        )
}

fn drive(manifest: Manifest) -> Manifest {
    manifest
        .action(
            Action::write("use-chosen-files", "Work with files you choose")
                .description("Only files you open with this app, and those it creates.")
                .needs(&[FILE])
                .request(&["GET", "POST"], "apis", "/drive/v3/files")
                .request(&["GET", "PATCH", "DELETE"], "apis", "/drive/v3/files/*")
                .post("apis", "/upload/drive/v3/files")
                .request(&["PATCH"], "apis", "/upload/drive/v3/files/*"),
        )
        .action(
            Action::read("read-files", "Read all your files")
                .needs(&[DRIVE_READ])
                .get("apis", "/drive/v3/files")
                .get("apis", "/drive/v3/files/*")
                .get("apis", "/drive/v3/files/*/export"),
        )
}
