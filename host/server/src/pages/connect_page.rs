//! The connect page: what will be allowed, in words, and the form.

use std::{borrow::Cow, collections::BTreeMap};

use axum::response::Response;
use http::StatusCode;
use jackfield_model::{
    connection::Connection,
    manifest::{Field, Method, MethodKind},
};
use maud::{Markup, html};
use url::form_urlencoded;

use super::{
    field::{Input, fault_sentence, input_id},
    layout::Frame,
    link,
    posted::Posted,
    rights::Rights,
    site::Site,
};
use crate::{
    api::problem::Code,
    service::{ConnectPage, FieldFault, FieldRule, ScopeWords},
};

/// What is wrong with what was typed.
pub(super) enum Faults<'a> {
    /// Nothing.
    None,
    /// Some fields.
    Fields(&'a [FieldFault]),
    /// The connection's name.
    Name(String),
    /// The whole of it, in a sentence.
    Whole(String),
}

/// A connect page to render.
pub(super) struct View<'a> {
    site: &'a Site,
    page: &'a ConnectPage,
    method: &'a Method,
    link: &'a str,
    name: Cow<'a, str>,
    typed: Option<&'a BTreeMap<String, String>>,
    faults: Faults<'a>,
}

impl<'a> View<'a> {
    /// As it is opened.
    pub(super) fn fresh(site: &'a Site, page: &'a ConnectPage, method: &'a Method, link: &'a str) -> Self {
        let provider = &page.connector.manifest.presentation.title;
        let proposed = || Cow::Owned(site.words.tell("connect-default-name", &[("provider", provider.into())]));
        let name = page.default_name.as_deref().map_or_else(proposed, Cow::Borrowed);
        Self { site, page, method, link, name, typed: None, faults: Faults::None }
    }

    /// With what was typed, except secrets.
    pub(super) fn again(
        site: &'a Site,
        page: &'a ConnectPage,
        method: &'a Method,
        link: &'a str,
        posted: &'a Posted,
        faults: Faults<'a>,
    ) -> Self {
        Self { site, page, method, link, name: Cow::Borrowed(&posted.name), typed: Some(&posted.public), faults }
    }

    /// The same page with a sentence about what went wrong.
    pub(super) fn telling(&self, sentence: String) -> View<'a> {
        self.with(Faults::Whole(sentence))
    }

    /// The same page with what is wrong with the name.
    pub(super) fn misnamed(&self, sentence: String) -> View<'a> {
        self.with(Faults::Name(sentence))
    }

    fn with(&self, faults: Faults<'a>) -> View<'a> {
        View {
            site: self.site,
            page: self.page,
            method: self.method,
            link: self.link,
            name: self.name.clone(),
            typed: self.typed,
            faults,
        }
    }

    /// The site it is shown on.
    pub(super) fn site(&self) -> &'a Site {
        self.site
    }

    /// The tenant's name.
    pub(super) fn tenant(&self) -> &'a str {
        &self.page.tenant.name
    }

    /// The provider's name.
    pub(super) fn provider(&self) -> &'a str {
        &self.page.connector.manifest.presentation.title
    }

    /// Fields the person is asked for: not hidden, and not known already.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a Field> + use<'a> {
        let given = &self.page.session.fields;
        let fields = self.page.connector.manifest.fields_of(self.method);
        fields.filter(move |field| !field.hidden && !given.contains_key(&field.key))
    }

    /// The page as an answer.
    pub(super) fn answer(&self) -> Response {
        self.answer_with(match self.faults {
            Faults::None => StatusCode::OK,
            _ => Code::Invalid.status(),
        })
    }

    /// The page as an answer of a status.
    pub(super) fn answer_with(&self, status: StatusCode) -> Response {
        let title = self.heading();
        Frame::of(self.site, &title).answer(status, &self.main())
    }

    fn heading(&self) -> String {
        let key = if self.page.connection.is_some() { "connect-title-again" } else { "connect-title" };
        self.told(key)
    }

    /// A sentence with the provider's and the tenant's name in it.
    fn told(&self, key: &str) -> String {
        self.site.words.tell(key, &[("provider", self.provider().into()), ("tenant", self.tenant().into())])
    }

    fn main(&self) -> Markup {
        let presentation = &self.page.connector.manifest.presentation;
        html! {
            h1 { (self.heading()) }
            @if !presentation.description.is_empty() { p class="lead" { (presentation.description) } }
            @if let Some(connection) = &self.page.connection {
                p class="note" { (self.renewing(connection)) }
            }
            (self.summary())
            (self.methods())
            (self.rights().markup())
            (self.form())
            @if self.is_picked() {
                p { a href={ "/connect/" (self.link) } { (self.site.words.say("connect-pick-another")) } }
            }
            p class="quiet" { (self.told("connect-opened-by")) }
        }
    }

    /// Whether the person picked the service, and may pick another.
    fn is_picked(&self) -> bool {
        self.page.session.connector.is_none()
    }

    fn renewing(&self, connection: &Connection) -> String {
        let (words, name) = (&self.site.words, ("name", connection.name.as_str().into()));
        match &connection.account {
            Some(account) => words.tell(
                "connect-renews-account",
                &[name, ("account", account.label.as_str().into()), ("provider", self.provider().into())],
            ),
            None => words.tell("connect-renews", &[name]),
        }
    }

    fn rights(&self) -> Rights<'a> {
        let scopes: &[ScopeWords] = self.page.scopes.get(&self.method.id).map_or(&[], Vec::as_slice);
        Rights {
            words: &self.site.words,
            tenant: self.tenant(),
            manifest: &self.page.connector.manifest,
            method: self.method,
            chosen: &self.page.actions,
            scopes,
        }
    }

    /// What is wrong, first on the page, with links to the inputs.
    fn summary(&self) -> Markup {
        let shown: Vec<&str> = self.fields().map(|field| field.key.as_str()).collect();
        html! {
            @match &self.faults {
                Faults::None => {}
                Faults::Whole(sentence) => { div class="summary" role="alert" { p { (sentence) } } }
                Faults::Name(sentence) => {
                    div class="summary" role="alert" { p { a href="#connection-name" { (sentence) } } }
                }
                Faults::Fields(faults) => {
                    div class="summary" role="alert" {
                        p { (self.site.words.say("connect-look-again")) }
                        ul {
                            @for fault in *faults {
                                @let said = self.said(fault);
                                @if shown.contains(&fault.key.as_str()) {
                                    li { a href={ "#" (input_id(&fault.key)) } { (said) } }
                                } @else {
                                    li { (said) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What is wrong with a field, in the reader's language.
    fn said(&self, fault: &FieldFault) -> String {
        let field = self.page.connector.manifest.all_fields().find(|field| field.key == fault.key);
        match field {
            Some(field) => fault_sentence(&self.site.words, field, fault.rule),
            None => self.site.words.say("connect-field-unknown"),
        }
    }

    /// The ways to connect, where there are several.
    fn methods(&self) -> Markup {
        let manifest = &self.page.connector.manifest;
        let usable: Vec<&Method> = self.page.methods.iter().filter_map(|id| manifest.method(id)).collect();
        html! {
            @if usable.len() > 1 {
                nav aria-label=(self.site.words.say("connect-how")) class="methods" {
                    @for method in usable {
                        @let current = (method.id == self.method.id).then_some("page");
                        a href=(self.address(method)) aria-current=[current] { (method.title) }
                    }
                }
            }
            @if let Some(help) = &self.method.help {
                p class="note" {
                    (help.text)
                    @if let Some(url) = help.url.as_deref().and_then(link::to_web) {
                        " " a href=(url) rel="noreferrer noopener" target="_blank" {
                            (self.site.words.tell("connect-read-more", &[("host", link::host(url).unwrap_or_default().into())]))
                        }
                    }
                }
            }
        }
    }

    /// The page of a method.
    fn address(&self, method: &Method) -> String {
        let service = if self.is_picked() { Some(("service", self.page.connector.name.as_str())) } else { None };
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(service)
            .append_pair("method", &method.id)
            .finish();
        format!("/connect/{}?{query}", self.link)
    }

    fn form(&self) -> Markup {
        html! {
            form method="post" action={ "/connect/" (self.link) } data-checked {
                @if self.is_picked() { input type="hidden" name="service" value=(self.page.connector.name); }
                input type="hidden" name="method" value=(self.method.id);
                (self.name_input())
                (self.given())
                @for field in self.fields().filter(|field| !field.advanced) { (self.input(field)) }
                (self.advanced())
                div class="actions" { button type="submit" class="button" { (self.submit_label()) } }
            }
        }
    }

    fn submit_label(&self) -> String {
        match self.method.kind {
            MethodKind::OAuth2Code(_) => self.told("connect-go-on"),
            MethodKind::ClientCredentials(_) | MethodKind::ApiToken { .. } | MethodKind::Basic(_) => {
                self.told("connect-submit")
            }
        }
    }

    fn name_input(&self) -> Markup {
        let fault = if let Faults::Name(sentence) = &self.faults { Some(sentence) } else { None };
        let words = &self.site.words;
        html! {
            div class={ "field" @if fault.is_some() { " faulty" } } {
                label for="connection-name" { (words.say("connect-name")) }
                div class="help" id="connection-name-help" { p { (words.say("connect-name-help")) } }
                div class="input" {
                    input type="text" id="connection-name" name="name" value=(self.name) maxlength="120" required
                        data-needed=(words.say("connect-name-empty")) autocomplete="off"
                        aria-describedby="connection-name-help connection-name-fault" aria-invalid=[fault.map(|_| "true")];
                }
                p class="fault" id="connection-name-fault" aria-live="polite" { @if let Some(fault) = fault { (fault) } }
            }
        }
    }

    /// Values the application knows: shown, not asked.
    fn given(&self) -> Markup {
        let manifest = &self.page.connector.manifest;
        let known = manifest.fields_of(self.method).filter(|field| !field.hidden && !field.secret);
        let known: Vec<(&str, &str)> = known
            .filter_map(|field| Some((field.label.as_str(), self.page.session.fields.get(&field.key)?.as_str())))
            .collect();
        html! {
            @if !known.is_empty() {
                dl class="given" { @for (label, value) in known { div { dt { (label) } dd { (value) } } } }
            }
        }
    }

    /// Closed unless something in it is wrong or has to be typed.
    fn advanced(&self) -> Markup {
        let fields: Vec<&Field> = self.fields().filter(|field| field.advanced).collect();
        let open = fields.iter().any(|field| {
            self.fault_of(&field.key).is_some()
                || (field.required && field.default.is_none() && field.visible_when.is_none())
        });
        html! {
            @if !fields.is_empty() {
                details open[open] {
                    summary { (self.site.words.say("connect-advanced")) }
                    @for field in fields { (self.input(field)) }
                }
            }
        }
    }

    fn input(&self, field: &Field) -> Markup {
        let value = match self.typed {
            Some(typed) => typed.get(&field.key).map(String::as_str),
            None => self.kept(field).or(field.default.as_deref()),
        };
        let manifest = &self.page.connector.manifest;
        Input { words: &self.site.words, field, manifest, value, fault: self.fault_of(&field.key) }.markup()
    }

    /// What the connection to renew was made with, without what is put around it.
    fn kept(&self, field: &Field) -> Option<&str> {
        let kept = self.page.connection.as_ref()?.fields.get(&field.key)?;
        kept.strip_prefix(&field.prefix)?.strip_suffix(&field.suffix)
    }

    fn fault_of(&self, key: &str) -> Option<FieldRule> {
        let Faults::Fields(faults) = &self.faults else { return None };
        faults.iter().find(|fault| fault.key == key).map(|fault| fault.rule)
    }
}
