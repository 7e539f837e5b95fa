//! One field of the form: label, help, input, warning, fault. A secret that was typed is never sent back.

use jackfield_model::manifest::{Field, FieldKind, Manifest};
use maud::{Markup, html};

/// A field and what is known of it.
pub(super) struct Input<'a> {
    /// What the manifest says.
    pub(super) field: &'a Field,
    /// For the labels of other fields.
    pub(super) manifest: &'a Manifest,
    /// What was typed before, or is taken when nothing is.
    pub(super) value: Option<&'a str>,
    /// What is wrong with it.
    pub(super) fault: Option<&'a str>,
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
            div class={ "field" @if self.fault.is_some() { " faulty" } } {
                @if field.kind == FieldKind::Boolean {
                    div class="check" {
                        (self.control(&id))
                        label for=(id) { (field.label) }
                    }
                } @else {
                    label for=(id) {
                        (field.label)
                        @if !field.required { " " span class="optional" { "optional" } }
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
                @if let Some(fault) = self.fault { p class="fault" id={ (id) "-fault" } { (fault) } }
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
                p { "Only where " (self.label_of(&when.field)) " is " (when.one_of.join(" or ")) "." }
            }
            @if !field.help.is_empty() { p { (field.help) } }
            @if let Some(example) = &field.example { p { "For example " code { (example) } } }
            @if field.kind == FieldKind::BaseUrl {
                p { "What you enter as a secret is sent to this address and to no other: make sure it is the right one." }
            }
        }
    }

    fn label_of(&self, key: &str) -> String {
        let other = self.manifest.all_fields().find(|field| field.key == key);
        other.map_or_else(|| key.to_owned(), |field| field.label.clone())
    }

    fn described_by(&self, id: &str) -> Option<String> {
        let parts =
            [(self.has_help(), "help"), (self.field.warning.is_some(), "warning"), (self.fault.is_some(), "fault")];
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
                select id=(id) name=(name) required[self.required()] aria-describedby=[described] aria-invalid=[invalid] {
                    @if value.is_none() { option value="" { "Choose…" } }
                    @for choice in choices {
                        option value=(choice.value) selected[value == Some(choice.value.as_str())] { (choice.label) }
                    }
                }
            },
            FieldKind::MultiLine => html! {
                textarea id=(id) name=(name) rows="5" spellcheck="false" autocomplete="off" required[self.required()]
                    aria-describedby=[described] aria-invalid=[invalid] { (value.unwrap_or_default()) }
            },
            _ => html! {
                input type=(self.kind()) id=(id) name=(name) value=[value] required[self.required()]
                    pattern=[self.pattern()] inputmode=[self.input_mode()] spellcheck="false" autocapitalize="none"
                    autocomplete=(self.autocomplete()) aria-describedby=[described] aria-invalid=[invalid];
            },
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
        let source = self.field.pattern.as_ref()?.source();
        let portable = !source.contains("(?") && !source.contains('\\') && !source.contains("&&");
        // HTML compiles patterns with the `v` flag, under which a last hyphen of a class is escaped.
        portable.then(|| source.replace("-]", "\\-]"))
    }
}
