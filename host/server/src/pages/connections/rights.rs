//! Access rights of a connection: what was asked, given, brought along and left out, which action each serves, and how to add one.

use std::collections::BTreeMap;

use jackfield_model::{connection::Connection, manifest::Access, status::Status};
use maud::{Markup, html};

use super::{
    super::{layout::marked, signed_in::SignedIn},
    grid::grid,
};
use crate::{
    service::{ActionWords, Permissions, Right},
    words::Words,
};

/// The section and what it is drawn from.
pub(super) struct Rights<'a> {
    /// Who looks.
    pub(super) by: &'a SignedIn,
    /// The connection.
    pub(super) connection: &'a Connection,
    /// What it may do.
    pub(super) permissions: &'a Permissions,
    /// The provider's name.
    pub(super) provider: &'a str,
}

impl Rights<'_> {
    /// The section.
    pub(super) fn markup(&self) -> Markup {
        let (words, permissions) = (&self.by.site.words, self.permissions);
        html! {
            section class="pane" id="rights" aria-labelledby="rights-title" {
                h2 id="rights-title" { (words.say("rights-title")) }
                @if !permissions.limited {
                    p class="note" { (words.tell("rights-unlimited", &[("provider", self.provider.into())])) }
                } @else if !permissions.stated {
                    p class="quiet" { (words.tell("rights-unstated", &[("provider", self.provider.into())])) }
                }
                (self.chosen())
                (self.list("rights-missing-title", &permissions.missing))
                (self.list("rights-granted-title", &permissions.granted))
                (self.list("rights-implied-title", &permissions.implied))
                (self.list("rights-unasked-title", &permissions.unasked))
                (self.requested())
                (grid(words, permissions))
                (self.further())
            }
        }
    }

    /// What the connection was made for, and whether it can do it.
    fn chosen(&self) -> Markup {
        let words = &self.by.site.words;
        let chosen: Vec<&ActionWords> = self.permissions.actions.iter().filter(|action| action.chosen).collect();
        html! {
            h3 { (words.say("rights-actions")) }
            @if chosen.is_empty() { p class="quiet" { (words.say("rights-actions-none")) } }
            ul class="plain-list" {
                @for action in chosen {
                    li {
                        strong { (action.title) } " " (access(&self.by.site.words, action.access)) " "
                        @if action.allowed {
                            span class="tag right-granted" { (words.say("rights-allowed")) }
                        } @else {
                            span class="tag right-missing" { (words.say("rights-blocked")) }
                            p class="lacking" { (words.tell("rights-lacks", &[("rights", self.titles(&action.missing).into())])) }
                        }
                        @if !action.description.is_empty() { p class="quiet" { (action.description) } }
                    }
                }
            }
        }
    }

    fn list(&self, title: &str, rights: &[Right]) -> Markup {
        let words = &self.by.site.words;
        html! {
            @if !rights.is_empty() {
                h3 { (words.say(title)) }
                ul class="plain-list" {
                    @for right in rights {
                        li {
                            strong { (right.words.title) }
                            @if !right.words.description.is_empty() { p { (right.words.description) } }
                            @let serves = self.served(right);
                            @if !serves.is_empty() {
                                p class="quiet" { (words.tell("rights-serves", &[("actions", serves.into())])) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What was asked for, where that is not simply what was given.
    fn requested(&self) -> Markup {
        let words = &self.by.site.words;
        let titles: Vec<&str> = self.permissions.requested.iter().map(|right| right.words.title.as_str()).collect();
        html! {
            @if !titles.is_empty() {
                p class="quiet" { (words.tell("rights-requested", &[("rights", titles.join(", ").into())])) }
            }
        }
    }

    /// Actions it was not made for: what each would need, and a way to add them.
    fn further(&self) -> Markup {
        let words = &self.by.site.words;
        let further: Vec<&ActionWords> =
            self.permissions.actions.iter().filter(|action| !action.chosen || !action.allowed).collect();
        let may = self.by.person.may_change(self.connection) && self.connection.status != Status::Revoked;
        html! {
            @if !further.is_empty() && may {
                details id="add" {
                    summary { (words.say("rights-add")) }
                    form method="post" action={ "/connections/" (self.connection.id) "/reauthorize" } {
                        (marked(self.by))
                        fieldset {
                            legend { (words.say("rights-add-which")) }
                            @for (place, action) in further.iter().enumerate() {
                                div class="choice" {
                                    input type="checkbox" name="action" id={ "action-" (place) } value=(action.id) checked[action.chosen];
                                    label for={ "action-" (place) } {
                                        (action.title) " " (access(&self.by.site.words, action.access))
                                        @if !action.description.is_empty() { span class="quiet line" { (action.description) } }
                                        span class="quiet line" { (self.needs(action)) }
                                    }
                                }
                            }
                        }
                        p class="quiet" { (words.tell("rights-add-how", &[("provider", self.provider.into())])) }
                        button type="submit" class="button" { (words.tell("rights-add-go", &[("provider", self.provider.into())])) }
                    }
                }
            }
        }
    }

    fn needs(&self, action: &ActionWords) -> String {
        let words = &self.by.site.words;
        if action.missing.is_empty() {
            return words.say("rights-needs-nothing");
        }
        words.tell("rights-would-need", &[("rights", self.titles(&action.missing).into())])
    }

    /// Titles of the actions a permission serves, those the connection was made for first.
    fn served(&self, right: &Right) -> String {
        let served = self.permissions.actions.iter().filter(|action| right.serves.contains(&action.id));
        let (chosen, others): (Vec<_>, Vec<_>) = served.partition(|action| action.chosen);
        let shown = if chosen.is_empty() { others } else { chosen };
        shown.iter().map(|action| action.title.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Permissions in words, where anything on this page has words for them.
    fn titles(&self, ids: &[String]) -> String {
        let permissions = self.permissions;
        let known = [&permissions.requested, &permissions.granted, &permissions.implied, &permissions.missing];
        let known: BTreeMap<&str, &str> = known
            .into_iter()
            .flatten()
            .chain(&permissions.unasked)
            .map(|right| (right.words.id.as_str(), right.words.title.as_str()))
            .collect();
        let title =
            |id: &String| known.get(id.as_str()).map_or_else(|| self.described(id), |title| (*title).to_owned());
        ids.iter().map(title).collect::<Vec<_>>().join(", ")
    }

    fn described(&self, id: &str) -> String {
        let further = self.permissions.further.iter().find(|words| words.id == id);
        further.map_or_else(|| id.to_owned(), |words| words.title.clone())
    }
}

/// How strong an action is, as a word.
pub(super) fn access(words: &Words, access: Access) -> Markup {
    let (class, key) = match access {
        Access::Read => ("tag read", "rights-reads"),
        Access::Write => ("tag write", "rights-changes"),
        Access::Admin => ("tag admin", "rights-manages"),
    };
    html! { span class=(class) { (words.say(key)) } }
}
