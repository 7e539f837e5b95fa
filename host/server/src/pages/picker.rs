//! The service picker: what one has already, then what can be connected, found by word or by kind, with script or without.

use std::collections::BTreeSet;

use axum::response::Response;
use data_encoding::BASE64;
use http::StatusCode;
use jackfield_model::connection::Connection;
use maud::{Markup, html};
use url::form_urlencoded;

use super::{frameable, layout::Frame, site::Site};
use crate::service::{PickPage, ServiceOffer};

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

/// The services of a picker, wherever it stands.
pub(super) struct Services<'a> {
    /// Where it stands.
    pub(super) site: &'a Site,
    /// Its address.
    pub(super) at: &'a str,
    /// Everything there is.
    pub(super) offers: &'a [ServiceOffer],
    /// What is looked for.
    pub(super) looking: &'a Looking,
    /// Whether it is framed, so that what follows opens outside of the frame.
    pub(super) framed: bool,
}

impl Services<'_> {
    /// The search, the kinds and the services.
    pub(super) fn markup(&self) -> Markup {
        let words = &self.site.words;
        let shown: Vec<&ServiceOffer> = self.offers.iter().filter(|offer| self.is_wanted(offer)).collect();
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
            ul class="services" id="services" { @for offer in shown { (self.service(offer)) } }
        }
    }

    fn is_wanted(&self, offer: &ServiceOffer) -> bool {
        let kind = self.looking.kind.as_ref().is_none_or(|kind| offer.categories.contains(kind));
        kind && self.searched(offer).contains(&self.looking.word.trim().to_lowercase())
    }

    /// What a word is looked for in.
    fn searched(&self, offer: &ServiceOffer) -> String {
        let kinds: Vec<String> = offer.categories.iter().map(|kind| self.kind(kind)).collect();
        format!("{} {} {} {}", offer.title, offer.connector, offer.description, kinds.join(" ")).to_lowercase()
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
        let kinds: BTreeSet<&String> = self.offers.iter().flat_map(|offer| &offer.categories).collect();
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

    fn service(&self, offer: &ServiceOffer) -> Markup {
        let target = self.framed.then_some("_top");
        let window = self.framed.then_some("");
        html! {
            li data-words=(self.searched(offer)) {
                a class="service" href={ (self.at) "?" (query("service", &offer.connector)) } target=[target]
                    data-window=[window] {
                    (icon(&offer.title, offer.icon.as_deref()))
                    span { strong { (offer.title) } @if !offer.description.is_empty() { small { (offer.description) } } }
                }
            }
        }
    }
}

fn query(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// A picture where the connector has one, else the first letter. As an image a picture runs nothing and fetches nothing.
fn icon(title: &str, svg: Option<&str>) -> Markup {
    html! {
        span class="icon" aria-hidden="true" {
            @if let Some(svg) = svg {
                img src={ "data:image/svg+xml;base64," (BASE64.encode(svg.as_bytes())) } alt="";
            } @else {
                (title.chars().next().unwrap_or('?').to_uppercase())
            }
        }
    }
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
    let offer = page.offers.iter().find(|offer| offer.connector == connection.connector);
    let title = offer.map_or(connection.connector.as_str(), |offer| offer.title.as_str());
    let account = connection.account.as_ref().map(|account| account.label.as_str());
    // Told in the frame where somebody listens; else the whole window goes back to the application.
    let target = (framed && page.session.opener.is_none()).then_some("_top");
    let named = site.words.tell("connect-pick-use-named", &[("name", connection.name.as_str().into())]);
    html! {
        li {
            (icon(title, offer.and_then(|offer| offer.icon.as_deref())))
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
