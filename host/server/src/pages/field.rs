//! One field of the form: label, help, input, warning, fault. A secret that was typed is never sent back.

use jackfield_model::manifest::{Field, FieldKind, Manifest};
use maud::{Markup, html};

use crate::{service::FieldRule, words::Words};

/// A field and what is known of it.
pub(super) struct Input<'a> {
    /// What the page says.
    pub(super) words: &'a Words,
    /// What the manifest says.
    pub(super) field: &'a Field,
    /// For the labels of other fields.
    pub(super) manifest: &'a Manifest,
    /// What was typed before, or is taken when nothing is.
    pub(super) value: Option<&'a str>,
    /// What is wrong with it.
    pub(super) fault: Option<FieldRule>,
}

/// What is wrong with a field, for a person.
pub(super) fn fault_sentence(words: &Words, field: &Field, rule: FieldRule) -> String {
    let label = ("field", field.label.as_str().into());
    match (&field.example, rule) {
        (Some(example), FieldRule::Form) => {
            words.tell("connect-field-form-example", &[label, ("example", example.into())])
        }
        _ => words.tell(&format!("connect-field-{}", rule.word()), &[label]),
    }
}

/// The name of a field's input in the form.
pub(super) fn input_name(key: &str) -> String {
    format!("field.{key}")
}

/// The id of a field's input on the page.
pub(super) fn input_id(key: &str) -> String {
    format!("field-{key}")
}

impl Input<'_> {
    /// The field as HTML.
    pub(super) fn markup(&self) -> Markup {
        let field = self.field;
        let id = input_id(&field.key);
        html! {
            div class={ "field" @if self.fault.is_some() { " faulty" } }
                data-when=[field.visible_when.as_ref().map(|when| when.field.as_str())]
                data-values=[field.visible_when.as_ref().map(|when| serde_json::json!(when.one_of).to_string())] {
                @if field.kind == FieldKind::Boolean {
                    div class="check" {
                        (self.control(&id))
                        label for=(id) { (field.label) }
                    }
                } @else {
                    label for=(id) {
                        (field.label)
                        @if !field.required { " " span class="optional" { (self.words.say("connect-optional")) } }
                    }
                }
                @if self.has_help() { div class="help" id={ (id) "-help" } { (self.help()) } }
                @if field.kind != FieldKind::Boolean {
                    div class="input" {
                        @if !field.prefix.is_empty() { span class="affix" { (field.prefix) } }
                        (self.control(&id))
                        @if !field.suffix.is_empty() { span class="affix" { (field.suffix) } }
                    }
                }
                @if let Some(warning) = &field.warning { p class="warning" id={ (id) "-warning" } { (warning) } }
                @let fault = self.fault.map(|rule| fault_sentence(self.words, field, rule)).unwrap_or_default();
                p class="fault" id={ (id) "-fault" } aria-live="polite" { (fault) }
            }
        }
    }

    fn has_help(&self) -> bool {
        let field = self.field;
        !field.help.is_empty()
            || field.example.is_some()
            || field.visible_when.is_some()
            || field.kind == FieldKind::BaseUrl
    }

    fn help(&self) -> Markup {
        let field = self.field;
        html! {
            @if let Some(when) = &field.visible_when {
                @let values = when.one_of.join(&self.words.say("connect-or"));
                @let when = [("field", self.label_of(&when.field).into()), ("values", values.into())];
                p { (self.words.tell("connect-only-where", &when)) }
            }
            @if !field.help.is_empty() { p { (field.help) } }
            @if let Some(example) = &field.example { p { (self.words.say("connect-example")) " " code { (example) } } }
            @if field.kind == FieldKind::BaseUrl {
                p { (self.words.say("connect-where-secret-goes")) }
            }
        }
    }

    fn label_of(&self, key: &str) -> String {
        let other = self.manifest.all_fields().find(|field| field.key == key);
        other.map_or_else(|| key.to_owned(), |field| field.label.clone())
    }

    fn described_by(&self, id: &str) -> Option<String> {
        let parts = [(self.has_help(), "help"), (self.field.warning.is_some(), "warning"), (true, "fault")];
        let ids: Vec<String> =
            parts.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{id}-{part}")).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Required in HTML only where it is always shown: a page without script cannot hide the others.
    fn required(&self) -> bool {
        self.field.required && self.field.visible_when.is_none() && !self.field.advanced
    }

    fn control(&self, id: &str) -> Markup {
        let field = self.field;
        let name = input_name(&field.key);
        let described = self.described_by(id);
        let invalid = self.fault.map(|_| "true");
        let value = if field.secret { None } else { self.value };
        match &field.kind {
            FieldKind::Boolean => html! {
                input type="checkbox" id=(id) name=(name) value="true" checked[value == Some("true")]
                    aria-describedby=[described] aria-invalid=[invalid];
            },
            FieldKind::Choice(choices) => html! {
                select id=(id) name=(name) required[self.required()] data-needed=(self.told(FieldRule::Needed)) aria-describedby=[described] aria-invalid=[invalid] {
                    @if value.is_none() { option value="" { (self.words.say("connect-choose")) } }
                    @for choice in choices {
                        option value=(choice.value) selected[value == Some(choice.value.as_str())] { (choice.label) }
                    }
                }
            },
            FieldKind::MultiLine => html! {
                textarea id=(id) name=(name) rows="5" spellcheck="false" autocomplete="off" required[self.required()]
                    data-needed=(self.told(FieldRule::Needed)) data-form=(self.told(self.shape())) aria-describedby=[described] aria-invalid=[invalid] { (value.unwrap_or_default()) }
            },
            _ => html! {
                input type=(self.kind()) id=(id) name=(name) value=[value] required[self.required()]
                    data-needed=(self.told(FieldRule::Needed)) data-form=(self.told(self.shape())) pattern=[self.pattern()] inputmode=[self.input_mode()] spellcheck="false" autocapitalize="none"
                    autocomplete=(self.autocomplete()) aria-describedby=[described] aria-invalid=[invalid];
            },
        }
    }

    fn told(&self, rule: FieldRule) -> String {
        fault_sentence(self.words, self.field, rule)
    }

    /// The rule that a browser can look at while somebody types.
    fn shape(&self) -> FieldRule {
        match self.field.kind {
            FieldKind::Number => FieldRule::Number,
            FieldKind::Email => FieldRule::Email,
            FieldKind::HostLabel => FieldRule::HostLabel,
            FieldKind::BaseUrl | FieldKind::Url => FieldRule::Url,
            _ => FieldRule::Form,
        }
    }

    fn kind(&self) -> &'static str {
        match self.field.kind {
            _ if self.field.secret => "password",
            FieldKind::Email => "email",
            FieldKind::BaseUrl | FieldKind::Url => "url",
            _ => "text",
        }
    }

    fn input_mode(&self) -> Option<&'static str> {
        (self.field.kind == FieldKind::Number).then_some("numeric")
    }

    /// Browsers ignore `off` for passwords and would offer the one for this site.
    fn autocomplete(&self) -> &'static str {
        if self.field.secret { "new-password" } else { "off" }
    }

    /// Only patterns that mean the same in a browser; the host checks in any case.
    fn pattern(&self) -> Option<String> {
        let by_kind = match self.field.kind {
            FieldKind::Number => Some(r"\s*[+\-]?[0-9]+\s*"),
            FieldKind::HostLabel => Some(r"\s*[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?\s*"),
            _ => None,
        };
        self.declared_pattern().or_else(|| by_kind.map(str::to_owned))
    }

    fn declared_pattern(&self) -> Option<String> {
        let source = self.field.pattern.as_ref()?.source();
        let portable = !source.contains("(?") && !source.contains('\\') && !source.contains("&&");
        // HTML compiles patterns with the `v` flag, under which a last hyphen of a class is escaped.
        portable.then(|| source.replace("-]", "\\-]"))
    }
}
