//! Fields: what a person or an operator types. Required and in plain view unless said otherwise.

use super::{Choice, Condition, Field, FieldKind};

impl Field {
    /// A field of this kind.
    pub fn new(key: &str, label: &str, kind: FieldKind) -> Self {
        Self {
            key: key.to_owned(),
            label: label.to_owned(),
            help: String::new(),
            kind,
            pattern: None,
            example: None,
            default: None,
            prefix: String::new(),
            suffix: String::new(),
            required: true,
            secret: false,
            hidden: false,
            advanced: false,
            visible_when: None,
            warning: None,
            extras: Vec::new(),
        }
    }

    /// A line of text.
    pub fn text(key: &str, label: &str) -> Self {
        Self::new(key, label, FieldKind::Text)
    }

    /// A line of text that is sealed, never shown again, and usable only as a hole.
    pub fn secret(key: &str, label: &str) -> Self {
        Self { secret: true, ..Self::text(key, label) }
    }

    /// A label of a host name, for an origin such as `{subdomain}.example.com`.
    pub fn host_label(key: &str, label: &str) -> Self {
        Self::new(key, label, FieldKind::HostLabel)
    }

    /// Any public https URL, chosen by the person and frozen at creation: the operator approves this.
    pub fn base_url(key: &str, label: &str) -> Self {
        Self::new(key, label, FieldKind::BaseUrl)
    }

    /// The URL of an issuer or a service, chosen by the operator.
    pub fn url(key: &str, label: &str) -> Self {
        Self::new(key, label, FieldKind::Url)
    }

    /// One of several: values and their labels.
    pub fn choice(key: &str, label: &str, choices: &[(&str, &str)]) -> Self {
        let choices =
            choices.iter().map(|(value, label)| Choice { value: (*value).to_owned(), label: (*label).to_owned() });
        Self::new(key, label, FieldKind::Choice(choices.collect()))
    }

    /// A sentence under the input.
    #[must_use]
    pub fn help(mut self, text: &str) -> Self {
        text.clone_into(&mut self.help);
        self
    }

    /// A regular expression that the whole value must match.
    #[must_use]
    pub fn pattern(mut self, regex: &str) -> Self {
        self.pattern = Some(regex.to_owned());
        self
    }

    /// An example, shown in the empty input.
    #[must_use]
    pub fn example(mut self, value: &str) -> Self {
        self.example = Some(value.to_owned());
        self
    }

    /// The value where nothing is typed.
    #[must_use]
    pub fn default_value(mut self, value: &str) -> Self {
        self.default = Some(value.to_owned());
        self
    }

    /// Shown around the input and added to what was typed.
    #[must_use]
    pub fn between(mut self, prefix: &str, suffix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        suffix.clone_into(&mut self.suffix);
        self
    }

    /// May stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Shown under advanced settings.
    #[must_use]
    pub fn advanced(mut self) -> Self {
        self.advanced = true;
        self
    }

    /// Never shown: always has this value.
    #[must_use]
    pub fn hidden_as(mut self, value: &str) -> Self {
        self.hidden = true;
        self.default_value(value)
    }

    /// Never asked for: the host finds it out, by the `discover` hook or out of a secret field.
    #[must_use]
    pub fn found_out(mut self) -> Self {
        self.hidden = true;
        self.optional()
    }

    /// Asked only while another field has one of these values.
    #[must_use]
    pub fn visible_when(mut self, field: &str, one_of: &[&str]) -> Self {
        let one_of = one_of.iter().map(|value| (*value).to_owned()).collect();
        self.visible_when = Some(Condition { field: field.to_owned(), one_of });
        self
    }

    /// Said beside the input.
    #[must_use]
    pub fn warning(mut self, text: &str) -> Self {
        self.warning = Some(text.to_owned());
        self
    }
}
