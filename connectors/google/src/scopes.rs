//! Google's scopes in words: <https://developers.google.com/identity/protocols/oauth2/scopes>. Answers spell `email` and
//! `profile` out, so they are asked for that way.

use jackfield_sdk::{Manifest, Scope};

/// Signing in, and the address of the account.
pub(crate) const SIGN_IN: [&str; 2] = ["openid", "https://www.googleapis.com/auth/userinfo.email"];
/// The profile.
pub(crate) const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
/// Gmail, reading.
pub(crate) const MAIL_READ: &str = "https://www.googleapis.com/auth/gmail.readonly";
/// Gmail, sending.
pub(crate) const MAIL_SEND: &str = "https://www.googleapis.com/auth/gmail.send";
/// Gmail, all but deleting for good.
pub(crate) const MAIL: &str = "https://www.googleapis.com/auth/gmail.modify";
/// Calendar, the list.
pub(crate) const CALENDARS: &str = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
/// Calendar, reading events.
pub(crate) const EVENTS_READ: &str = "https://www.googleapis.com/auth/calendar.events.readonly";
/// Calendar, events.
pub(crate) const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
/// Drive, files of the app's own or opened with it.
pub(crate) const FILE: &str = "https://www.googleapis.com/auth/drive.file";
/// Drive, reading all files.
pub(crate) const DRIVE_READ: &str = "https://www.googleapis.com/auth/drive.readonly";

/// Adds the scopes to the manifest.
pub(crate) fn declare(manifest: Manifest) -> Manifest {
    let [openid, email] = SIGN_IN;
    manifest
        .scope(Scope::new(openid, "Sign in", "Know who you are by an identifier.").always())
        .scope(Scope::new(email, "Your email address", "See the email address of your Google account.").always())
        .scope(Scope::new(PROFILE, "Your profile", "See your name and picture."))
        .scope(Scope::new(MAIL_READ, "Read mail", "See your messages and settings in Gmail."))
        .scope(Scope::new(MAIL_SEND, "Send mail", "Send messages in your name, without reading any."))
        .scope(
            Scope::new(MAIL, "Read, write and send mail", "All of your mail in Gmail, except deleting it for good.")
                .implies(&[MAIL_READ, MAIL_SEND]),
        )
        .scope(Scope::new(CALENDARS, "Your list of calendars", "See which calendars you are subscribed to."))
        .scope(Scope::new(EVENTS_READ, "Read events", "See the events on your calendars."))
        .scope(
            Scope::new(EVENTS, "Change events", "See and change the events on your calendars.").implies(&[EVENTS_READ]),
        )
        .scope(Scope::new(FILE, "Chosen files", "See and change files you open with this app or that it created."))
        .scope(Scope::new(DRIVE_READ, "Read all files", "See and download all your files in Drive."))
}
