//! The frame of every page: whose it is, where else one can go, what is on it, and the small print.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jackfield_model::{brand::Links, person::Role};
use maud::{DOCTYPE, Markup, html};

use super::{guard, link, signed_in::SignedIn, site::Site, submission::MARK};

/// A page.
pub(super) struct Frame<'a> {
    site: &'a Site,
    title: &'a str,
    seen_by: Option<&'a SignedIn>,
    onward: Option<&'a str>,
    wide: bool,
    here: &'a str,
}

impl<'a> Frame<'a> {
    /// A narrow page with a title.
    pub(super) fn of(site: &'a Site, title: &'a str) -> Self {
        Self { site, title, seen_by: None, onward: None, wide: false, here: "" }
    }

    /// For somebody who is signed in: with the menu.
    pub(super) fn seen_by(self, person: &'a SignedIn) -> Self {
        Self { seen_by: Some(person), ..self }
    }

    /// As wide as the window: for lists.
    pub(super) fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// The path of the menu's entry this page belongs to.
    pub(super) fn here(self, path: &'a str) -> Self {
        Self { here: path, ..self }
    }

    /// Goes on to this URL by itself.
    pub(super) fn onward(self, url: &'a str) -> Self {
        Self { onward: Some(url), ..self }
    }

    /// The page with this on it.
    pub(super) fn answer(&self, status: StatusCode, main: &Markup) -> Response {
        guard((status, self.markup(main)).into_response())
    }

    /// The page as HTML.
    pub(super) fn markup(&self, main: &Markup) -> Markup {
        let words = &self.site.words;
        html! {
            (DOCTYPE)
            html lang=(words.language()) {
                (self.head())
                body class={ @if self.wide { "wide" } @else { "narrow" } } {
                    a class="skip" href="#content" { (words.say("page-skip")) }
                    (self.top())
                    main id="content" class="card" tabindex="-1" { (main) }
                    (self.foot())
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let title =
            self.site.words.tell("page-title", &[("title", self.title.into()), ("brand", self.site.name().into())]);
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex, nofollow";
                @if let Some(url) = self.onward { meta http-equiv="refresh" content={ "0;url=" (url) }; }
                title { (title) }
                link rel="stylesheet" href="/assets/page.css";
                @if let Some(tenant) = &self.site.tenant {
                    link rel="stylesheet" href={ "/assets/brand/" (tenant.id) ".css" };
                    @if let Some(favicon) = &tenant.brand.favicon {
                        link rel="icon" type=(favicon.media_type) href={ "/assets/brand/" (tenant.id) "/" (favicon.digest) };
                    } @else {
                        link rel="icon" href="data:,";
                    }
                } @else {
                    link rel="icon" href="data:,";
                }
                script src="/assets/page.js" defer {}
            }
        }
    }

    fn top(&self) -> Markup {
        let logo = self.site.tenant.as_ref().and_then(|tenant| Some((tenant.id, tenant.brand.logo.as_ref()?)));
        html! {
            header class="top" {
                p class="brand" {
                    @if let Some((tenant, logo)) = logo {
                        img class="logo" src={ "/assets/brand/" (tenant) "/" (logo.digest) } alt="";
                    }
                    span { (self.site.name()) }
                }
                @if let Some(person) = self.seen_by { (self.menu(person)) }
            }
        }
    }

    fn menu(&self, person: &SignedIn) -> Markup {
        let words = &self.site.words;
        html! {
            nav aria-label=(words.say("page-main-menu")) class="menu" {
                @for (path, label) in entries(person) {
                    a href=(path) aria-current=[(path == self.here).then_some("page")] { (label) }
                }
            }
            div class="who" {
                span { (words.tell("page-signed-in-as", &[("name", person.name().into())])) }
                form method="post" action="/sign-out" class="inline" {
                    (marked(person))
                    button type="submit" class="plain" { (words.say("page-sign-out")) }
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        let words = &self.site.words;
        let none = Links::default();
        let links = self.site.brand().map_or(&none, |brand| &brand.links);
        let shown = [
            (&links.support, "page-support"),
            (&links.terms, "page-terms"),
            (&links.privacy, "page-privacy"),
            (&links.imprint, "page-imprint"),
        ];
        html! {
            footer class="foot" {
                @for (url, label) in shown {
                    @if let Some(url) = url.as_deref().and_then(link::to_person) {
                        a href=(url) rel="noreferrer" { (words.say(label)) }
                    }
                }
                a href="/language" { (words.say("page-language")) ": " (words.say("language-name")) }
            }
        }
    }
}

/// Where somebody can go.
fn entries(person: &SignedIn) -> Vec<(&'static str, String)> {
    let words = &person.site.words;
    let pages: &[(&'static str, &'static str)] = match person.person.role {
        Role::EndUser => &[("/connections", "page-connections"), ("/connections/new", "page-new")],
        Role::Administrator => &[
            ("/connections", "page-connections"),
            ("/connections/new", "page-new"),
            ("/admin/clients", "admin-clients"),
            ("/admin/webhooks", "admin-webhooks"),
            ("/admin/brand", "admin-brand"),
            ("/admin/audit", "admin-audit"),
        ],
        Role::Operator => &[
            ("/admin/connectors", "admin-connectors"),
            ("/admin/clients", "admin-clients"),
            ("/admin/tenants", "admin-tenants"),
            ("/admin/keys", "admin-keys"),
            ("/admin/audit", "admin-audit"),
        ],
    };
    pages.iter().map(|(path, key)| (*path, words.say(key))).collect()
}

/// The input that shows a form to be ours.
pub(super) fn marked(person: &SignedIn) -> Markup {
    html! { input type="hidden" name=(MARK) value=(person.mark); }
}
