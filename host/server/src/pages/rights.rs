//! What will be allowed, in words: the chosen actions, and each scope with the actions that need it.

use std::collections::BTreeSet;

use jackfield_model::{
    manifest::{Access, Action, Manifest, Method, MethodKind},
    scope::{ScopeSet, closure},
};
use maud::{Markup, html};

use crate::{service::ScopeWords, words::Words};

/// A scope that will be asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    words: &'a ScopeWords,
    /// Titles of the chosen actions that are not possible without it.
    needed_by: Vec<&'a str>,
}

/// What a page says about access rights.
pub(super) struct Rights<'a> {
    pub(super) words: &'a Words,
    pub(super) tenant: &'a str,
    pub(super) manifest: &'a Manifest,
    pub(super) method: &'a Method,
    pub(super) chosen: &'a BTreeSet<String>,
    pub(super) scopes: &'a [ScopeWords],
}

impl<'a> Rights<'a> {
    /// The section of the page.
    pub(super) fn markup(&self) -> Markup {
        let words = self.words;
        let provider = &self.manifest.presentation.title;
        let actions: Vec<&Action> = self.actions().collect();
        html! {
            @if !actions.is_empty() {
                section class="rights" {
                    h2 { (words.tell("rights-will-do", &[("tenant", self.tenant.into())])) }
                    ul { @for action in actions { (line(words, action)) } }
                }
            }
            @if self.asks_for_scopes() {
                section class="rights" {
                    h2 { (words.tell("rights-asked", &[("provider", provider.into())])) }
                    ul {
                        @for asked in self.asked() {
                            li {
                                strong { (asked.words.title) }
                                @if !asked.words.description.is_empty() { p { (asked.words.description) } }
                                @if !asked.needed_by.is_empty() {
                                    @let actions = asked.needed_by.join(", ");
                                    p class="quiet" { (words.tell("rights-needed-for", &[("actions", actions.into())])) }
                                }
                            }
                        }
                    }
                    @let included = self.included();
                    @if !included.is_empty() {
                        p class="quiet" { (words.tell("rights-includes", &[("rights", included.join(", ").into())])) }
                    }
                }
            } @else {
                p class="note" { (self.without_scopes()) }
            }
        }
    }

    /// The chosen actions, in the manifest's order.
    fn actions(&self) -> impl Iterator<Item = &'a Action> + use<'a> {
        let chosen = self.chosen;
        self.manifest.actions.iter().filter(move |action| chosen.contains(&action.id))
    }

    fn asks_for_scopes(&self) -> bool {
        self.method.kind.oauth2().is_some() && !self.scopes.is_empty()
    }

    fn without_scopes(&self) -> String {
        let key = match self.method.kind {
            MethodKind::ApiToken { .. } => "rights-token-all",
            MethodKind::Basic(_) => "rights-password-all",
            MethodKind::OAuth2Code(_) => "rights-provider-all",
            MethodKind::ClientCredentials(_) => "rights-machine",
        };
        let provider = &self.manifest.presentation.title;
        self.words.tell(key, &[("tenant", self.tenant.into()), ("provider", provider.into())])
    }

    fn asked(&self) -> Vec<Asked<'a>> {
        let requested: ScopeSet = self.scopes.iter().map(|words| words.id.clone()).collect();
        let place = |words: &&ScopeWords| self.manifest.scopes.iter().position(|scope| scope.id == words.id);
        let mut scopes: Vec<&ScopeWords> = self.scopes.iter().collect();
        scopes.sort_by_key(place);
        scopes.into_iter().map(|words| Asked { words, needed_by: self.needing(&requested, &words.id) }).collect()
    }

    /// The chosen actions that would not be possible without one scope.
    fn needing(&self, requested: &ScopeSet, scope: &str) -> Vec<&'a str> {
        let mut others = requested.clone();
        others.remove(scope);
        let (with, without) = (closure(self.manifest, requested), closure(self.manifest, &others));
        let needing = self.actions().filter(|action| possible(action, &with) && !possible(action, &without));
        needing.map(|action| action.title.as_str()).collect()
    }

    /// Titles of the scopes that come with those asked for.
    fn included(&self) -> Vec<&'a str> {
        let requested: ScopeSet = self.scopes.iter().map(|words| words.id.clone()).collect();
        let all = closure(self.manifest, &requested);
        let implied =
            self.manifest.scopes.iter().filter(|scope| all.contains(&scope.id) && !requested.contains(&scope.id));
        implied.map(|scope| scope.title.as_str()).collect()
    }
}

fn possible(action: &Action, scopes: &ScopeSet) -> bool {
    action.any_of.iter().any(|set| set.iter().all(|scope| scopes.contains(scope)))
}

/// An action as a line of a list, with how strong it is.
fn line(words: &Words, action: &Action) -> Markup {
    let (class, word) = match action.access {
        Access::Read => ("tag read", "rights-reads"),
        Access::Write => ("tag write", "rights-changes"),
        Access::Admin => ("tag admin", "rights-manages"),
    };
    html! {
        li {
            strong { (action.title) } " " span class=(class) { (words.say(word)) }
            @if !action.description.is_empty() { p { (action.description) } }
        }
    }
}
