//! `/connections`: the list, as its address asks for it.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::{connection::Connection, connector::Connector, person::Role};
use maud::{Markup, html};

use super::{
    super::{redirect, signed_in::OfTenant, signed_in::SignedIn},
    asked::{Asked, SORTS, STATUSES},
    found::failed,
    row::Row,
};
use crate::service::{ListError, Page, Service, Turn};

/// How many a page shows.
const SHOWN: usize = 25;

struct View<'a> {
    by: &'a SignedIn,
    asked: &'a Asked,
    connectors: &'a [Connector],
    page: &'a Page<Connection>,
    now: jiff::Timestamp,
}

/// GET.
pub(super) async fn page(
    State(service): State<Service>,
    OfTenant(by, _): OfTenant,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let asked = Asked::read(query.as_deref());
    let turn = Turn { cursor: asked.cursor.clone(), limit: SHOWN };
    let page = match service.connections_seen(&by.person, asked.looked(by.person.role), &turn).await {
        // An old address begins anew.
        Err(ListError::Cursor | ListError::OldCursor) => return Ok(redirect(StatusCode::SEE_OTHER, &asked.path(None))),
        other => other.map_err(failed)?,
    };
    let connectors = service.connectors().await.map_err(failed)?;
    let view = View { by: &by, asked: &asked, connectors: &connectors, page: &page, now: service.now() };
    let title = by.site.words.say("page-connections");
    Ok(by.frame(&title).wide().here("/connections").answer(StatusCode::OK, &view.markup(&title)))
}

impl View<'_> {
    fn markup(&self, title: &str) -> Markup {
        let words = &self.by.site.words;
        let nothing = self.page.items.is_empty() && self.page.next.is_none() && self.asked.cursor.is_none();
        html! {
            div class="heading" {
                h1 { (title) }
                a class="button" href="/connections/new" { (words.say("page-new")) }
            }
            @if nothing && !self.asked.is_narrowed() {
                div class="nothing-yet" {
                    p class="lead" { (words.say("connections-empty")) }
                    p { (words.say("connections-empty-advice")) }
                    p { a class="button" href="/connections/new" { (words.say("page-new")) } }
                }
            } @else {
                (self.filters())
                div id="told" class="spoken" aria-live="polite" {}
                @if nothing {
                    p class="note" { (words.say("connections-none-fit")) }
                } @else {
                    (self.table())
                    (self.pager())
                }
            }
            @if self.page.unreadable > 0 {
                p class="warning" { (words.tell("connections-unreadable", &[("n", self.page.unreadable.into())])) }
            }
        }
    }

    fn filters(&self) -> Markup {
        let (words, asked) = (&self.by.site.words, self.asked);
        let services = self.connectors.iter().map(|one| (one.name.as_str(), one.manifest.presentation.title.clone()));
        let statuses = STATUSES.iter().map(|(word, _)| (*word, words.say(&format!("connections-status-{word}"))));
        let sorts = SORTS.iter().map(|(word, _)| (*word, words.say(&format!("connections-sort-{word}"))));
        html! {
            form method="get" action="/connections" class="finder" role="search" {
                div class="filter wide-filter" {
                    label for="filter-q" { (words.say("connections-search")) }
                    input type="search" id="filter-q" name="q" value=(asked.q) autocomplete="off";
                }
                (select("service", &words.say("connections-service"), &asked.service, Some(words.say("connections-any")), services))
                (select("status", &words.say("connections-status"), &asked.status, Some(words.say("connections-any")), statuses))
                @if self.by.person.role == Role::Administrator {
                    div class="filter" {
                        label for="filter-person" { (words.say("connections-person")) }
                        input type="text" id="filter-person" name="person" value=(asked.person) autocomplete="off";
                    }
                }
                (select("sort", &words.say("connections-sort"), &asked.sort, None, sorts))
                div class="filter filter-go" {
                    button type="submit" class="button quiet-button" { (words.say("connections-apply")) }
                    @if asked.is_narrowed() { a href="/connections" { (words.say("connections-clear")) } }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let words = &self.by.site.words;
        let administrator = self.by.person.role == Role::Administrator;
        let back = self.asked.path(self.asked.cursor.as_deref());
        html! {
            table class="connections" {
                caption class="spoken" { (words.say("page-connections")) }
                thead {
                    tr {
                        th scope="col" { (words.say("connections-name")) }
                        @if administrator { th scope="col" { (words.say("connections-person")) } }
                        th scope="col" { (words.say("connections-account")) }
                        th scope="col" { (words.say("connections-status")) }
                        th scope="col" { (words.say("connections-rights")) }
                        th scope="col" { (words.say("connections-verified")) }
                        th scope="col" { (words.say("connections-ends")) }
                        th scope="col" { (words.say("connections-do")) }
                    }
                }
                tbody {
                    @for connection in &self.page.items {
                        (Row {
                            by: self.by,
                            connection,
                            connector: self.connectors.iter().find(|one| one.name == connection.connector),
                            back: &back,
                            told: self.asked.told.as_ref().filter(|(_, about)| *about == connection.id.to_string()).map(|(told, _)| told.as_str()),
                            now: self.now,
                        }.markup())
                    }
                }
            }
        }
    }

    fn pager(&self) -> Markup {
        let words = &self.by.site.words;
        html! {
            @if self.page.items.is_empty() { p class="note" { (words.say("connections-none-here")) } }
            nav class="turns" aria-label=(words.say("connections-pages")) {
                @if self.asked.cursor.is_some() { a href=(self.asked.path(None)) { (words.say("connections-first-page")) } }
                @if let Some(next) = &self.page.next {
                    a href=(self.asked.path(Some(next))) rel="next" { (words.say("connections-next-page")) }
                }
            }
        }
    }
}

fn select<'a>(
    name: &str,
    label: &str,
    chosen: &str,
    any: Option<String>,
    offered: impl Iterator<Item = (&'a str, String)>,
) -> Markup {
    html! {
        div class="filter" {
            label for={ "filter-" (name) } { (label) }
            select id={ "filter-" (name) } name=(name) {
                @if let Some(any) = any { option value="" { (any) } }
                @for (value, title) in offered {
                    option value=(value) selected[value == chosen] { (title) }
                }
            }
        }
    }
}
