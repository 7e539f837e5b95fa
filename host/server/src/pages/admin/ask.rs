//! A question of a form: label, help, input, and what is wrong with the answer. What was typed comes back, secrets do not.

use maud::{Markup, html};

use crate::{pages::submission::Submission, words::Words};

/// A form that is shown again: what was typed, and what is wrong with it.
#[derive(Default)]
pub(super) struct Again<'a> {
    typed: Option<&'a Submission>,
    faults: Vec<(String, String)>,
}

impl<'a> Again<'a> {
    /// With one fault: at a field, in words.
    pub(super) fn with(typed: &'a Submission, field: &str, fault: String) -> Self {
        Self { typed: Some(typed), faults: vec![(field.to_owned(), fault)] }
    }

    /// With one fault of something else than text: what was there before stays.
    pub(super) fn about(field: &str, fault: String) -> Self {
        Self { typed: None, faults: vec![(field.to_owned(), fault)] }
    }

    /// With several faults.
    pub(super) fn with_all(typed: &'a Submission, faults: Vec<(String, String)>) -> Self {
        Self { typed: Some(typed), faults }
    }

    /// What was typed into a field, or what it held before.
    pub(super) fn value<'v>(&'v self, name: &str, before: &'v str) -> &'v str {
        self.typed.map_or(before, |typed| typed.get(name).unwrap_or_default())
    }

    /// Whether a box was ticked, or is from the start.
    pub(super) fn ticked(&self, name: &str, value: &str, before: bool) -> bool {
        self.typed.map_or(before, |typed| typed.all(name).any(|chosen| chosen == value))
    }

    /// What is wrong with a field.
    pub(super) fn fault(&self, name: &str) -> Option<&str> {
        self.faults.iter().find(|(known, _)| known == name).map(|(_, fault)| fault.as_str())
    }

    /// Whether anything is wrong.
    pub(super) fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// What is wrong, as a list of links to the fields; first on the page, so that a screen reader begins there.
    pub(super) fn summary(&self, words: &Words) -> Markup {
        html! {
            @if self.is_faulty() {
                div class="summary" role="alert" {
                    p { (words.say("admin-mend")) }
                    ul { @for (field, fault) in &self.faults { li { a href={ "#" (field) } { (fault) } } } }
                }
            }
        }
    }
}

/// How an answer is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line.
    Text,
    /// One line that is never shown again.
    Secret,
    /// A URL.
    Url,
    /// Several lines.
    Lines(u8),
    /// A file, of these media types.
    File(&'static str),
}

/// A question.
pub(super) struct Ask<'a> {
    /// The input's name, and its id on the page.
    pub(super) name: &'a str,
    /// What is asked.
    pub(super) label: String,
    /// What to enter; empty for nothing to say.
    pub(super) help: String,
    /// How.
    pub(super) kind: Kind,
    /// Whether there must be an answer.
    pub(super) required: bool,
}

impl Ask<'_> {
    /// The question as HTML, with what it held before or what was typed.
    pub(super) fn markup(&self, words: &Words, again: &Again<'_>, before: &str) -> Markup {
        let fault = again.fault(self.name);
        let help = (!self.help.is_empty()).then(|| format!("{}-help", self.name));
        let told = fault.map(|_| format!("{}-fault", self.name));
        let described = [help.clone(), told].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let described = Some(described).filter(|ids| !ids.is_empty());
        let value = if self.kind == Kind::Secret { "" } else { again.value(self.name, before) };
        html! {
            div class={ "field" @if fault.is_some() { " faulty" } } {
                label for=(self.name) {
                    (self.label)
                    @if !self.required { " " span class="optional" { (words.say("admin-optional")) } }
                }
                @if let Some(id) = help { div class="help" id=(id) { p { (self.help) } } }
                (self.control(value, described.as_deref(), fault.is_some()))
                @if let Some(fault) = fault { p class="fault" id={ (self.name) "-fault" } { (fault) } }
            }
        }
    }

    fn control(&self, value: &str, described: Option<&str>, faulty: bool) -> Markup {
        let invalid = faulty.then_some("true");
        html! {
            @match self.kind {
                Kind::Lines(rows) => textarea id=(self.name) name=(self.name) rows=(rows) spellcheck="false"
                    required[self.required] aria-describedby=[described] aria-invalid=[invalid] { (value) },
                Kind::File(accept) => input type="file" id=(self.name) name=(self.name) accept=(accept)
                    required[self.required] aria-describedby=[described] aria-invalid=[invalid];,
                Kind::Text | Kind::Secret | Kind::Url => input type=(self.input_type()) id=(self.name) name=(self.name)
                    value=(value) required[self.required] spellcheck="false" autocapitalize="none"
                    autocomplete=(if self.kind == Kind::Secret { "new-password" } else { "off" })
                    aria-describedby=[described] aria-invalid=[invalid];,
            }
        }
    }

    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Secret => "password",
            Kind::Url => "url",
            _ => "text",
        }
    }
}

/// A line to search by.
pub(super) fn sought(name: &str, label: &str, held: &str) -> Markup {
    html! {
        div class="field" {
            label for=(name) { (label) }
            input type="text" id=(name) name=(name) value=(held) spellcheck="false" autocapitalize="none" autocomplete="off";
        }
    }
}

/// One of several.
pub(super) fn choice(name: &str, label: &str, again: &Again<'_>, before: &str, options: &[(String, String)]) -> Markup {
    let chosen = again.value(name, before);
    let fault = again.fault(name);
    html! {
        div class={ "field" @if fault.is_some() { " faulty" } } {
            label for=(name) { (label) }
            select id=(name) name=(name) aria-invalid=[fault.map(|_| "true")] {
                @for (value, shown) in options { option value=(value) selected[value == chosen] { (shown) } }
            }
            @if let Some(fault) = fault { p class="fault" { (fault) } }
        }
    }
}
