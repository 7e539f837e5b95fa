//! `/connections/{id}`: one connection, from what to do about it to everything that happened to it.

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::{
    connection::Connection, connector::Connector, expiry::Expiry, expiry::Source, status::Status, target::Targeting,
    timeline::Event, uses::Use,
};
use jiff::Timestamp;
use maud::{Markup, html};
use url::form_urlencoded;

use super::{
    super::{
        icon::icon,
        layout::marked,
        link, redirect,
        signed_in::{OfTenant, SignedIn},
        when::{when, when_ever},
    },
    found::{self, failed},
    health, history,
    rights::Rights,
    row::{account, ends, owner},
    standing::{self, Step},
    target, told,
};
use crate::service::{ListError, Page, Permissions, Service, Turn};

/// How many lines of its timeline and places of its use a page shows.
const LINES: usize = 20;
const PLACES: usize = 50;

struct View<'a> {
    by: &'a SignedIn,
    connection: &'a Connection,
    connector: Option<Connector>,
    permissions: Option<Permissions>,
    uses: Page<Use>,
    others: Vec<Connection>,
    events: Page<Event>,
    past: Vec<Event>,
    asked: Asked,
    now: Timestamp,
}

/// What its address says.
#[derive(Default)]
struct Asked {
    before: Option<String>,
    told: Option<String>,
    reauthorize: bool,
}

impl Asked {
    fn read(query: Option<&str>) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "before" => asked.before = Some(value.into_owned()),
                "told" => asked.told = Some(value.into_owned()),
                "reauthorize" => asked.reauthorize = true,
                _ => {}
            }
        }
        asked
    }
}

/// GET.
pub(super) async fn page(
    State(service): State<Service>,
    OfTenant(by, _): OfTenant,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let connection = found::seen(&service, &by, &id).await?;
    let asked = Asked::read(query.as_deref());
    let (tenant, id, now) = (connection.tenant, connection.id, service.now());
    let events = lines(&service, &connection, asked.before.clone()).await?;
    let uses = service.uses(tenant, id, &Turn { cursor: None, limit: PLACES }).await.map_err(failed)?;
    let view = View {
        by: &by,
        connection: &connection,
        connector: service.connector(&connection.connector).await.map_err(failed)?,
        // None where the connector is gone or switched off; the page says so.
        permissions: service.permissions(tenant, id).await.ok(),
        uses,
        others: service.same_account_seen(&by.person, &connection).await.map_err(failed)?,
        events,
        past: service.past(&connection, health::since(now)).await.map_err(failed)?,
        asked,
        now,
    };
    Ok(by.frame(&connection.name).wide().here("/connections").answer(StatusCode::OK, &view.markup()))
}

/// A page of its timeline; an old address begins anew.
async fn lines(service: &Service, connection: &Connection, before: Option<String>) -> Result<Page<Event>, Response> {
    let turn = Turn { cursor: before, limit: LINES };
    match service.timeline(connection.tenant, connection.id, &turn).await {
        Err(ListError::Cursor | ListError::OldCursor) => {
            Err(redirect(StatusCode::SEE_OTHER, &format!("/connections/{}", connection.id)))
        }
        Err(ListError::NotFound) => Ok(Page { items: vec![], next: None, unreadable: 0 }),
        other => other.map_err(failed),
    }
}

impl View<'_> {
    fn provider(&self) -> &str {
        self.connector.as_ref().map_or(&self.connection.connector, |found| &found.manifest.presentation.title)
    }

    fn may_change(&self) -> bool {
        self.by.person.may_change(self.connection)
    }

    fn markup(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        html! {
            (self.heading())
            @if let Some(said) = self.asked.told.as_deref().and_then(|said| told::told(words, said, connection)) { (said) }
            (self.what_to_do())
            (target::section(self.by, connection))
            div class="columns" {
                div {
                    (self.facts())
                    (self.used())
                    (self.twins())
                    section class="pane" aria-labelledby="health-heading" {
                        h2 id="health-heading" { (words.say("connection-health")) }
                        (health::picture(words, &self.past, self.now))
                    }
                }
                div {
                    @match &self.permissions {
                        Some(permissions) => (Rights { by: self.by, connection, permissions, provider: self.provider() }.markup()),
                        None => p class="warning" { (words.tell("connection-switched-off", &[("provider", self.provider().into())])) },
                    }
                }
            }
            (history::section(self.by, connection, &self.events, self.asked.before.is_none(), self.now))
        }
    }

    fn heading(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let manifest = self.connector.as_ref().map(|connector| &connector.manifest);
        html! {
            nav class="trail" aria-label=(words.say("connection-trail")) {
                a href="/connections" { (words.say("page-connections")) }
            }
            div class="heading" id=(connection.id) {
                div class="with-icon" {
                    (icon(&connection.connector, manifest))
                    div {
                        h1 { (connection.name) }
                        p class="lead" { (self.provider()) " · " (account(words, connection)) }
                    }
                }
                (standing::badge(words, connection.status))
            }
        }
    }

    /// How it stands, the one thing to do about it, and what else can be done.
    fn what_to_do(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        let wanted = self.asked.reauthorize && connection.status != Status::Revoked;
        let step = match standing::step(connection) {
            Step::Nothing | Step::Verify if wanted => Step::Reauthorize,
            step => step,
        };
        let class = if step == Step::Nothing { "pane" } else { "pane attention" };
        html! {
            section class=(class) aria-label=(words.say("connections-status")) {
                p { (standing::sentence(words, connection)) }
                @if wanted { p { (words.tell("connection-asked-to-reauthorize", &[("provider", self.provider().into())])) } }
                @if let Some(failure) = connection.failure.as_ref().filter(|_| connection.status != Status::Active) {
                    p class="quiet" { (words.tell("connection-said", &[("provider", self.provider().into()), ("message", failure.message.clone().into())])) }
                }
                @if self.may_change() {
                    div class="buttons" {
                        @match step {
                            Step::Choose => {},
                            Step::Anew => { a class="button" href={ "/connections/new/" (connection.connector) } { (words.say("connection-anew")) } },
                            Step::Reauthorize => { (self.press("reauthorize", true)) (self.press("verify", false)) },
                            Step::Verify => { (self.press("verify", true)) (self.press("reauthorize", false)) },
                            Step::Nothing => { (self.press("verify", false)) (self.press("reauthorize", false)) },
                        }
                        a class="button quiet-button" href={ "/connections/" (connection.id) "/rename" } { (words.say("connection-rename")) }
                        a class="button quiet-button danger" href={ "/connections/" (connection.id) "/delete" } { (words.say("connection-delete")) }
                    }
                } @else {
                    p class="note" { (words.say("connection-shared-why")) }
                }
            }
        }
    }

    fn press(&self, verb: &str, first: bool) -> Markup {
        let class = if first { "button" } else { "button quiet-button" };
        html! {
            form method="post" action={ "/connections/" (self.connection.id) "/" (verb) } class="inline" {
                (marked(self.by))
                button type="submit" class=(class) { (self.by.site.words.say(&format!("connection-{verb}"))) }
            }
        }
    }

    fn facts(&self) -> Markup {
        let (words, connection) = (&self.by.site.words, self.connection);
        html! {
            section class="pane" aria-labelledby="facts-title" {
                h2 id="facts-title" { (words.say("connection-facts")) }
                dl class="about" {
                    div { dt { (words.say("connections-account")) } dd { (account(words, connection)) } }
                    @if let Targeting::Chosen { label, .. } = &connection.target {
                        div { dt { (words.say("connection-target")) } dd { (label) } }
                    }
                    div { dt { (words.say("connections-person")) } dd { (owner(words, connection)) } }
                    @if let Some(method) = self.connector.as_ref().and_then(|found| found.manifest.method(&connection.method)) {
                        div { dt { (words.say("connection-method")) } dd { (method.title) } }
                    }
                    @for (label, value) in self.fields() { div { dt { (label) } dd { (value) } } }
                    (self.dates())
                }
                (self.tokens())
            }
        }
    }

    /// When it was verified, when it ends and where that is known from.
    fn dates(&self) -> Markup {
        let (words, connection, now) = (&self.by.site.words, self.connection, self.now);
        let verification = connection.verification.as_ref();
        html! {
            div {
                dt { (words.say("connections-verified")) }
                dd {
                    (when_ever(words, verification.map(|last| last.at), now))
                    @if let Some(last) = verification {
                        span class="quiet line" { (words.tell("connection-took", &[("ms", last.latency_ms.to_string().into())])) }
                    }
                }
            }
            div {
                dt { (words.say("connections-ends")) }
                dd { (ends(words, connection.clocks.grant, now)) (self.source(connection.clocks.grant)) }
            }
            @if connection.tokens.is_empty() {
                @if let Some(access) = connection.clocks.access {
                    div { dt { (words.say("connection-access-ends")) } dd { (when(words, access.at, now)) (self.source(Some(access))) } }
                }
            }
            div { dt { (words.say("connection-made")) } dd { (when(words, connection.created_at, now)) } }
        }
    }

    /// Public values it was made with, under their labels.
    fn fields(&self) -> Vec<(String, &str)> {
        let manifest = self.connector.as_ref().map(|connector| &connector.manifest);
        let fields = connection_fields(self.connection);
        let label = |key: &str| match manifest.and_then(|manifest| manifest.all_fields().find(|field| field.key == key))
        {
            Some(field) => (!field.hidden).then(|| field.label.clone()),
            None => None,
        };
        fields.filter_map(|(key, value)| Some((label(key)?, value))).collect()
    }

    fn source(&self, end: Option<Expiry>) -> Markup {
        let key = end.map(|end| match end.source {
            Source::Response => "connection-known-response",
            Source::Jwt => "connection-known-jwt",
            Source::Declared => "connection-known-declared",
            Source::Assumed => "connection-known-assumed",
            Source::Imported => "connection-known-imported",
        });
        html! { @if let Some(key) = key { span class="quiet line" { (self.by.site.words.say(key)) } } }
    }

    /// Each of several tokens.
    fn tokens(&self) -> Markup {
        let words = &self.by.site.words;
        html! {
            @if !self.connection.tokens.is_empty() {
                h3 { (words.say("connection-tokens")) }
                ul class="plain-list" {
                    @for token in &self.connection.tokens {
                        li {
                            strong { (token.name) } " "
                            @if token.lost { span class="tag right-missing" { (words.say("connection-token-lost")) } }
                            span class="quiet line" { (ends(words, token.access, self.now)) }
                        }
                    }
                }
            }
        }
    }

    fn used(&self) -> Markup {
        let words = &self.by.site.words;
        html! {
            section class="pane" aria-labelledby="uses-title" {
                h2 id="uses-title" { (words.say("connection-uses")) }
                @if self.uses.items.is_empty() { p class="quiet" { (words.say("connection-uses-none")) } }
                ul class="plain-list" {
                    @for place in &self.uses.items {
                        li {
                            @match place.url.as_deref().and_then(link::to_web) {
                                Some(url) => a href=(url) rel="noreferrer noopener" { (place.label) },
                                None => (place.label),
                            }
                        }
                    }
                }
                @if self.uses.next.is_some() { p class="quiet" { (words.tell("connection-uses-more", &[("n", i64::from(self.connection.uses).into())])) } }
            }
        }
    }

    /// The same account, connected again.
    fn twins(&self) -> Markup {
        let words = &self.by.site.words;
        html! {
            @if !self.others.is_empty() {
                section class="pane" aria-labelledby="twins-title" {
                    h2 id="twins-title" { (words.say("connection-twins")) }
                    ul class="plain-list" {
                        @for other in &self.others {
                            li { a href={ "/connections/" (other.id) } { (other.name) } " " (standing::badge(words, other.status)) }
                        }
                    }
                }
            }
        }
    }
}

fn connection_fields(connection: &Connection) -> impl Iterator<Item = (&str, &str)> {
    connection.fields.iter().map(|(key, value)| (key.as_str(), value.as_str()))
}
