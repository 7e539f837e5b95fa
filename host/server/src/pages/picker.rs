//! The service picker: what one has already, then what can be connected, found by word or by kind, with script or without.

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use jackfield_model::connection::Connection;
use maud::{Markup, html};
use url::form_urlencoded;

use super::{frameable, icon::icon, layout::Frame, site::Site};
use crate::service::{Offer, PickPage};

/// What somebody looks for.
#[derive(Debug, Default)]
pub(super) struct Looking {
    /// A word.
    pub(super) word: String,
    /// A kind of service.
    pub(super) kind: Option<String>,
}

impl Looking {
    /// Reads the query of a picker's address.
    pub(super) fn read(query: Option<&str>) -> Self {
        let mut looking = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "q" => looking.word = value.chars().take(100).collect(),
                "kind" => looking.kind = Some(value.into_owned()).filter(|kind| !kind.is_empty()),
                _ => {}
            }
        }
        looking
    }
}

/// The services of a picker.
struct Services<'a> {
    /// Where it stands.
    site: &'a Site,
    /// Its address.
    at: &'a str,
    /// Everything there is.
    offers: &'a [Offer],
    /// What is looked for.
    looking: &'a Looking,
    /// Whether it is framed, so that what follows opens outside of the frame.
    framed: bool,
}

impl Services<'_> {
    /// The search, the kinds and the services.
    fn markup(&self) -> Markup {
        let words = &self.site.words;
        let shown: Vec<&Offer> = self.offers.iter().filter(|offer| self.is_wanted(offer)).collect();
        html! {
            form method="get" action=(self.at) role="search" class="search" {
                label for="service-search" { (words.say("connect-pick-search")) }
                input type="search" id="service-search" name="q" value=(self.looking.word) maxlength="100"
                    autocomplete="off" data-narrows="services";
                @if let Some(kind) = &self.looking.kind { input type="hidden" name="kind" value=(kind); }
                button type="submit" class="button quiet-button" { (words.say("connect-pick-search-button")) }
            }
            (self.kinds())
            p class="quiet" id="services-found" role="status" data-none=(words.say("connect-pick-none"))
                data-some=(self.counts(shown.len())) {
                @if shown.is_empty() { (words.say("connect-pick-none")) } @else { (self.count(shown.len())) }
            }
            ul class="picks" id="services" { @for offer in shown { (self.service(offer)) } }
        }
    }

    fn is_wanted(&self, offer: &Offer) -> bool {
        let kind = self.looking.kind.as_ref().is_none_or(|kind| categories(offer).contains(kind));
        kind && self.searched(offer).contains(&self.looking.word.trim().to_lowercase())
    }

    /// What a word is looked for in.
    fn searched(&self, offer: &Offer) -> String {
        let presentation = &offer.connector.manifest.presentation;
        let kinds: Vec<String> = categories(offer).iter().map(|kind| self.kind(kind)).collect();
        let (title, description) = (&presentation.title, &presentation.description);
        format!("{title} {} {description} {}", offer.connector.name, kinds.join(" ")).to_lowercase()
    }

    fn count(&self, n: usize) -> String {
        self.site.words.tell("connect-pick-found", &[("n", n.into())])
    }

    /// The sentence for each number the script may come to.
    fn counts(&self, most: usize) -> String {
        (1..=most).map(|n| self.count(n)).collect::<Vec<_>>().join("|")
    }

    fn kind(&self, kind: &str) -> String {
        self.site.words.perhaps(&format!("category-{kind}")).unwrap_or_else(|| kind.to_owned())
    }

    fn kinds(&self) -> Markup {
        let words = &self.site.words;
        let kinds: BTreeSet<&String> = self.offers.iter().flat_map(categories).collect();
        let current = |kind: Option<&String>| (kind == self.looking.kind.as_ref()).then_some("true");
        html! {
            @if kinds.len() > 1 {
                nav aria-label=(words.say("connect-pick-categories")) class="kinds" {
                    a href=(self.at) aria-current=[current(None)] { (words.say("connect-pick-all")) }
                    @for kind in kinds {
                        a href={ (self.at) "?" (query("kind", kind)) } aria-current=[current(Some(kind))] { (self.kind(kind)) }
                    }
                }
            }
        }
    }

    fn service(&self, offer: &Offer) -> Markup {
        let manifest = &offer.connector.manifest;
        let target = self.framed.then_some("_top");
        let window = self.framed.then_some("");
        html! {
            li data-words=(self.searched(offer)) {
                a class="pick-card" href={ (self.at) "?" (query("service", &manifest.name)) } target=[target]
                    data-window=[window] {
                    (icon(&manifest.name, Some(manifest)))
                    span {
                        strong { (manifest.presentation.title) }
                        @if !manifest.presentation.description.is_empty() { small { (manifest.presentation.description) } }
                    }
                }
            }
        }
    }
}

fn categories(offer: &Offer) -> &[String] {
    &offer.connector.manifest.presentation.categories
}

fn query(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// The picker behind a link; the tenant's own applications may frame it.
pub(super) fn of_link(site: &Site, page: &PickPage, link: &str, looking: &Looking, framed: bool) -> Response {
    let words = &site.words;
    let title = words.say("connect-pick-title");
    let at = format!("/connect/{link}");
    let tenant = [("tenant", page.tenant.name.as_str().into())];
    let services = Services { site, at: &at, offers: &page.offers, looking, framed };
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.tell("connect-pick-lead", &tenant)) }
        @if !page.had.is_empty() {
            h2 { (words.say("connect-pick-had")) }
            ul class="had" { @for connection in &page.had { (had(site, page, connection, &at, framed)) } }
            h2 { (words.say("connect-pick-new")) }
        }
        @if page.offers.is_empty() {
            p class="note" { (words.tell("connect-pick-empty", &tenant)) }
        } @else {
            (services.markup())
        }
        p class="quiet" { (words.tell("connect-opened-by", &tenant)) }
    };
    frameable(Frame::of(site, &title).answer(StatusCode::OK, &main), &page.tenant.brand.origins)
}

fn had(site: &Site, page: &PickPage, connection: &Connection, at: &str, framed: bool) -> Markup {
    let mut manifests = page.offers.iter().map(|offer| &offer.connector.manifest);
    let manifest = manifests.find(|manifest| manifest.name == connection.connector);
    let title = manifest.map_or(connection.connector.as_str(), |manifest| manifest.presentation.title.as_str());
    let account = connection.account.as_ref().map(|account| account.label.as_str());
    // Told in the frame where somebody listens; else the whole window goes back to the application.
    let target = (framed && page.session.opener.is_none()).then_some("_top");
    let named = site.words.tell("connect-pick-use-named", &[("name", connection.name.as_str().into())]);
    html! {
        li {
            (icon(&connection.connector, manifest))
            span {
                strong { (connection.name) }
                small { (title) @if let Some(account) = account { " · " (account) } }
            }
            form method="post" action=(at) target=[target] {
                button type="submit" name="take" value=(connection.id) class="button quiet-button small-button"
                    aria-label=(named) { (site.words.say("connect-pick-use")) }
            }
        }
    }
}
