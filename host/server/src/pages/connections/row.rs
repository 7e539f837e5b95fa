//! One connection of the list: what it is, how it stands, and what can be done to it from there.

use jackfield_model::{
    connection::Connection,
    connector::Connector,
    expiry::Expiry,
    person::Role,
    scope::{blocked, closure},
    status::Status,
};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{
    super::{
        icon::icon,
        layout::marked,
        signed_in::SignedIn,
        when::{when, when_ever},
    },
    standing::{self, Step},
    told,
};
use crate::words::Words;

/// A row and what it is drawn from.
pub(super) struct Row<'a> {
    /// Who looks.
    pub(super) by: &'a SignedIn,
    /// The connection.
    pub(super) connection: &'a Connection,
    /// Its connector, where it is installed.
    pub(super) connector: Option<&'a Connector>,
    /// The address of the list, to come back to.
    pub(super) back: &'a str,
    /// What was done just now.
    pub(super) told: Option<&'a str>,
    /// Now.
    pub(super) now: Timestamp,
}

impl Row<'_> {
    /// The row. On a telephone its cells are lines of a card, each with its label.
    pub(super) fn markup(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let verified = connection.verification.as_ref();
        html! {
            tr id=(connection.id) {
                th scope="row" class="what" { (self.what()) }
                @if self.by.person.role == Role::Administrator {
                    td data-label=(words.say("connections-person")) { (owner(words, connection)) }
                }
                td data-label=(words.say("connections-account")) { (account(words, connection)) }
                td data-label=(words.say("connections-status")) { (standing::badge(words, connection.status)) }
                td data-label=(words.say("connections-rights")) { (self.rights()) }
                td data-label=(words.say("connections-verified")) {
                    span { (when_ever(words, verified.map(|last| last.at), self.now)) }
                }
                td data-label=(words.say("connections-ends")) { (ends(words, connection.clocks.grant, self.now)) }
                td class="do" { (self.actions()) }
            }
            @if let Some(told) = self.told.and_then(|told| told::told(words, told, connection)) {
                tr class="result" id={ "told-" (connection.id) } {
                    td colspan=(if self.by.person.role == Role::Administrator { 8 } else { 7 }) { (told) }
                }
            }
        }
    }

    fn what(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let manifest = self.connector.map(|connector| &connector.manifest);
        let title = manifest.map_or(connection.connector.as_str(), |manifest| manifest.presentation.title.as_str());
        html! {
            span class="with-icon" {
                (icon(&connection.connector, manifest))
                span {
                    a class="name" href={ "/connections/" (connection.id) } { (connection.name) }
                    span class="quiet line" {
                        (title)
                        @if connection.end_user.is_none() { " · " (words.say("connection-shared")) }
                    }
                }
            }
        }
    }

    /// How many of the actions it was made for its grant allows.
    fn rights(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let Some(manifest) = self.connector.map(|connector| &connector.manifest) else { return html! { "–" } };
        let chosen = connection.actions.len();
        if chosen == 0 {
            let scopes = closure(manifest, &connection.grant.granted).len();
            return html! { (words.tell("connections-rights-scopes", &[("n", scopes.into())])) };
        }
        let lacking = blocked(manifest, &connection.grant.granted);
        let lacking = lacking.iter().filter(|one| connection.actions.contains(&one.action)).count();
        let values = [("n", (chosen - lacking.min(chosen)).into()), ("m", chosen.into())];
        let text = words.tell("connections-rights-of", &values);
        html! { span class=[(lacking > 0).then_some("lacking")] { (text) } }
    }

    fn actions(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let named = [("name", connection.name.clone().into())];
        let step = standing::step(connection);
        if !self.by.person.may_change(connection) {
            return html! {
                a href={ "/connections/" (connection.id) } {
                    (words.say("connection-details")) span class="spoken" { " " (connection.name) }
                }
            };
        }
        html! {
            div class="buttons" {
                @match step {
                    Step::Choose => { a class="button small-button" href={ "/connections/" (connection.id) "#target" } { (words.say("connection-choose")) } },
                    Step::Anew => { a class="button small-button" href={ "/connections/new/" (connection.connector) } { (words.say("connection-anew")) } },
                    _ => {
                        @if connection.status != Status::Revoked { (self.verify(step)) }
                        (self.reauthorize(step))
                    },
                }
                details class="rename" {
                    summary aria-label=(words.tell("connection-rename-of", &named)) { (words.say("connection-rename")) }
                    form method="post" action={ "/connections/" (connection.id) "/rename" } {
                        (marked(self.by))
                        input type="hidden" name="back" value=(self.back);
                        label for={ "name-" (connection.id) } { (words.say("connection-new-name")) }
                        input type="text" id={ "name-" (connection.id) } name="name" value=(connection.name) maxlength="120" required autocomplete="off";
                        button type="submit" class="button small-button" { (words.say("connection-save")) }
                    }
                }
                a class="danger" href={ "/connections/" (connection.id) "/delete" } aria-label=(words.tell("connection-delete-of", &named)) {
                    (words.say("connection-delete"))
                }
            }
        }
    }

    fn verify(&self, step: Step) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let class = if step == Step::Verify { "button small-button" } else { "button quiet-button small-button" };
        let label = words.tell("connection-verify-of", &[("name", connection.name.clone().into())]);
        html! {
            form method="post" action={ "/connections/" (connection.id) "/verify" } class="inline verify" {
                (marked(self.by))
                input type="hidden" name="back" value=(self.back);
                button type="submit" class=(class) aria-label=(label) { (words.say("connection-verify")) }
            }
        }
    }

    fn reauthorize(&self, step: Step) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let class = if step == Step::Reauthorize { "button small-button" } else { "button quiet-button small-button" };
        let label = words.tell("connection-reauthorize-of", &[("name", connection.name.clone().into())]);
        html! {
            form method="post" action={ "/connections/" (connection.id) "/reauthorize" } class="inline" {
                (marked(self.by))
                button type="submit" class=(class) aria-label=(label) { (words.say("connection-reauthorize")) }
            }
        }
    }
}

/// Whose a connection is here.
pub(super) fn owner(words: &Words, connection: &Connection) -> Markup {
    html! {
        @match &connection.end_user {
            Some(user) => (user),
            None => (words.say("connection-shared")),
        }
    }
}

/// Whose it is at the provider.
pub(super) fn account(words: &Words, connection: &Connection) -> Markup {
    html! {
        @match &connection.account {
            Some(account) => (account.label),
            None => span class="quiet" { (words.say("connection-account-unknown")) },
        }
    }
}

/// When its permission ends, as far as anybody knows.
pub(super) fn ends(words: &Words, end: Option<Expiry>, now: Timestamp) -> Markup {
    html! {
        @match end {
            Some(end) => (when(words, end.at, now)),
            None => span class="quiet" { (words.say("connection-ends-never")) },
        }
    }
}
